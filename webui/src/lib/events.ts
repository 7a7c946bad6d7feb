// Events in words. The texts are those of the server's event table, for types this page knows; others are told by name.
import { sentence } from './format';
import type { CloudEvent } from './feedlogic';
import type { Tone } from '../ui/parts';

const TEXT: Record<string, string> = {
	'system.started': 'Switchroom {version} started',
	'system.stopped': 'Switchroom stopped',
	'engine.up': '{engine} listens on {address}',
	'engine.down': '{engine} is off: {reason}',
	'events.lost': '{count} events of {producer} were lost',
	'config.committed': 'Revision {revision} by {who}: {comment}',
	'phone.seen': 'Asks for the first time, from {address}',
	'phone.file': '{file} by {transport}: {outcome}',
	'phone.time': 'Asked for the time',
	'phone.step': '{text}',
	'phone.registered': 'Registered by {protocol} from {address}',
	'phone.unregistered': 'Gone: {reason}',
	'phone.rejected': 'Refused: {reason}',
	'phone.alarm': 'Reports: {text}',
	'phone.action': '{action} asked by {who}',
	'account.signed_in': 'Signed in from {address}',
	'account.refused': 'Sign-in refused from {address}',
	'source.blocked': '{address} is blocked: {reason}',
	'clock.state': 'The system clock is {state}',
};

export const shortType = (type: string): string => type.replace(/^switchroom\./, '');

export function eventText(e: CloudEvent): string {
	const text = TEXT[shortType(e.type)];

	if (text)
		return sentence(text.replace(/\{(\w+)\}/g, (_, name: string) => name === 'protocol' ? String(e.data[name] ?? '').toUpperCase() : String(e.data[name] ?? '')).replace(/: $/, ''));
	return Object.entries(e.data ?? {}).map(([k, v]) => `${k} ${String(v)}`).join(', ');
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
