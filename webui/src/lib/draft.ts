// The draft: everything that was changed in forms and not committed yet, over all pages. It lives in this window only (it
// may hold passwords, which must not lie on a disk), and is committed as one transaction or object by object.
import { computed, signal } from '@preact/signals';
import type { EditObject } from '../form/model';
import type { Operation } from './changes';
import type { Json, JsonObject } from './json';

export interface Entry {
	/** "ephones/3", "telephony-service"; new ones: "ephones/new", "ephones/new~2". */
	id: string;
	/** Path of the object or collection in the schema. */
	object: string;
	op: 'create' | 'patch' | 'delete';
	etag: string | null;
	stored: JsonObject | null;
	/** As typed; the form goes on from here. */
	edit?: EditObject;
	/** The new item, or what is changed of the stored one. */
	value?: Json;
}

export const draft = signal<Entry[]>([]);
export const drafted = computed(() => draft.value.length);

export const draftOf = (id: string): Entry | undefined => draft.value.find((e) => e.id === id);

export function keep(entry: Entry): void {
	const there = draft.value.some((e) => e.id === entry.id);

	draft.value = there ? draft.value.map((e) => (e.id === entry.id ? entry : e)) : [...draft.value, entry];
}

export function drop(...ids: string[]): void {
	if (draft.value.some((e) => ids.includes(e.id)))
		draft.value = draft.value.filter((e) => !ids.includes(e.id));
}

const NEW = /^new(~\d+)?$/;
/** Is this part of an address a new item, not the key of one that is there? */
export const isNew = (key: string): boolean => NEW.test(key);

/** A new item steps aside, so that the form is free for the next one. */
export function setAside(id: string): void {
	const base = id.replace(/~\d+$/, '');
	let n = 2;

	while (draftOf(`${base}~${n}`))
		n++;
	draft.value = draft.value.map((e) => (e.id === id ? { ...e, id: `${base}~${n}` } : e));
}

/** A singleton that nobody has touched yet has no state to match. */
const matching = (etag: string | null) => (etag === null || etag === '"0"' ? {} : { if_match: etag });

export function operationOf(e: Entry): Operation {
	if (e.op === 'create')
		return { op: 'create', path: `/config/${e.object}`, value: e.value ?? {} };
	if (e.op === 'delete')
		return { op: 'delete', path: `/config/${e.id}`, if_match: e.etag ?? '*' };
	return { op: 'patch', path: `/config/${e.id}`, value: e.value ?? {}, ...matching(e.etag) };
}

/** What is new comes before what may refer to it, what goes comes last. */
export function operationsOf(entries: Entry[]): { entries: Entry[]; operations: Operation[] } {
	const rank = { create: 0, patch: 1, delete: 2 };
	const sorted = [...entries].sort((a, b) => rank[a.op] - rank[b.op]);

	return { entries: sorted, operations: sorted.map(operationOf) };
}

export function discardAll(): void {
	draft.value = [];
}

if (typeof window !== 'undefined')
	draft.subscribe((list) => { window.onbeforeunload = list.length ? (e) => { e.preventDefault(); } : null; });
