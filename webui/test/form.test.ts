import { describe, expect, it } from 'vitest';
import { find, walk } from '../src/form/find';
import { applies, check, fromEditObject, inCell, inOrder, isRows, leads, masked, move, newRow, put, rowAt, sections, toEditObject, trailOf, valueFault, type EditObject, type Field, type Rows, type SchemaObject } from '../src/form/model';
import { mergePatch, pointerParts, type JsonObject } from '../src/lib/json';

const fields: Field[] = [
	{ name: 'mac_address', type: 'mac', label: 'MAC address', group: 'Device', command: 'mac-address' },
	{ name: 'keepalive', type: 'int', min: 10, max: 65535, unit: 's', default: 30, label: 'Keepalive' },
	{ name: 'reserved', type: 'flag' },
	{ name: 'video', type: 'bool', default: false, group: 'Other', flags: ['advanced'] },
	{ name: 'password', type: 'secret', min: 4, max: 20 },
	{ name: 'paging', type: 'object', flags: ['presence'], members: [{ name: 'port', type: 'int' }] },
	{ name: 'timeouts', type: 'object', members: [{ name: 'busy', type: 'int', min: 0, max: 30, command: 'timeouts busy', help: 'Seconds of busy tone.' }] },
	{ name: 'paging_group', type: 'list', max: 10, item: { name: 'dn', type: 'int' } },
	{
		name: 'buttons', type: 'map', label: 'Buttons', keys: [{ name: 'button', type: 'int', min: 1, max: 34 }],
		members: [
			{ name: 'separator', type: 'enum', choices: [':', 'o'], flags: ['required'] },
			{ name: 'dns', type: 'list', item: { name: 'dn', type: 'int', min: 1 } },
		],
	},
	{ name: 'loads', type: 'map', keys: [{ name: 'phone_type', type: 'phone_type' }], item: { name: 'load', type: 'string' } },
	{ name: 'cor', type: 'map', keys: [{ name: 'direction', type: 'enum' }, { name: 'number', type: 'string', default: 'default' }], members: [{ name: 'list', type: 'string' }] },
];
const stored: JsonObject = {
	tag: 3,
	mac_address: '0011223344AA',
	password: { set: true },
	paging: {},
	paging_group: [1, 2],
	buttons: { 2: { separator: ':', dns: [12] }, 10: { separator: 'o', dns: [1, 2] } },
	loads: { 7960: 'P0030801SR02' },
	cor: { 'incoming,default': { list: 'x' } },
};
const edit = () => toEditObject(fields, stored);
const rows = (e: EditObject, name: string) => (e[name] as Rows).rows;

describe('a form', () => {
	it('gives back what it was given, also what it does not know', () => {
		expect(fromEditObject(fields, edit())).toEqual(stored);
		expect(mergePatch(stored, fromEditObject(fields, edit()))).toBeUndefined();
	});
	it('a changed member is the only one in the patch', () => {
		const e = edit();

		e.keepalive = '45';
		expect(mergePatch(stored, fromEditObject(fields, e))).toEqual({ keepalive: 45 });
	});
	it('an emptied field goes back to its default', () => {
		const e = edit();

		e.mac_address = ' ';
		expect(mergePatch(stored, fromEditObject(fields, { ...e, mac_address: '' }))).toEqual({ mac_address: null });
	});
	it('a secret is kept, replaced or cleared', () => {
		expect(mergePatch(stored, fromEditObject(fields, { ...edit(), password: 'new one' }))).toEqual({ password: 'new one' });
		expect(mergePatch(stored, fromEditObject(fields, { ...edit(), password: undefined }))).toEqual({ password: null });
	});
	it('a row whose key changes is one removed and one added', () => {
		const e = edit();

		rows(e, 'buttons')[1]!.key = ['4'];
		expect(mergePatch(stored, fromEditObject(fields, e))).toEqual({ buttons: { 10: null, 4: { separator: 'o', dns: [1, 2] } } });
	});
	it('a new row counts when it has a key', () => {
		const e = edit();
		const map = fields.find((f) => f.name === 'loads')!;
		const row = newRow(map);

		rows(e, 'loads').push(row);
		expect(mergePatch(stored, fromEditObject(fields, e))).toBeUndefined();
		row.key = ['7962'];
		row.value = 'SIP42.9-4-2SR3-1S';
		expect(mergePatch(stored, fromEditObject(fields, e))).toEqual({ loads: { 7962: 'SIP42.9-4-2SR3-1S' } });
	});
	it('composite keys are split and joined', () => {
		const e = edit();

		expect(rows(e, 'cor')[0]!.key).toEqual(['incoming', 'default']);
		rows(e, 'cor')[0]!.key = ['outgoing', '3'];
		expect(fromEditObject(fields, e).cor).toEqual({ 'outgoing,3': { list: 'x' } });
	});
	it('an object with meaning stays although empty, others go', () => {
		const e = edit();

		e.timeouts = { busy: '' };
		expect(fromEditObject(fields, e)).toEqual(stored);
		e.paging = undefined;
		expect(mergePatch(stored, fromEditObject(fields, e))).toEqual({ paging: null });
	});
});

