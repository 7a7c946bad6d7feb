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
	lines?: { position: number; dn: number; number: string | null; label: string | null }[];
	registered_lines?: number;
	name?: string | null;
	description?: string | null;
	mac?: string | null;
	configured?: { resource: string; tag: number; phone_type: string | null } | null;
	verdict?: Verdict;
	counters?: Record<string, number>;
	expires_at?: string | null;
	registered_at?: string | null;
	last_seen?: string | null;
	/** What it has to do to have the latest changes. */
	pending_action?: string;
}
export interface Verdict { code: string; text: string; severity: 'info' | 'warn' | 'error'; action: string }
export interface Step { at: string; last_at?: string; count?: number; step: string; severity: 'info' | 'warn' | 'error'; text: string; detail?: string }

export function stateOf(p: Phone): { tone: Tone; text: string } {
	if (p.state === 'registered')
		return { tone: 'ok', text: 'Registered' };
	if (p.state === 'unknown')
		return { tone: 'warn', text: 'Not configured' };
	return p.verdict?.severity === 'error' ? { tone: 'bad', text: 'Refused' } : { tone: 'idle', text: p.last_seen ? 'Not registered' : 'Never seen' };
}

export const linesOf = (p: Phone): string => (p.lines ?? []).map((l) => l.number).filter(Boolean).join(', ');

export const protocolText = (p?: string | null): string => (p ? p.toUpperCase() : '');
export const phoneHref = (device: string): string => href(['phones', device]);
export const nameOf = (p: Phone): string => p.name || '';

/** Steps come oldest first; of two in one millisecond the later one stays the later one. */
export const newestFirst = (steps: Step[]): Step[] => [...steps].reverse().sort((a, b) => b.at.localeCompare(a.at));

/** "SEP001122334455" as people read it on the label of a phone. */
export function deviceText(device: string): string {
	const mac = /^(SEP|ATA)/.test(device) ? parseMac(device) : null;

	return mac ? formatMac(mac) : device;
}

/** Of a phone's configuration: where it is edited. */
export const configHref = (p: Phone): string | null =>
	p.configured ? href(['config', ...p.configured.resource.split('/'), String(p.configured.tag)]) : null;
