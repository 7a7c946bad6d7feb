// Events: their words come from the server's one table; here is how they look and how they are filtered.
import type { CloudEvent } from './feedlogic';
import type { Tone } from '../ui/parts';

export const shortType = (type: string): string => type.replace(/^switchroom\./, '');

/** The server words its events; one without words (an older server) is told by its fields. */
export function eventText(e: CloudEvent): string {
	return e.text || Object.entries(e.data ?? {}).map(([k, v]) => `${k} ${String(v)}`).join(', ');
}

export function eventTone(e: CloudEvent): Tone {
	const severity = e.data?.severity;

	if (/rejected|refused|down$|lost$|blocked/.test(e.type) || severity === 'error')
		return 'bad';
	if (/alarm|unregistered/.test(e.type) || severity === 'warn')
		return 'warn';
	return /registered|up$|started/.test(e.type) ? 'ok' : 'idle';
}

/** Groups for the filter: what stands before the last word of a type. */
export const KINDS: [string, string][] = [['', 'All events'], ['phone', 'Phones'], ['config', 'Configuration'], ['account', 'Accounts'], ['engine', 'Engines'], ['system', 'System'], ['source', 'Blocked sources'], ['clock', 'Clock']];
