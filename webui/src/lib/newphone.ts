// What "add a phone" writes: one directory number and one phone that has it on its first line. Pure.
import type { Operation } from './changes';
import { parseMac } from './mac';

export interface NewPhone {
	mac: string;
	model: string;
	protocol: 'sip' | 'sccp';
	extension: string;
	name: string;
	username: string;
	password: string;
}

export function lowestFree(taken: number[]): number {
	const set = new Set(taken);
	let n = 1;

	while (set.has(n))
		n++;
	return n;
}

export function phoneOperations(p: NewPhone, dn: number, phone: number): Operation[] {
	const name = p.name.trim();
	const number = { tag: dn, number: p.extension.trim(), ...(name && { name, label: name.slice(0, 30) }) };
	const mac = parseMac(p.mac) ?? p.mac;
	const common = { tag: phone, phone_type: p.model.trim(), ...(name && { description: name }) };

	if (p.protocol === 'sip')
		return [
			{ op: 'create', path: '/config/voice-register/dns', value: number },
			{ op: 'create', path: '/config/voice-register/pools', value: { ...common, id: { kind: 'mac', mac }, numbers: { 1: dn }, username: p.username.trim() || p.extension.trim(), password: p.password } },
		];
	return [
		{ op: 'create', path: '/config/ephone-dns', value: number },
		{ op: 'create', path: '/config/ephones', value: { ...common, mac_address: mac, buttons: { 1: { separator: ':', dns: [dn] } } } },
	];
}
