import { describe, expect, it } from 'vitest';
import { newestFirst, type Step } from '../src/lib/phones';

const step = (at: string, text: string): Step => ({ at, text, step: 'x', severity: 'info' });

describe('a timeline', () => {
	it('is told newest first, also within one millisecond', () => {
		const steps = [step('2026-01-01T00:00:00.001Z', 'connected'), step('2026-01-01T00:00:00.002Z', 'asked'), step('2026-01-01T00:00:00.002Z', 'registered')];

		expect(newestFirst(steps).map((s) => s.text)).toEqual(['registered', 'asked', 'connected']);
		expect(steps[0]!.text).toBe('connected');
	});
});
