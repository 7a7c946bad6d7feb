// What a form holds while a person edits: the object's JSON, except that lists keyed by something are rows
// (a key being typed is no member name yet, and rows must not jump while it changes). Pure.
import { equal, isObject, pointer, type Json, type JsonObject } from '../lib/json';
import { macFault } from '../lib/mac';

/** One setting as GET /schema describes it. */
export interface Field {
	name: string;
	type: string;
	flags?: string[];
	min?: number;
	max?: number;
	unit?: string;
	choices?: (string | number)[];
	default?: Json;
	ref?: string;
	pick?: string;
	apply?: string;
	label?: string;
	help?: string;
	group?: string;
	command?: string;
	keys?: Field[];
	members?: Field[];
	item?: Field;
}

export interface SchemaObject {
	path: string;
	mode: string;
	command?: string;
	label: string;
	help?: string;
	ui_group?: string;
	collection?: boolean;
	key?: Field;
	apply_create?: string;
	fields: Field[];
}

export interface Row { id: number; key: string[]; value: Edit }
export interface Rows { rows: Row[] }
export type Edit = undefined | null | boolean | number | string | Edit[] | EditObject | Rows;
export interface EditObject { [name: string]: Edit }

export const has = (f: Field, flag: string): boolean => f.flags?.includes(flag) ?? false;
export const isRows = (v: unknown): v is Rows => typeof v === 'object' && v !== null && Array.isArray((v as Rows).rows);
const isSet = (v: unknown): boolean => isObject(v) && v.set === true;

let rowId = 0;
export const newRow = (f: Field): Row => ({ id: ++rowId, key: (f.keys ?? []).map(() => ''), value: f.item ? undefined : {} });

/** JSON as stored -> what the form edits. */
export function toEdit(f: Field, v: Json | undefined): Edit {
	if (f.type === 'map') {
		const rows = Object.entries(isObject(v) ? v : {}).map(([key, value]) => ({
			id: ++rowId,
			key: splitKey(key, f.keys?.length ?? 1),
			value: f.item ? toEdit(f.item, value) : toEditObject(f.members ?? [], isObject(value) ? value : {}),
		}));

		return { rows };
	}
	if (f.type === 'object')
		return isObject(v) ? toEditObject(f.members ?? [], v) : undefined;
	if (f.type === 'list')
		return Array.isArray(v) ? v.map((i) => toEdit(f.item!, i)) : undefined;
	return v as Edit;
}

/** Members the schema does not name are kept as they are: an older page must not lose them. */
export function toEditObject(fields: Field[], v: JsonObject): EditObject {
	const out: EditObject = { ...(v as EditObject) };

	for (const f of fields) {
		const e = toEdit(f, v[f.name]);

		if (e !== undefined)
			out[f.name] = e;
	}
	return out;
}

function splitKey(key: string, parts: number): string[] {
	const all = key.split(',');

	return all.length <= parts ? all.concat(Array(parts - all.length).fill('')) : [...all.slice(0, parts - 1), all.slice(parts - 1).join(',')];
}

const NUMBER = /^-?\d+$/;

/** What the form holds -> JSON; undefined is "not there" (the default). */
export function fromEdit(f: Field, e: Edit): Json | undefined {
	if (f.type === 'map') {
		const out: JsonObject = {};

		for (const row of isRows(e) ? e.rows : [])
			if (row.key.some((k) => k.trim() !== ''))
				out[row.key.map((k) => k.trim()).join(',')] = f.item ? fromEdit(f.item, row.value) ?? '' : fromEditObject(f.members ?? [], row.value);
		return Object.keys(out).length ? out : undefined;
	}
	if (f.type === 'object') {
		const out = fromEditObject(f.members ?? [], e);

		return Object.keys(out).length || (has(f, 'presence') && e !== undefined && e !== null) ? out : undefined;
	}
	if (f.type === 'list') {
		const out = (Array.isArray(e) ? e : []).map((i) => fromEdit(f.item!, i)).filter((i) => i !== undefined);

		return out.length ? out : undefined;
	}
	if (e === null || e === undefined || e === '')
		return undefined;
	if (f.type === 'flag')
		return e === true ? true : undefined;
	if (typeof e === 'string' && isNumeric(f) && NUMBER.test(e.trim()))
		return Number(e);
	return (typeof e === 'string' && f.type !== 'secret' ? e.trim() : e) as Json;
}

