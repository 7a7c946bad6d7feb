// Addresses are "#/phones?state=registered": every view can be linked and the server needs to know none of them.
import { signal } from '@preact/signals';

export interface Route { path: string[]; query: URLSearchParams }

function parseRoute(hash: string): Route {
	const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?', 2);

	return {
		path: partsOf(path),
		query: new URLSearchParams(query),
	};
}

/** Parts of a path of the server ("voice-ports/0%2F1"): as they are, not as they are written. */
export const partsOf = (path: string): string[] => path.split('/').filter(Boolean).map((p) => { try { return decodeURIComponent(p); } catch { return p; } });
/** The path of an object as the server writes it. */
export const pathOf = (collection: string, key: string): string => `${collection}/${encodeURIComponent(key)}`;
/** Where an object is edited. */
export const settingsHref = (path: string, query: Record<string, string | undefined> = {}): string => href(['config', ...partsOf(path)], query);

export function href(path: string[], query: Record<string, string | undefined> = {}): string {
	const q = new URLSearchParams();

	for (const [k, v] of Object.entries(query))
		if (v)
			q.set(k, v);
	return '#/' + path.map(encodeURIComponent).join('/') + (q.size ? `?${q}` : '');
}

const here = () => parseRoute(typeof location === 'undefined' ? '' : location.hash);
export const route = signal<Route>(here());

if (typeof window !== 'undefined')
	window.addEventListener('hashchange', () => { route.value = here(); });

export function go(path: string[], query: Record<string, string | undefined> = {}, replace = false): void {
	const to = href(path, query);

	if (replace)
		history.replaceState(null, '', to);
	else
		history.pushState(null, '', to);
	route.value = here();
}

/** Change filters of the page in place: the address stays one that can be passed on. */
export function setQuery(changes: Record<string, string | undefined>): void {
	const q = Object.fromEntries(route.value.query);

	go(route.value.path, { ...q, ...changes }, true);
}
