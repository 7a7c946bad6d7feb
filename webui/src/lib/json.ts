// JSON values: equality, pointers (RFC 6901) and merge patches (RFC 7396).
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject { [name: string]: Json | undefined }

export function isObject(v: unknown): v is JsonObject {
	return typeof v === 'object' && v !== null && !Array.isArray(v);
}

export function equal(a: Json | undefined, b: Json | undefined): boolean {
	if (a === b)
		return true;
	if (Array.isArray(a) && Array.isArray(b))
		return a.length === b.length && a.every((v, i) => equal(v, b[i]));
	if (isObject(a) && isObject(b)) {
		const names = new Set([...Object.keys(a), ...Object.keys(b)]);

		return [...names].every((n) => equal(a[n], b[n]));
	}
	return false;
}

/** The merge patch that turns `before` into `after`; undefined when they are equal. */
export function mergePatch(before: Json | undefined, after: Json | undefined): Json | undefined {
	if (equal(before, after))
		return undefined;
	if (!isObject(before) || !isObject(after))
		return after ?? null;
	const patch: JsonObject = {};

	for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
		if (equal(before[name], after[name]))
			continue;
		patch[name] = after[name] === undefined ? null : mergePatch(before[name], after[name]);
	}
	return patch;
}

/** What a merge patch makes of `target` (RFC 7396 section 2). */
export function applyPatch(target: Json | undefined, patch: Json | undefined): Json | undefined {
	if (patch === undefined)
		return target;
	if (!isObject(patch))
		return patch ?? undefined;
	const out: JsonObject = isObject(target) ? { ...target } : {};

	for (const [name, v] of Object.entries(patch)) {
		const made = applyPatch(out[name], v);

		if (made === undefined)
			delete out[name];
		else
			out[name] = made;
	}
	return out;
}

export function pointer(...parts: (string | number)[]): string {
	return parts.map((p) => '/' + String(p).replace(/~/g, '~0').replace(/\//g, '~1')).join('');
}

export function pointerParts(ptr: string): string[] {
	return ptr.split('/').slice(1).map((p) => p.replace(/~1/g, '/').replace(/~0/g, '~'));
}

/** A value as one short line for a person. */
export function show(v: Json | undefined): string {
	if (v === undefined || v === null)
		return 'not set';
	if (typeof v === 'boolean')
		return v ? 'on' : 'off';
	if (Array.isArray(v))
		return v.length ? v.map(show).join(', ') : 'empty';
	if (isObject(v)) {
		const names = Object.keys(v);

		if (names.length === 1 && v.set === true)
			return '••••••••';
		return names.length ? names.map((n) => /^\d/.test(n) ? `${n}: ${show(v[n])}` : `${n.replace(/_/g, ' ')} ${show(v[n])}`).join(', ') : 'on';
	}
	return v === '' ? 'empty' : String(v);
}
