// A change that falls back by itself unless it is confirmed: known on every page while it is pending.
import { signal } from '@preact/signals';
import { get, Problem, request } from './api';
import { subscribe } from './feed';

export interface Confirmation { revision: number; falls_back_to: number; who?: string; /** By this computer's clock, in ms. */ until: number }
interface Answer { pending: boolean; revision?: number; falls_back_to?: number; who?: string; remaining_seconds?: number }

export const confirmation = signal<Confirmation | null>(null);

/** The server's clock may differ from ours: what counts is how long is left. */
export function pending(a: Answer, now: number): Confirmation | null {
	if (!a.pending)
		return null;
	return { revision: a.revision ?? 0, falls_back_to: a.falls_back_to ?? 0, ...(a.who && { who: a.who }), until: now + (a.remaining_seconds ?? 0) * 1000 };
}

/** "4:05", "1:00:00". */
export function timeLeft(ms: number): string {
	const s = Math.max(0, Math.floor(ms / 1000));
	const two = (n: number) => String(n).padStart(2, '0');
	const hours = Math.floor(s / 3600);

	return `${hours ? `${hours}:${two(Math.floor(s / 60) % 60)}` : Math.floor(s / 60)}:${two(s % 60)}`;
}

export async function loadConfirmation(): Promise<void> {
	try {
		confirmation.value = pending((await get<Answer>('/confirmation')).data, Date.now());
	} catch (e) {
		if (e instanceof Problem && e.status === 404)
			confirmation.value = null;
	}
}

export const awaitConfirmation = (): void => { void loadConfirmation(); };

export async function confirmNow(): Promise<void> {
	await request('POST', '/confirmation');
	confirmation.value = null;
}

export async function fallBack(): Promise<void> {
	await request('DELETE', '/confirmation');
	confirmation.value = null;
}

/** Follow it for as long as somebody is signed in. Returns the way out. */
export function followConfirmation(): () => void {
	awaitConfirmation();
	return subscribe((e) => {
		if (e.type.startsWith('switchroom.confirmation.'))
			awaitConfirmation();
	}, awaitConfirmation);
}
