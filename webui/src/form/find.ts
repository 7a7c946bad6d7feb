// Finding settings: by name, by the words of their help, by IOS command (also abbreviated, also with its values). Pure.
import { pointer } from '../lib/json';
import type { EditObject, Field, SchemaObject } from './model';
import { fromEdit } from './model';

/** One setting, or (without a field) a whole part. */
export interface Found { object: SchemaObject; field: Field | null; pointer: string; trail: string[]; section: string }

export function* walk(object: SchemaObject, fields = object.fields, at = '', trail: string[] = [], section = ''): Generator<Found & { field: Field }> {
	let title = section;

	for (const f of fields) {
		if (!at)
			title = f.group || title;
		const here = { object, field: f, pointer: at + pointer(f.name), trail, section: title };

		yield here;
		if (f.type === 'object' || f.type === 'map')
			yield* walk(object, f.members ?? [], here.pointer, [...trail, f.label || f.name], title);
	}
}

const plain = (s = ''): string => s.toLowerCase().replace(/[_-]/g, ' ');
const split = (s: string): string[] => plain(s).split(/\s+/).filter(Boolean);
/** Words as IOS counts them: "telephony-service" is one, and "tel" is enough for it. */
const ios = (s = ''): string[] => s.toLowerCase().replace(/_/g, '-').split(/\s+/).filter(Boolean);

/** `full`: behind the words of its mode. `around`: words of the part it belongs to. */
interface Entry { found: Found; command: string[]; full: string[]; mode: number; names: string[]; near: string; far: string; around: string }

function entry(found: Found): Entry {
	const { object: o, field: f } = found;
	const command = ios(f ? f.command : o.command || o.mode);
	const names = f ? [plain(f.label), plain(f.name)] : [plain(o.label), plain(o.path)];
	const near = plain(`${names.join(' ')} ${command.join(' ')}`);

	const mode = f ? ios(o.mode) : [];

	return { found, command, full: [...mode, ...command], mode: mode.length, names, near, far: plain(`${near} ${found.trail.join(' ')} ${(f ?? o).help ?? ''}`), around: plain(`${o.label} ${o.mode}`) };
}

let indexed: { of: SchemaObject[]; entries: Entry[] } | null = null;

function index(objects: SchemaObject[]): Entry[] {
	if (indexed?.of !== objects)
		indexed = { of: objects, entries: objects.flatMap((o) => [entry({ object: o, field: null, pointer: '', trail: [], section: '' }), ...[...walk(o)].map(entry)]) };
	return indexed.entries;
}

/** How many words of a command the terms stand for, each by its beginning as in IOS. */
function agree(command: string[], terms: string[]): number {
	let n = 0;

	while (n < command.length && n < terms.length && command[n]!.startsWith(terms[n]!))
		n++;
	return n;
}

/** Null: not at all; else the smaller the better. `said`: as a line of IOS, `terms`: as plain words. */
function score(e: Entry, terms: string[], said: string[]): number | null {
	const whole = terms.join(' ');
	const n = agree(e.command, said);

	if (e.names.includes(whole) || (n > 0 && e.command.join(' ') === said.join(' ')))
		return 0;
	if (n === said.length)
		return n === e.command.length ? 1 : 2;
	const deep = agree(e.full, said);

	if (deep > Math.max(1, e.mode) && (deep === said.length || (deep === e.full.length && n < e.command.length)))
		return 2;
	if (e.names.some((x) => x.startsWith(whole)))
		return 2;
	if (n > 0 && n === e.command.length)            // the line with its values
		return 3 - n / 20;
	if (terms.every((t) => e.near.includes(t)))
		return 4;
	return terms.some((t) => e.far.includes(t)) && terms.every((t) => e.far.includes(t) || e.around.includes(t)) ? 5 : null;
}

/** Settings and parts that a text may mean; the best first. */
export function find(objects: SchemaObject[], text: string): Found[] {
	const line = text.trim().replace(/^(no|default)\s+(?=\S)/i, '');
	const terms = split(line);
	const said = ios(line);
	const hits: { score: number; found: Found }[] = [];

	if (!terms.length)
		return [];
	for (const e of index(objects)) {
		const s = score(e, terms, said);

		if (s !== null)
			hits.push({ score: s, found: e.found });
	}
	return hits.sort((a, b) => a.score - b.score).map((h) => h.found);
}

const holds = (f: Field, terms: string[], trail = ''): boolean => {
	const words = plain(`${trail} ${f.label ?? ''} ${f.name} ${f.command ?? ''} ${f.help ?? ''} ${f.group ?? ''}`);

	return terms.every((t) => words.includes(t)) || [...(f.keys ?? []), ...(f.members ?? []), ...(f.item ? [f.item] : [])].some((m) => holds(m, terms, words));
};

/** Which of a form's fields to show: those a filter means, and if so wanted only those that are set. */
export function narrow(fields: Field[], edit: EditObject, text: string, onlySet: boolean): Set<string> {
	const terms = split(text);

	return new Set(fields.filter((f) => holds(f, terms) && (!onlySet || fromEdit(f, edit[f.name]) !== undefined)).map((f) => f.name));
}
