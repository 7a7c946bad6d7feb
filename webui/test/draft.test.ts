import { beforeEach, describe, expect, it } from 'vitest';
import { discardAll, draft, draftOf, drop, drafted, isNew, keep, operationOf, operationsOf, setAside, type Entry } from '../src/lib/draft';

const entry = (id: string, op: Entry['op'], more: Partial<Entry> = {}): Entry => ({ id, object: id.split('/')[0]!, op, etag: '"5"', stored: null, ...more });

describe('the draft', () => {
	beforeEach(discardAll);
	it('holds one entry per object, the last state of it', () => {
		keep(entry('ephones/1', 'patch', { value: { video: true } }));
		keep(entry('ephones/2', 'patch'));
		keep(entry('ephones/1', 'patch', { value: { video: false } }));
		expect(drafted.value).toBe(2);
		expect(draftOf('ephones/1')?.value).toEqual({ video: false });
		drop('ephones/1', 'nothing');
		expect(draft.value.map((e) => e.id)).toEqual(['ephones/2']);
	});
	it('becomes one transaction: first what is new, last what goes', () => {
		const { operations } = operationsOf([
			entry('ephones/1', 'delete'),
			entry('telephony-service', 'patch', { etag: '"0"', value: { max_dn: 5 } }),
			entry('ephone-dns/3', 'patch', { value: { name: null } }),
			entry('ephone-dns/new', 'create', { value: { number: '1001' } }),
		]);

		expect(operations).toEqual([
			{ op: 'create', path: '/config/ephone-dns', value: { number: '1001' } },
			{ op: 'patch', path: '/config/telephony-service', value: { max_dn: 5 } },
			{ op: 'patch', path: '/config/ephone-dns/3', value: { name: null }, if_match: '"5"' },
			{ op: 'delete', path: '/config/ephones/1', if_match: '"5"' },
		]);
	});
	it('a deletion without a known state takes any', () => expect(operationOf(entry('ephones/1', 'delete', { etag: null })).if_match).toBe('*'));
	it('new items step aside for the next', () => {
		for (const number of ['1001', '1002', '1003']) {
			keep(entry('ephone-dns/new', 'create', { value: { number } }));
			setAside('ephone-dns/new');
		}
		expect(draft.value.map((e) => e.id)).toEqual(['ephone-dns/new~2', 'ephone-dns/new~3', 'ephone-dns/new~4']);
		expect(['new', 'new~2'].every(isNew)).toBe(true);
		expect(['newton', '=new', '1', 'new~'].some(isNew)).toBe(false);
	});
});
