// Random passwords that a person can read out: no letters that look alike, no bias.
const LETTERS = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

export function password(length = 16, random: (a: Uint8Array) => Uint8Array = (a) => crypto.getRandomValues(a)): string {
	const limit = 256 - (256 % LETTERS.length);
	let out = '';

	while (out.length < length)
		for (const b of random(new Uint8Array(length)))
			if (b < limit && out.length < length)
				out += LETTERS[b % LETTERS.length];
	return out;
}