describe('faults', () => {
	const at = (e: EditObject) => Object.fromEntries(check(fields, e));

	it('a good object has none', () => expect(at(edit())).toEqual({}));
	it('range, type and length name the limits', () => {
		expect(at({ ...edit(), keepalive: 9 })['/keepalive']).toBe('The value must be 10 to 65535 s.');
		expect(at({ ...edit(), keepalive: 'ten' })['/keepalive']).toMatch(/whole number/);
		expect(at({ ...edit(), timeouts: { busy: 31 } })['/timeouts/busy']).toBe('The value must be 0 to 30.');
		expect(valueFault(fields[4]!, 'abc')).toBe('At least 4 characters.');
		expect(valueFault(fields[4]!, 'ä'.repeat(11))).toContain('At most 20');
	});
	it('a MAC address is explained', () => expect(at({ ...edit(), mac_address: '0011' })['/mac_address']).toContain('this has 4'));
	it('rows need a key that is good and not there yet, and what their members need', () => {
		const e = edit();
		const map = fields.find((f) => f.name === 'buttons')!;
		const [a, b, c] = [newRow(map), newRow(map), newRow(map)];

		a.key = ['99'];
		b.key = ['2'];
		b.value = { separator: ':' };
		rows(e, 'buttons').push(a, b, c);
		const faults = at(e);

		expect(faults['/buttons/99']).toContain('1 to 34');
		expect(faults['/buttons/99/separator']).toBe('This is needed.');
		expect(faults['/buttons/2']).toContain('already');
		expect(faults[rowAt('/buttons', c)]).toBe('This is needed.');
	});
	it('pointers are told in the words of the form', () => {
		const words = (p: string) => trailOf(fields, edit(), pointerParts(p)).join(' › ');

		expect(words('/mac_address')).toBe('MAC address');
		expect(words('/buttons/2/dns/0')).toBe('Buttons › 2 › dns 1');
		expect(words('/buttons/new 7')).toBe('Buttons › new row');
		expect(words('/timeouts/busy')).toBe('timeouts › busy');
	});
	it('pointers of the server lead to fields that are drawn', () => {
		for (const p of ['/keepalive', '/timeouts/busy', '/buttons', '/buttons/2', '/buttons/2/dns', '/buttons/2/dns/0', '/loads/7960', '/cor/incoming,default/list'])
			expect(leads(fields, edit(), pointerParts(p)), p).toBe(true);
		for (const p of ['', '/nothing', '/buttons/7', '/buttons/2/dns/4', '/timeouts/never'])
			expect(leads(fields, edit(), pointerParts(p)), p).toBe(false);
	});
});

describe('drawing', () => {
	const object: SchemaObject = { path: 'ephones', mode: 'ephone', label: 'Ephones', collection: true, fields };

	it('a field without a heading belongs to the one above', () => {
		const s = sections(fields, 'General');

		expect(s.map((x) => x.title)).toEqual(['Device', 'Other']);
		expect(s[0]!.fields.map((f) => f.name)).toEqual(['mac_address', 'keepalive', 'reserved']);
		expect(s[1]!.more.map((f) => f.name)).toEqual(['video']);
	});
	it('what is rare is not folded away where nothing else is', () => {
		const [s] = sections(fields.filter((f) => f.name === 'video'), 'General');

		expect([s!.fields.length, s!.more.length]).toEqual([1, 0]);
	});
	it('settings are found by label, name and IOS command', () => {
		expect(find([object], 'timeouts busy')[0]!.pointer).toBe('/timeouts/busy');
		expect(find([object], 'mac-address')[0]!.pointer).toBe('/mac_address');
		expect(find([object], 'busy tone')[0]!.pointer).toBe('/timeouts/busy');
		expect(find([object], 'KEEPalive')[0]!.field?.name).toBe('keepalive');
		expect(find([object], '')).toEqual([]);
		expect(find([object], 'nothing like it')).toEqual([]);
	});
	it('walks every setting once', () => {
		const all = [...walk(object)].map((f) => f.pointer);

		expect(new Set(all).size).toBe(all.length);
		expect(all).toContain('/buttons/separator');
	});
	it('knows rows', () => expect(isRows(edit().buttons)).toBe(true));
});

