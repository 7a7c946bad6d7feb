import { describe, expect, it } from 'vitest';
import { textDiff, unified, type DiffLine } from '../src/lib/textdiff';

const text = (d: DiffLine[]) => d.map((l) => l.kind + l.text);

/** What the difference says the new text is, when everything is shown. */
const after = (d: DiffLine[]) => d.filter((l) => l.kind === ' ' || l.kind === '+').map((l) => l.text).join('\n');
const before = (d: DiffLine[]) => d.filter((l) => l.kind === ' ' || l.kind === '-').map((l) => l.text).join('\n');

describe('the difference of two texts', () => {
	it('is empty for equal ones', () => expect(textDiff('a\nb\n', 'a\nb\n')).toEqual([]));
	it('names the mode around a change and leaves the rest out', () => {
		const a = ['hostname x', ...Array.from({ length: 9 }, (_, i) => ` a${i}`), 'telephony-service', ...Array.from({ length: 9 }, (_, i) => ` b${i}`), ' max-dn 5', ' end'].join('\n');

		expect(text(textDiff(a, a.replace('max-dn 5', 'max-dn 9'), 1))).toEqual(['@telephony-service', '  b8', '- max-dn 5', '+ max-dn 9', '  end']);
	});
	it('is right and short for any two texts', () => {
		let seed = 7;
		const random = (n: number) => { seed = (seed * 1103515245 + 12345) % 2147483648; return Math.floor((seed / 2147483648) * n); };

		for (let round = 0; round < 300; round++) {
			const make = () => Array.from({ length: 1 + random(20) }, () => 'abcd'[random(4)]).join('\n');
			const [a, b] = [make(), make()];
			const d = textDiff(a, b, 1000).filter((l) => l.kind !== '@');

			if (a !== b)
				expect([before(d), after(d)], JSON.stringify([a, b])).toEqual([a, b]);
		}
		expect(text(textDiff('a\nb\nc', 'a\nc', 0).filter((l) => l.kind !== '@'))).toEqual(['-b']);
		expect(text(textDiff('', 'x', 0).filter((l) => l.kind !== '@')).sort()).toEqual(['+x', '-']);
	});
	it('stays quick for long ones, and gives up on finesse when they have little in common', () => {
		const many = (n: number, f: (i: number) => string) => Array.from({ length: n }, (_, i) => f(i)).join('\n');
		const start = Date.now();

		expect(textDiff(many(30_000, (i) => `a${i}`), many(30_000, (i) => (i % 5000 ? `a${i}` : 'new')), 0).filter((l) => l.kind === '+')).toHaveLength(6);
		expect(textDiff(many(5000, (i) => `a${i}`), many(5000, (i) => `b${i}`))).toHaveLength(10_001);
		expect(Date.now() - start).toBeLessThan(5000);
	});
	it('reads the unified difference of the server', () => {
		expect(text(unified('--- a\n+++ b\n@@ -1,2 +1,2 @@ <device>\n <a>\n-<b>1</b>\n+<b>2</b>\n'))).toEqual(['@<device>', ' <a>', '-<b>1</b>', '+<b>2</b>']);
	});
});
