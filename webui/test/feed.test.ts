import { describe, expect, it } from 'vitest';
import { FeedLogic, GONE, type CloudEvent } from '../src/lib/feedlogic';

const event = (id: number, type = 'switchroom.phone.registered', data = {}): CloudEvent =>
	({ id: String(id), type, time: '2026-01-01T00:00:00Z', data });

describe('the live feed', () => {
	it('delivers each event once and remembers where it was', () => {
		const f = new FeedLogic();

		f.begin(6);
		expect(f.take(event(6)).do).toBe('ignore');
		expect(f.take(event(7)).do).toBe('deliver');
		expect(f.take(event(8)).do).toBe('deliver');
		expect(f.take(event(8)).do).toBe('ignore');
		expect(f.take(event(7)).do).toBe('ignore');
		f.closed(true, 0);
		f.opened();
		expect(f.after).toBe(8);                // resumed by number
	});
	it('asks for its place anew when events are gone', () => {
		const f = new FeedLogic();

		f.begin(7);
		expect(f.take({ ...event(0, GONE, { oldest: 500 }), id: 'gone-8' }).do).toBe('resync');
		expect(f.after).toBeNull();
		f.begin(900);
		expect(f.take(event(900)).do).toBe('ignore');
		expect(f.take(event(901)).do).toBe('deliver');
	});
	it('a broken number is no event', () => {
		const f = new FeedLogic();

		expect(f.take({ ...event(1), id: 'x' }).do).toBe('ignore');
		expect(f.after).toBeNull();
	});
	it('waits longer after each failure and starts over after success', () => {
		const f = new FeedLogic();
		const waits = [1, 2, 3, 4, 5, 6].map(() => f.closed(true, 0));

		expect(waits).toEqual([500, 1000, 2000, 5000, 10_000, 10_000]);
		f.opened();
		expect(f.closed(true, 0)).toBe(500);
	});
	it('polls when the feed port never answers, and tries the socket again after a minute', () => {
		const f = new FeedLogic();

		expect(f.transport(0)).toBe('socket');
		f.closed(false, 1000);
		expect(f.transport(1000)).toBe('socket');
		f.closed(false, 2000);
		expect(f.transport(2000)).toBe('poll');
		f.polled();
		expect(f.transport(61_999)).toBe('poll');
		expect(f.transport(62_000)).toBe('socket');
		f.closed(false, 62_500);
		expect(f.transport(62_500)).toBe('poll');
	});
	it('a socket that worked and broke is opened again, not polled', () => {
		const f = new FeedLogic();

		f.opened();
		for (let i = 0; i < 10; i++)
			f.closed(true, i);
		expect(f.transport(10)).toBe('socket');
	});
});
