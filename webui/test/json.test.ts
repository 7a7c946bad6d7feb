import { describe, expect, it } from 'vitest';
import { applyPatch, equal, isObject, mergePatch, pointer, pointerParts, show, type Json } from '../src/lib/json';

/** RFC 7396 section 2, to prove that a patch leads to the wanted result. */
function apply(target: Json | undefined, patch: Json): Json {
	if (!isObject(patch))
		return patch;
	const out = isObject(target) ? { ...target } : {};

	for (const [k, v] of Object.entries(patch))
		if (v === null)
			delete out[k];
		else
			out[k] = apply(out[k], v!);
	return out;
}

describe('merge patches', () => {
	const cases: [string, Json, Json, Json | undefined][] = [
		['nothing', { a: 1 }, { a: 1 }, undefined],
		['a changed member', { a: 1, b: 2 }, { a: 1, b: 3 }, { b: 3 }],
		['a removed member', { a: 1, b: 2 }, { a: 1 }, { b: null }],
		['a member inside', { t: { busy: 10, ring: 5 } }, { t: { busy: 11, ring: 5 } }, { t: { busy: 11 } }],
		['an entry of a keyed list', { buttons: { 1: { dns: [1] }, 2: { dns: [2] } } }, { buttons: { 1: { dns: [1] }, 3: { dns: [2] } } }, { buttons: { 2: null, 3: { dns: [2] } } }],
		['an array as a whole', { dns: [1, 2] }, { dns: [2] }, { dns: [2] }],
		['a new object', {}, { id: { mac: 'X' } }, { id: { mac: 'X' } }],
		['an object that goes', { id: { mac: 'X' } }, {}, { id: null }],
		['an empty entry', {}, { patterns: { '5...': {} } }, { patterns: { '5...': {} } }],
	];

	it.each(cases)('%s', (_name, before, after, patch) => {
		const p = mergePatch(before, after);

		expect(p).toEqual(patch);
		if (p !== undefined)
			expect(apply(before, p)).toEqual(after);
		expect(applyPatch(before, p)).toEqual(after);
	});
	it('one is laid on top of what somebody else made', () => {
		expect(applyPatch({ a: 1, t: { b: 2, c: 3 } }, { t: { b: null, d: 4 } })).toEqual({ a: 1, t: { c: 3, d: 4 } });
		expect(applyPatch(undefined, { t: { b: null } })).toEqual({ t: {} });
	});
});

describe('values', () => {
	it('are compared deeply and without order of members', () => {
		expect(equal({ a: [1, { b: 2 }], c: 1 }, { c: 1, a: [1, { b: 2 }] })).toBe(true);
		expect(equal({ a: undefined }, {})).toBe(true);
		expect(equal([1, 2], [2, 1])).toBe(false);
		expect(equal({}, [])).toBe(false);
	});
	it('pointers hide slashes and tildes', () => {
		expect(pointer('trunk/1', '~', 3)).toBe('/trunk~11/~0/3');
		expect(pointerParts('/trunk~11/~0/3')).toEqual(['trunk/1', '~', '3']);
	});
	it('are told in words, secrets never', () => {
		expect(show({ set: true })).toBe('••••••••');
		expect(show(undefined)).toBe('not set');
		expect(show(true)).toBe('on');
		expect(show({ separator: ':', dns: [1, 2] })).toBe('separator :, dns 1, 2');
	});
});
