// Requests to /api/v1: CSRF token, ETags, problem documents (RFC 9457).
import { signal } from '@preact/signals';
import type { Json } from './json';

export interface Fault {
	field?: string;
	detail?: string;
	code?: string;
	command?: string;
	path?: string;
	operation?: number;
	line?: number;
}

/** A refusal of the server, or no answer at all (status 0). */
export class Problem extends Error {
	constructor(readonly status: number, readonly code: string, detail: string, readonly errors: Fault[] = [], readonly report: unknown = null) {
		super(detail);
	}
}

export interface Answer<T> { data: T; etag: string | null; status: number; next: string | null }
export interface Options {
	body?: unknown;
	text?: string | Blob;
	ifMatch?: string;
	query?: Record<string, string | number | boolean | undefined>;
	signal?: AbortSignal;
	/** The answer is a file, or a text, not JSON. */
	raw?: boolean;
	plain?: boolean;
	headers?: Record<string, string>;
}

export const csrf = signal('');
/** Told when an answer says that nobody is signed in any more. */
export const onSignedOut: { call: () => void } = { call: () => undefined };

const BASE = '/api/v1';

function address(path: string, query: Options['query'] = {}): string {
	const q = new URLSearchParams();

	for (const [k, v] of Object.entries(query))
		if (v !== undefined && v !== '')
			q.set(k, String(v));
	return BASE + path + (q.size ? `?${q}` : '');
}

async function problemOf(res: Response): Promise<Problem> {
	const doc = await res.json().catch(() => null) as (Fault & { title?: string; errors?: Fault[]; report?: unknown }) | null;
	const wait = res.headers.get('Retry-After');
	const fallback = res.status === 429 && wait ? `Too many tries. Wait ${wait} seconds.` : `The server answered ${res.status}.`;
	const errors = doc?.errors ?? (doc?.field !== undefined ? [doc] : []);

	return new Problem(res.status, doc?.code ?? '', doc?.detail ?? doc?.title ?? fallback, errors, doc?.report ?? null);
}

export async function request<T = Json>(method: string, path: string, opt: Options = {}): Promise<Answer<T>> {
	const headers: Record<string, string> = { Accept: 'application/json', ...opt.headers };
	let body: BodyInit | undefined;

	if (opt.text !== undefined) {
		headers['Content-Type'] = 'text/plain';
		body = opt.text;
	} else if (opt.body !== undefined) {
		headers['Content-Type'] = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
		body = JSON.stringify(opt.body);
	}
	if (method !== 'GET' && csrf.value)
		headers['X-CSRF-Token'] = csrf.value;
	if (opt.ifMatch)
		headers['If-Match'] = opt.ifMatch;
	let res: Response;

	try {
		res = await fetch(address(path, opt.query), { method, headers, body, signal: opt.signal ?? null, credentials: 'same-origin' });
	} catch (e) {
		if (e instanceof DOMException && e.name === 'AbortError')
			throw e;
		throw new Problem(0, 'unreachable', 'Switchroom does not answer. Check that it runs and that this computer reaches it.');
	}
	if (!res.ok) {
		const problem = await problemOf(res);

		if (res.status === 401 && !path.startsWith('/sessions'))
			onSignedOut.call();
		throw problem;
	}
	const empty = res.status === 204 || res.headers.get('Content-Length') === '0';
	const data = empty ? null : opt.raw ? await res.blob() : opt.plain ? await res.text() : await res.json();

	return { data: data as T, etag: res.headers.get('ETag'), status: res.status, next: null };
}

export const get = <T = Json>(path: string, query?: Options['query'], signal?: AbortSignal) =>
	request<T>('GET', path, { ...(query && { query }), ...(signal && { signal }) });
export const post = <T = Json>(path: string, body: unknown, query?: Options['query']) =>
	request<T>('POST', path, { body, ...(query && { query }) });

/** All pages of a collection. */
export async function all<T = Json>(path: string, query: Options['query'] = {}): Promise<T[]> {
	const out: T[] = [];
	let cursor: string | undefined;

	do {
		const { data } = await get<Page<T>>(path, { limit: 1000, ...query, cursor });

		out.push(...data.items);
		cursor = data.next_cursor ?? undefined;
	} while (cursor);
	return out;
}

export interface Page<T> { items: T[]; next_cursor?: string | null; total?: number }
export const message = (e: unknown): string => e instanceof Error ? e.message : String(e);