const isNumeric = (f: Field): boolean => f.type === 'int' || f.type === 'dscp';

export function fromEditObject(fields: Field[], e: Edit): JsonObject {
	const out: JsonObject = {};
	const v = (isObject(e) ? e : {}) as EditObject;
	const known = new Set(fields.map((f) => f.name));

	for (const [name, value] of Object.entries(v))
		if (!known.has(name) && value !== undefined)
			out[name] = value as Json;
	for (const f of fields) {
		const j = fromEdit(f, v[f.name]);

		if (j !== undefined)
			out[f.name] = j;
	}
	return out;
}

/** Range as words: "10 to 65535 s". */
export function limits(f: Field): string {
	const unit = f.unit ? ` ${f.unit}` : '';

	if (f.min !== undefined && f.max !== undefined)
		return `${f.min} to ${f.max}${unit}`;
	if (f.min !== undefined)
		return `at least ${f.min}${unit}`;
	return f.max !== undefined ? `at most ${f.max}${unit}` : '';
}

/** What is wrong with a value at first sight; the server has the last word. */
export function valueFault(f: Field, e: Edit): string | null {
	const v = fromEdit(f, e);

	if (v === undefined)
		return has(f, 'required') ? 'This is needed.' : null;
	if (f.type === 'int') {
		if (typeof v !== 'number')
			return f.choices ? null : `A whole number is needed, ${limits(f)}.`.replace(', .', '.');
		if ((f.min !== undefined && v < f.min) || (f.max !== undefined && v > f.max))
			return `The value must be ${limits(f)}.`;
	}
	if (f.type === 'mac')
		return typeof v === 'string' ? macFault(v) : null;
	if (typeof v === 'string' && (f.type === 'string' || f.type === 'secret')) {
		const len = new TextEncoder().encode(v).length;

		if (f.max !== undefined && f.max > 0 && len > f.max)
			return `At most ${f.max} characters; this has ${len}.`;
		if (f.min !== undefined && len < f.min)
			return `At least ${f.min} characters.`;
	}
	return null;
}

export type Errors = Map<string, string>;

/** All faults of an object, by JSON Pointer. */
export function check(fields: Field[], e: Edit, at = '', out: Errors = new Map()): Errors {
	const v = (isObject(e) ? e : {}) as EditObject;

	for (const f of fields)
		checkField(f, v[f.name], at + pointer(f.name), out);
	return out;
}

function checkField(f: Field, e: Edit, at: string, out: Errors): void {
	if (f.type === 'map')
		return checkRows(f, isRows(e) ? e.rows : [], at, out);
	if (f.type === 'object') {
		if (fromEdit(f, e) !== undefined)
			check(f.members ?? [], e, at, out);
		else if (has(f, 'required'))
			out.set(at, 'This is needed.');
		return;
	}
	if (f.type === 'list' && Array.isArray(e))
		e.forEach((i, n) => checkField({ ...f.item!, flags: [] }, i, at + pointer(n), out));
	const fault = valueFault(f, e);

	if (fault)
		out.set(at, fault);
}

export const rowKey = (row: Row): string => row.key.map((k) => k.trim()).join(',');
/** Where a row's faults are: by key, and before it has one by its place. */
export const rowAt = (at: string, row: Row): string => at + pointer(rowKey(row).replace(/^,*$/, '') || `new ${row.id}`);

function checkRows(f: Field, rows: Row[], at: string, out: Errors): void {
	const seen = new Set<string>();

	for (const row of rows) {
		const here = rowAt(at, row);
		const bad = (f.keys ?? []).map((k, i) => valueFault({ ...k, flags: k.default === undefined ? ['required'] : [] }, row.key[i])).find(Boolean);

		if (bad)
			out.set(here, bad);
		else if (seen.has(rowKey(row)))
			out.set(here, 'There is a row with this key already.');
		seen.add(rowKey(row));
		if (f.item)
			checkField({ ...f.item, flags: [...(f.item.flags ?? []), 'required'] }, row.value, here, out);
		else
			check(f.members ?? [], row.value, here, out);
	}
}

