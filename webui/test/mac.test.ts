import { describe, expect, it } from 'vitest';
import { deviceName, formatMac, holds, macFault, parseMac } from '../src/lib/mac';

describe('MAC addresses', () => {
	it.each(['0011.2233.44aa', '00:11:22:33:44:AA', '00-11-22-33-44-aa', '0011223344aa', ' 00 11 22 33 44 aa ', 'SEP0011223344AA', 'sep0011223344aa', 'ATA0011223344AA'])(
		'%s is read', (text) => expect(parseMac(text)).toBe('0011223344AA'));
	it.each(['', '0011223344', '0011223344aabb', '0011223344ag', 'SEP', 'hello'])('%s is refused', (text) => {
		expect(parseMac(text)).toBeNull();
		expect(macFault(text)).toMatch(/^A MAC address has/);
	});
	it('a group or empty address belongs to no phone', () => {
		for (const mac of ['000000000000', 'ffffffffffff', '0100.5e00.0001'])
			expect(macFault(mac)).toMatch(/no address of a single device/);
		expect(macFault('0011.2233.44aa')).toBeNull();
	});
	it('says how many digits were typed', () => expect(macFault('0011.2233')).toContain('this has 8'));
	it('an address of digits that begin like a prefix is not cut', () => expect(parseMac('A7A011223344')).toBe('A7A011223344'));
	it('is shown in pairs and as device', () => {
		expect(formatMac('0011223344AA')).toBe('00:11:22:33:44:AA');
		expect(deviceName('0011.2233.44aa')).toBe('SEP0011223344AA');
		expect(deviceName('ATA0011223344AA')).toBe('ATA0011223344AA');
		expect(deviceName('POOL3@10.0.0.1:5060')).toBe('POOL3@10.0.0.1:5060');
	});
});

it.each([['00:11:22', true], ['0011.2233.44aa', true], ['22-33-44', true], ['10.0.0.5', true], ['10.0.0.6', false], ['00:11:2233', false], ['desk', true], ['', true]])(
	'an item is found by %s: %s', (text, found) => expect(holds({ mac_address: '0011223344AA', description: 'Desk', address: '10.0.0.5' }, text)).toBe(found));