describe('fields that depend on each other', () => {
	const id: Field[] = [
		{ name: 'kind', type: 'enum', choices: ['mac', 'ip'], flags: ['required'] },
		{ name: 'mac', type: 'mac', when: { field: 'kind', is: ['mac'] } },
		{ name: 'address', type: 'ip', when: { field: 'kind', is: ['ip', 'network'] } },
	];

	it('are shown when they mean something, or are set', () => {
		const shown = (v: EditObject) => id.filter((f) => applies(f, id, v)).map((f) => f.name);

		expect(shown({})).toEqual(['kind']);
		expect(shown({ kind: 'mac' })).toEqual(['kind', 'mac']);
		expect(shown({ kind: 'ip', mac: '001122334455' })).toEqual(['kind', 'mac', 'address']);
	});
	it('go when the choice they belong to changes', () => {
		expect(put(id, { kind: 'mac', mac: '001122334455' }, 'kind', 'ip')).toEqual({ kind: 'ip', mac: undefined });
		expect(put(id, { kind: 'ip', address: '10.0.0.1' }, 'kind', 'network')).toEqual({ kind: 'network', address: '10.0.0.1' });
	});
});

describe('an ordered table', () => {
	const table: Field = { name: 'entries', type: 'map', flags: ['ordered'], keys: [{ name: 'index', type: 'int' }], members: [{ name: 'group', type: 'string' }] };
	const made = () => inOrder(table, (toEditObject([table], { entries: { 3: { group: 'c' }, 20: { group: 't' }, 1: { group: 'a' } } }).entries as Rows).rows);

	it('is in its order, and a new row goes to its end', () => {
		expect(made().map((r) => r.key[0])).toEqual(['1', '3', '20']);
		expect(newRow(table, made()).key).toEqual(['21']);
	});
	it('rows change places, the places stay', () => {
		const r = made();
		const moved = inOrder(table, move(r, r[2]!, -1));

		expect(moved.map((x) => [x.key[0], (x.value as EditObject).group])).toEqual([['1', 'a'], ['3', 't'], ['20', 'c']]);
		expect(move(r, r[0]!, -1)).toBe(r);
	});
});

it('typed passwords are not shown, however deep they are', () => {
	const users: Field = { name: 'users', type: 'map', keys: [{ name: 'name', type: 'string' }], members: [{ name: 'password', type: 'secret' }, { name: 'level', type: 'int' }] };
	const box: Field = { name: 'box', type: 'object', members: [users, { name: 'pin', type: 'secret' }, { name: 'keys', type: 'list', item: { name: 'key', type: 'secret' } }] };

	expect(masked(box, { users: { bob: { password: 'x1', level: 3 }, eve: null }, pin: 'x2', keys: ['x3'] })).toEqual({ users: { bob: { password: { set: true }, level: 3 }, eve: null }, pin: { set: true }, keys: [{ set: true }] });
	expect(masked(box, { pin: null })).toEqual({ pin: null });
});

it('a form takes each address that the server takes', () => {
	expect(valueFault({ name: 'mac_address', type: 'mac' }, '0B00.0000.012C')).toBeNull();
	expect(valueFault({ name: 'mac_address', type: 'mac' }, '0B00.0000.01')).toContain('this has 10');
});

it('a cell tells what an object holds as its line does', () => {
	const id: Field = { name: 'id', type: 'object', members: [
		{ name: 'kind', type: 'string', choices: ['mac', 'ip'] }, { name: 'mac', type: 'mac' }, { name: 'address', type: 'ipv4' }, { name: 'mask', type: 'ipv4_mask' }, { name: 'strict', type: 'bool', label: 'Strict' }] };
	const lines: Field = { name: 'numbers', type: 'map', keys: [{ name: 'line', type: 'int' }], item: { name: 'dn', type: 'int' } };

	expect(inCell(id, { kind: 'mac', mac: '0A7105000001', strict: false })).toBe('0A:71:05:00:00:01');
	expect(inCell(id, { kind: 'ip', address: '10.71.5.77', mask: '255.255.255.255', strict: true })).toBe('ip 10.71.5.77 255.255.255.255 Strict');
	expect(inCell(id, undefined)).toBe('');
	expect(inCell({ name: 'codecs', type: 'map', item: { name: 'on', type: 'flag' } }, { g711ulaw: true, g729r8: true })).toBe('g711ulaw; g729r8');
	expect(inCell(lines, { 1: 7, 2: 8, 3: 9, 4: 10, 5: 11 })).toBe('1: 7; 2: 8; 3: 9; 4: 10 …');
});