/** Does a pointer lead to a field of this form (or a row of it that is there)? */
export function leads(fields: Field[], e: Edit, parts: string[]): boolean {
	const f = fields.find((x) => x.name === parts[0]);
	const v = isObject(e) ? (e as EditObject)[parts[0] ?? ''] : undefined;
	const rest = parts.slice(1);

	if (!f)
		return false;
	if (!rest.length)
		return true;
	if (f.type === 'map') {
		const row = isRows(v) ? v.rows.find((r) => rowKey(r) === rest[0] || rowAt('', r) === pointer(rest[0]!)) : undefined;

		return row !== undefined && (rest.length === 1 || (f.members ? leads(f.members, row.value, rest.slice(1)) : false));
	}
	if (f.type === 'object')
		return leads(f.members ?? [], v, rest);
	return f.type === 'list' && rest.length === 1 && Array.isArray(v) && Number(rest[0]) < v.length;
}

/** A pointer in the words of the form: "Phone › MAC address". */
export function trailOf(fields: Field[], e: Edit, parts: string[]): string[] {
	const f = fields.find((x) => x.name === parts[0]);
	const v = isObject(e) ? (e as EditObject)[parts[0] ?? ''] : undefined;
	const [, second, ...rest] = parts;

	if (!f)
		return parts;
	const own = f.label || f.name;

	if (second === undefined)
		return [own];
	if (f.type === 'object')
		return [own, ...trailOf(f.members ?? [], v, parts.slice(1))];
	if (f.type === 'map') {
		const row = isRows(v) ? v.rows.find((r) => rowAt('', r) === pointer(second)) : undefined;

		return [own, /^new \d+$/.test(second) ? 'new row' : second, ...(rest.length && f.members ? trailOf(f.members, row?.value, rest) : [])];
	}
	return f.type === 'list' ? [`${own} ${Number(second) + 1}`] : [own];
}

export interface Section { title: string; fields: Field[]; more: Field[] }

/** Headings of a form; a field without one belongs to that of the field above. */
export function sections(fields: Field[], first: string): Section[] {
	const out: Section[] = [];
	let title = first;

	for (const f of fields) {
		title = f.group || title;
		let s = out.find((x) => x.title === title);

		if (!s)
			out.push(s = { title, fields: [], more: [] });
		(has(f, 'advanced') ? s.more : s.fields).push(f);
	}
	return out;
}

/** Every setting of a schema with its pointer and words, for the search. */
export interface Found { object: SchemaObject; field: Field; pointer: string; trail: string[] }

export function* walk(object: SchemaObject, fields = object.fields, at = '', trail: string[] = []): Generator<Found> {
	for (const f of fields) {
		const here = { object, field: f, pointer: at + pointer(f.name), trail };

		yield here;
		if (f.type === 'object' || f.type === 'map')
			yield* walk(object, f.members ?? [], here.pointer, [...trail, f.label || f.name]);
	}
}

/** Settings whose name, label, command or help holds all words; the best first. */
export function find(objects: SchemaObject[], text: string, max = 40): Found[] {
	const terms = text.toLowerCase().replace(/[_-]/g, ' ').split(/\s+/).filter(Boolean);
	const hits: { score: number; found: Found }[] = [];

	if (!terms.length)
		return [];
	for (const o of objects)
		for (const found of walk(o)) {
			const names = [found.field.label, found.field.name, found.field.command].map((s) => (s ?? '').toLowerCase().replace(/[_-]/g, ' '));
			const near = names.join(' ');
			const far = `${near} ${found.trail.join(' ')} ${o.label} ${o.mode} ${found.field.help ?? ''}`.toLowerCase().replace(/[_-]/g, ' ');

			if (!terms.every((t) => far.includes(t)))
				continue;
			const whole = terms.join(' ');
			const score = names.some((n) => n === whole) ? 0 : names.some((n) => n.startsWith(whole)) ? 1 : terms.every((t) => near.includes(t)) ? 2 : 3;

			hits.push({ score, found });
		}
	return hits.sort((a, b) => a.score - b.score).slice(0, max).map((h) => h.found);
}

/** Is the value one that somebody set, and not the default? */
export const differs = (f: Field, e: Edit): boolean => {
	const v = fromEdit(f, e);

	return v !== undefined && !isSet(v) && f.default !== undefined && !equal(v, f.default);
};
