import { describe, expect, it } from 'vitest';
import { find, narrow } from '../src/form/find';
import type { SchemaObject } from '../src/form/model';

const objects: SchemaObject[] = [
	{
		path: 'telephony-service', mode: 'telephony-service', label: 'SCCP system', fields: [
			{ name: 'max_ephones', type: 'int', label: 'Most phones', group: 'Limits', command: 'max-ephones', help: 'How many.' },
			{ name: 'max_dn', type: 'int', label: 'Most numbers', command: 'max-dn' },
			{ name: 'timeouts', type: 'object', label: 'Timeouts', group: 'Calls', members: [
				{ name: 'busy', type: 'int', label: 'Busy tone', command: 'timeouts busy' },
				{ name: 'interdigit', type: 'int', label: 'Between digits', command: 'timeouts interdigit' },
			] },
			{ name: 'system_message', type: 'string', label: 'Message', command: 'system message' },
		],
	},
	{
		path: 'voice-register/pools', mode: 'voice register pool', command: 'voice register pool', label: 'SIP phones', collection: true, fields: [
			{ name: 'numbers', type: 'map', label: 'Lines', command: 'number', keys: [{ name: 'tag', type: 'int' }], item: { name: 'dn', type: 'int' } },
			{ name: 'busy_trigger', type: 'int', label: 'Busy at', command: 'busy-trigger-per-button', help: 'Busy after this many calls.' },
		],
	},
	{ path: 'voice-register/global', mode: 'voice register global', label: 'SIP system', fields: [{ name: 'max_pool', type: 'int', label: 'Most phones', command: 'max-pool' }] },
];
const first = (text: string) => {
	const f = find(objects, text)[0];

	return f && `${f.object.path}#${f.pointer}`;
};

describe('the search', () => {
	it('finds by the IOS command, whole or shortened word by word', () => {
		for (const text of ['max-ephones', 'max-e', 'MAX EPHONES', 'max_ephones', 'max-ephones 1000', 'no max-ephones'])
			expect(first(text), text).toBe('telephony-service#/max_ephones');
		for (const text of ['timeouts busy', 'timeo bu', 'timeouts busy 20', 'default timeouts busy'])
			expect(first(text), text).toBe('telephony-service#/timeouts/busy');
	});
	it('finds the parts themselves by the command that enters them', () => {
		for (const text of ['voice register pool', 'voice reg pool', 'voi reg poo', 'voice register pool 20', 'SIP phones'])
			expect(first(text), text).toBe('voice-register/pools#');
		expect(find(objects, 'voice register pool').filter((f) => f.object.path === 'voice-register/pools')).toHaveLength(1);
	});
	it('finds a command behind its mode', () => {
		expect(first('voice register global max-pool')).toBe('voice-register/global#/max_pool');
		expect(first('tel timeo bu 20')).toBe('telephony-service#/timeouts/busy');
	});
	it('finds by label, field name and words of the help', () => {
		expect(first('Busy at')).toBe('voice-register/pools#/busy_trigger');
		expect(first('system_message')).toBe('telephony-service#/system_message');
		expect(first('after this many')).toBe('voice-register/pools#/busy_trigger');
		expect(first('sip system most')).toBe('voice-register/global#/max_pool');
	});
	it('tells the section and the trail', () => {
		const f = find(objects, 'timeouts interdigit')[0]!;

		expect([f.section, f.trail]).toEqual(['Calls', ['Timeouts']]);
	});
	it('finds nothing for nothing', () => expect([...find(objects, ' '), ...find(objects, 'xyzzy')]).toEqual([]));
});

describe('the filter of a form', () => {
	const fields = objects[0]!.fields;
	const names = (text: string, onlySet = false) => [...narrow(fields, { max_dn: 5, timeouts: { busy: '' } }, text, onlySet)];

	it('leaves what the words mean, also deep inside', () => {
		expect(names('busy')).toEqual(['timeouts']);
		expect(names('max')).toEqual(['max_ephones', 'max_dn']);
		expect(names('')).toHaveLength(4);
	});
	it('leaves only what is set', () => expect(names('', true)).toEqual(['max_dn']));
});
