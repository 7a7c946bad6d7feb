import { describe, expect, it } from 'vitest';
import { pending, timeLeft } from '../src/lib/confirm';
import { byAction } from '../src/lib/changes';
import { asTable, filterLines, firstFilter, shares, type Report, type ReportLine } from '../src/lib/report';

const lines: ReportLine[] = [
	{ line: 1, text: 'telephony-service', mode: '', result: 'applied' },
	{ line: 2, text: ' max-dn\t5', mode: 'telephony-service', result: 'applied', warnings: ['Fewer than before.'] },
	{ line: 3, text: ' max-ephons 5', mode: 'telephony-service', result: 'refused', reason: 'There is no such command here.', nearest: 'max-ephones <number>' },
	{ line: 4, text: 'interface FastEthernet0/0', mode: '', result: 'kept' },
	{ line: 5, text: '--More--', result: 'ignored', reason: 'Output of the terminal.' },
	{ line: 6, text: ' ! a comment', result: 'ignored' },
	{ line: 7, text: 'end', result: 'ignored' },
	{ line: 8, text: ' timeouts busyy 5', result: 'kept', nearest: 'timeouts busy <0-30>' },
];
const report: Report = { mode: 'merge', dry_run: true, summary: { lines: 8, applied: 2, unchanged: 0, kept: 2, ignored: 3, refused: 1, warnings: 1 }, modes: [], lines };
const numbers = (l: ReportLine[]) => l.map((x) => x.line);

describe('the report of an import', () => {
	it('begins with what needs a look, if anything does', () => {
		expect(firstFilter(report)).toBe('attention');
		expect(numbers(filterLines(lines, 'attention', ''))).toEqual([2, 3, 5, 8]);
		expect(firstFilter({ ...report, lines: [lines[0]!] })).toBe('all');
	});
	it('is filtered by result and by words', () => {
		expect(numbers(filterLines(lines, 'refused', ''))).toEqual([3]);
		expect(numbers(filterLines(lines, 'all', 'TERMINAL'))).toEqual([5]);
		expect(numbers(filterLines(lines, 'warnings', ''))).toEqual([2]);
		expect(filterLines(lines, 'refused', 'terminal')).toEqual([]);
	});
	it('shows even a single line of a thousand in the bar', () => {
		const s = shares({ ...report, summary: { ...report.summary, applied: 999, kept: 0, ignored: 0 } });

		expect(s.map((x) => x.result)).toEqual(['applied', 'refused']);
		expect(s[1]!.part).toBeGreaterThan(0.5);
	});
	it('is a table for other programs, one line each', () => {
		const rows = asTable(report).slice(0, -1).split('\n');

		expect(rows).toHaveLength(9);
		expect(rows.every((r) => r.split('\t').length === 7)).toBe(true);
	});
});

describe('a confirmation', () => {
	it('runs by what is left, whatever the clocks say', () => {
		expect(pending({ pending: false }, 0)).toBeNull();
		expect(pending({ pending: true, revision: 8, falls_back_to: 7, remaining_seconds: 90, who: 'admin' }, 1000)).toEqual({ revision: 8, falls_back_to: 7, who: 'admin', until: 91_000 });
	});
	it('is told in minutes and hours', () => expect([timeLeft(65_000), timeLeft(400), timeLeft(-5), timeLeft(3_600_000)]).toEqual(['1:05', '0:00', '0:00', '1:00:00']));
});

it('phones are grouped by what they need, the strongest first', () =>
	expect(byAction([{ device: 'a', pending_action: 'none' }, { device: 'b', pending_action: 'reset' }, { device: 'c', pending_action: 'none' }])).toEqual([['reset', ['b']], ['none', ['a', 'c']]]));
