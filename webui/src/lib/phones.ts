// Phones as /phones tells them, and words for their states.
import { href } from './router';
import { formatMac, parseMac } from './mac';
import type { Tone } from '../ui/parts';

export interface Phone {
	device: string;
	state: 'registered' | 'unregistered' | 'unknown' | string;
	protocol?: 'sip' | 'sccp' | null;
	address?: string | null;
	port?: number;
	transport?: string;
	model?: string | null;
	firmware?: string | null;
	user_agent?: string | null;
	lines?: number | { number?: string; name?: string; registered?: boolean; button?: number }[];
	registered_lines?: number;
	name?: string | null;
	description?: string | null;
	config?: string | null;
	verdict?: Verdict | string | null;
	registered_at?: string | null;
	last_seen?: string | null;
	first_seen?: string | null;
	expires_s?: number;
	keepalives?: number;
	refreshes?: number;
	pending_action?: string;
	numbers?: string[];
}
export interface Verdict { text: string; severity?: string; action?: string; state?: string }
export interface Step { at: string; step: string; severity: 'info' | 'warn' | 'error'; text: string; seq?: number }

export function stateOf(p: Phone): { tone: Tone; text: string } {
	if (p.state === 'registered')
		return { tone: 'ok', text: 'Registered' };
	if (p.state === 'unknown')
		return { tone: 'warn', text: 'Not configured' };
	return verdictOf(p)?.severity === 'error' ? { tone: 'bad', text: 'Refused' } : { tone: 'idle', text: p.last_seen ? 'Not registered' : 'Never seen' };
}

export function verdictOf(p: Phone): Verdict | null {
	if (!p.verdict)
		return null;
	return typeof p.verdict === 'string' ? { text: p.verdict } : p.verdict;
}

export function linesOf(p: Phone): string {
	if (p.numbers?.length)
		return p.numbers.join(', ');
	if (Array.isArray(p.lines))
		return p.lines.map((l) => l.number ?? '').filter(Boolean).join(', ');
	return p.lines ? String(p.lines) : '';
}

export const protocolText = (p?: string | null): string => (p ? p.toUpperCase() : '');
export const phoneHref = (device: string): string => href(['phones', device]);
export const nameOf = (p: Phone): string => p.description || p.name || '';

/** "SEP001122334455" as people read it on the label of a phone. */
export function deviceText(device: string): string {
	const mac = /^(SEP|ATA)/.test(device) ? parseMac(device) : null;

	return mac ? formatMac(mac) : device;
}

/** Of a phone's configuration: where it is edited. */
export function configHref(path: string): string {
	return href(['config', ...path.split('/')]);
}
