// Who is signed in, what this server can do, and the settings of this browser.
import { signal } from '@preact/signals';
import { csrf, get, post, Problem, request } from './api';
import { discardAll } from './draft';

export interface Session { id?: string; username: string; role: 'admin' | 'operator' | 'viewer'; csrf_token: string }
export interface Model { type: string; name: string; lines: number; sip: boolean; sccp: boolean }
export interface Capabilities {
	version?: string;
	feed?: { port?: number; tls_port?: number; url?: string };
	models?: Model[];
	time_zones?: { number: number; name: string; text?: string }[];
	limits?: Record<string, number>;
}

export type Stage = 'starting' | 'unreachable' | 'setup' | 'sign-in' | 'in';
export const stage = signal<Stage>('starting');
export const session = signal<Session | null>(null);
export const capabilities = signal<Capabilities>({});

export const isAdmin = () => session.value?.role === 'admin';
/** Change the configuration, restart phones. */
export const mayWrite = () => session.value?.role !== 'viewer';

async function enter(s: Session): Promise<void> {
	csrf.value = s.csrf_token;
	session.value = s;
	capabilities.value = (await get<Capabilities>('/capabilities')).data;
	stage.value = 'in';
}

/** Find out what to show first. */
export async function begin(): Promise<void> {
	try {
		if ((await get<{ needed: boolean }>('/setup')).data.needed) {
			stage.value = 'setup';
			return;
		}
		await enter((await get<Session>('/sessions/current')).data);
	} catch (e) {
		stage.value = e instanceof Problem && e.status === 0 ? 'unreachable' : 'sign-in';
	}
}

export async function signIn(username: string, password: string): Promise<void> {
	await enter((await post<Session>('/sessions', { username, password })).data);
}

export async function signOut(): Promise<void> {
	await request('DELETE', '/sessions/current').catch(() => undefined);
	discardAll();
	left();
}

export function left(): void {
	csrf.value = '';
	session.value = null;
	if (stage.value === 'in')
		stage.value = 'sign-in';
}

/** Address of the WebSocket feed, or null when this server has none. */
export function feedUrl(): string | null {
	const feed = capabilities.value.feed;
	const tls = location.protocol === 'https:';
	const port = tls ? feed?.tls_port : feed?.port;

	return port ? `${tls ? 'wss' : 'ws'}://${location.hostname}:${port}/` : null;
}

// ---- appearance: the system's, or chosen here ----
export type Theme = 'auto' | 'light' | 'dark';
const stored = (): Theme => {
	try { return (localStorage.getItem('theme') as Theme | null) ?? 'auto'; } catch { return 'auto'; }
};
export const theme = signal<Theme>(stored());

theme.subscribe((t) => {
	if (typeof document === 'undefined')
		return;
	try { localStorage.setItem('theme', t); } catch { /* private window: kept for this page only */ }
	if (t === 'auto')
		delete document.documentElement.dataset.theme;
	else
		document.documentElement.dataset.theme = t;
});
