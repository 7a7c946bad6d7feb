// MAC addresses as people write them: any grouping of twelve hexadecimal digits by : - . or spaces,
// also a device name such as SEP001122334455.

/** Twelve upper-case digits, or null when it is not a MAC address. */
export function parseMac(text: string): string | null {
	const bare = text.trim().replace(/^(sep|ata)(?=[0-9a-f])/i, '').replace(/[\s:.-]/g, '');

	return /^[0-9a-f]{12}$/i.test(bare) ? bare.toUpperCase() : null;
}

/** Why a text is no MAC address, in words for the person who typed it; null when it is one. */
export function macSpelling(text: string): string | null {
	if (parseMac(text) !== null)
		return null;
	const digits = text.replace(/^(sep|ata)/i, '').replace(/[^0-9a-f]/gi, '').length;

	return /[^0-9a-f\s:.-]/i.test(text.trim().replace(/^(sep|ata)/i, ''))
		? 'A MAC address has only the digits 0-9 and A-F.'
		: `A MAC address has 12 digits; this has ${digits}.`;
}

/** The same for a phone that is added by hand: of groups and of nobody is a slip. What is configured already may have any. */
export function macFault(text: string): string | null {
	const mac = parseMac(text);

	if (mac === null)
		return macSpelling(text);
	if (mac === '000000000000' || mac === 'FFFFFFFFFFFF' || parseInt(mac[1]!, 16) & 1)
		return 'This is no address of a single device.';
	return null;
}

/** Does an item hold this text? A MAC address, or a part of one, in any grouping. */
export function holds(item: unknown, text: string): boolean {
	const wanted = text.trim().toLowerCase();
	const all = JSON.stringify(item).toLowerCase();

	return all.includes(wanted) || (/^([0-9a-f]{2}[:-])+[0-9a-f]{0,2}$|^([0-9a-f]{4}\.)+[0-9a-f]{0,4}$/.test(wanted) && all.includes(wanted.replace(/[:.-]/g, '')));
}

export function formatMac(mac: string): string {
	return mac.replace(/(..)(?=.)/g, '$1:');
}

/** "SEP001122334455" of a MAC in any spelling; a device name that is none is returned as it is. */
export function deviceName(text: string): string {
	const mac = parseMac(text);

	return mac === null ? text : `${/^ata/i.test(text.trim()) ? 'ATA' : 'SEP'}${mac}`;
}
