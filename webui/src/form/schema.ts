// The schema, loaded once, and the pick lists of references.
import { signal } from '@preact/signals';
import { all, get } from '../lib/api';
import { draft } from '../lib/draft';
import { isObject, type JsonObject } from '../lib/json';
import { formatMac } from '../lib/mac';
import { capabilities } from '../lib/session';
import type { SchemaObject } from './model';

/** The schema once it is there: for words beside values. */
export const schema = signal<SchemaObject[]>([]);
let loading: Promise<SchemaObject[]> | null = null;

export function loadSchema(): Promise<SchemaObject[]> {
	loading ??= get<{ objects: SchemaObject[] }>('/schema').then((a) => schema.value = a.data.objects, (e) => { loading = null; throw e; });
	return loading;
}

async function schemaOf(path: string): Promise<SchemaObject | undefined> {
	return (await loadSchema()).find((o) => o.path === path);
}

export interface Choice { value: string; text: string }
export const choices = signal<Record<string, Choice[]>>({});
const asked = new Set<string>();

/** Words for an item of a collection: its number, name, address or whatever it has of these. */
export function itemText(item: JsonObject): string {
	const id = isObject(item.id) ? item.id : {};
	const mac = (m: unknown) => typeof m === 'string' ? formatMac(m) : '';
	const parts = [item.number, item.name, item.label, mac(item.mac_address), mac(id.mac), item.description];

	return [...new Set(parts.filter((p) => typeof p === 'string' && p))].slice(0, 2).join(' · ');
}

/** Items of the draft may be named before they are saved, when they have a key already. */
function drafted(ref: string): Choice[] {
	const key = schema.value.find((o) => o.path === ref)?.key?.name ?? 'tag';

	return draft.value.filter((e) => e.op === 'create' && e.object === ref && isObject(e.value) && e.value[key] !== undefined)
		.map((e) => ({ value: String((e.value as JsonObject)[key]), text: [itemText(e.value as JsonObject), 'not saved'].filter(Boolean).join(' · ') }));
}

/** What a reference may name, as far as it is known. */
export function choicesOf(ref: string): Choice[] {
	return [...(choices.value[ref] ?? []), ...drafted(ref)];
}

/** Ask for what a reference may name ("ephone-dns", or "lpcor#groups": the values of a map). */
export function needChoices(ref: string): void {
	if (asked.has(ref))
		return;
	asked.add(ref);
	load(ref).then((list) => { choices.value = { ...choices.value, [ref]: list }; }, () => asked.delete(ref));
}

async function load(ref: string): Promise<Choice[]> {
	if (ref === 'models')
		return (capabilities.value.models ?? []).map((m) => ({ value: m.type, text: m.name }));
	if (ref === 'zones')
		return (capabilities.value.time_zones ?? []).map((z) => ({ value: String(z.number), text: z.text ?? z.name }));
	const [path, map] = ref.split('#', 2) as [string, string?];

	if (map) {
		const list = (await get<JsonObject>(`/config/${path}`)).data[map];

		return isObject(list) ? Object.values(list).filter((v) => typeof v === 'string').map((v) => ({ value: v, text: '' })) : [];
	}
	const key = (await schemaOf(path))?.key?.name ?? 'tag';

	return (await all<JsonObject>(`/config/${path}`, { defaults: false })).map((i) => ({ value: String(i[key]), text: itemText(i) }));
}

/** After a commit the pick lists are asked for again when they are needed. */
export function forgetChoices(): void {
	asked.clear();
	for (const ref of Object.keys(choices.value))
		needChoices(ref);
}
