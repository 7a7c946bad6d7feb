// What a form holds while a person edits: the object's JSON, except that lists keyed by something are rows
// (a key being typed is no member name yet, and rows must not jump while it changes). Pure.
import { equal, isObject, pointer, show, type Json, type JsonObject } from '../lib/json';
import { formatMac, macSpelling } from '../lib/mac';

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
	/** It has a meaning only while the field beside it has one of these values. */
	when?: { field: string; is: (string | number | boolean)[] };
	/** The whole line, with its arguments. */
	syntax?: string;
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
/** A row without a key; in an ordered table it goes to the end. */
export function newRow(f: Field, rows: Row[] = []): Row {
	const last = has(f, 'ordered') ? Math.max(0, ...rows.map((r) => Number(r.key[0]) || 0)) + 1 : 0;

	return { id: ++rowId, key: (f.keys ?? []).map((_, i) => (i === 0 && last ? String(last) : '')), value: f.item ? undefined : {} };
}

/** An ordered table is shown in its order; rows whose place is being typed stay where they are, at the end. */
export function inOrder(f: Field, rows: Row[]): Row[] {
	const place = (r: Row) => (/^\d+$/.test(r.key[0] ?? '') ? Number(r.key[0]) : Infinity);

	return has(f, 'ordered') ? rows.map((r, i) => [r, i] as const).sort(([a, i], [b, j]) => (place(a) === place(b) ? i - j : place(a) - place(b))).map(([r]) => r) : rows;
}

/** A row and its neighbour change places: the values move, the numbers stay. */
export function move(rows: Row[], row: Row, by: -1 | 1): Row[] {
	const i = rows.indexOf(row);
	const other = rows[i + by];
	const out = [...rows];

	if (!other)
		return rows;
	out[i + by] = { ...row, key: other.key };
	out[i] = { ...other, key: row.key };
	return out;
}

const governs = (fields: Field[], f: Field): Field | undefined => f.when && fields.find((x) => x.name === f.when!.field);

/** Has a field a meaning beside the values of the others? What is set is never hidden. */
export function applies(f: Field, fields: Field[], v: EditObject): boolean {
	const by = governs(fields, f);

	if (!by || fromEdit(f, v[f.name]) !== undefined)
		return true;
	return f.when!.is.includes((fromEdit(by, v[by.name]) ?? by.default ?? '') as string | number | boolean);
}

/** An object with one member changed; what had a meaning only for its old value goes. */
export function put(fields: Field[], v: EditObject, name: string, value: Edit): EditObject {
	const out: EditObject = { ...v, [name]: value };

	for (const f of fields)
		if (f.when?.field === name && !applies({ ...f, type: 'flag' }, fields, { ...out, [f.name]: undefined }))
			out[f.name] = undefined;
	return out;
}

/** JSON as stored -> what the form edits. */
function toEdit(f: Field, v: Json | undefined): Edit {
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
		return typeof v === 'string' ? macSpelling(v) : null;
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

/** A value for the eye: passwords that were typed are not shown. */
export function masked(f: Field, v: Json | undefined): Json | undefined {
	if (f.type === 'secret')
		return v === null || v === undefined ? v : { set: true };
	if (f.type === 'list' && Array.isArray(v))
		return v.map((i) => masked(f.item!, i) ?? null);
	if (!isObject(v))
		return v;
	const member = (name: string): Field | undefined => f.type === 'map' && f.item ? f.item : f.members?.find((m) => m.name === name);
	const inside = (o: JsonObject, of: (name: string) => Field | undefined): JsonObject =>
		Object.fromEntries(Object.entries(o).map(([name, x]) => { const m = of(name); return [name, m ? masked(m, x) : x]; }));

	return f.type === 'map' && !f.item
		? Object.fromEntries(Object.entries(v).map(([key, row]) => [key, isObject(row) ? inside(row, member) : row]))
		: inside(v, member);
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
	/* A fold makes no sense where nothing stands beside it. */
	return out.map((s) => (s.fields.length ? s : { ...s, fields: s.more, more: [] }));
}

/** Is the value one that somebody set, and not the default? */
export const differs = (f: Field, e: Edit): boolean => {
	const v = fromEdit(f, e);

	return v !== undefined && !isSet(v) && f.default !== undefined && !equal(v, f.default);
};

const FEW = 4;

/** A setting in the cell of a table. What an object holds is told by its values, as its line tells them: "ip 192.0.2.0 255.255.255.0". */
export function inCell(f: Field, v: Json | undefined): string {
	if (v === undefined || v === null)
		return '';
	if (f.type === 'mac' && typeof v === 'string')
		return formatMac(v);
	if (f.type === 'map' && isObject(v))
		return Object.entries(v).slice(0, FEW).map(([k, x]) => (x === true ? k : `${k}: ${f.item ? inCell(f.item, x) : show(x)}`)).join('; ') + (Object.keys(v).length > FEW ? ' …' : '');
	if (f.type !== 'object' || !isObject(v))
		return show(v);
	const held = (f.members ?? []).filter((m) => v[m.name] !== undefined);

	return held.filter((m) => v[m.name] !== false && !(m.choices && held.some((o) => o.name === v[m.name])))
		.map((m) => (v[m.name] === true ? m.label ?? m.name : inCell(m, v[m.name]))).join(' ') || show(v);
}
