// The coverage report of an import: every line of the text, and what became of it. Pure.
import type { Outcome } from './changes';

export type Result = 'applied' | 'unchanged' | 'kept' | 'ignored' | 'refused';
export interface ReportLine {
	line: number;
	text: string;
	mode?: string;
	result: Result;
	reason?: string;
	nearest?: string;
	path?: string;
	command?: string;
	warnings?: string[];
}
export interface ModeCounts { mode: string; applied: number; unchanged: number; kept: number; ignored: number; refused: number }
export interface Report extends Partial<Outcome> {
	mode: 'merge' | 'replace';
	dry_run: boolean;
	base_revision?: number;
	/** `not_listed`: lines that are counted, but too many to be listed. */
	summary: Record<Result | 'lines' | 'warnings', number> & { not_listed?: number };
	modes: ModeCounts[];
	lines: ReportLine[];
	accounts?: { username: string; role: string; exists?: boolean }[];
}

export const RESULTS: { result: Result; text: string; tone: 'ok' | 'idle' | 'info' | 'warn' | 'bad'; help: string }[] = [
	{ result: 'applied', text: 'Applied', tone: 'ok', help: 'becomes a setting' },
	{ result: 'unchanged', text: 'Unchanged', tone: 'idle', help: 'is so already' },
	{ result: 'kept', text: 'Kept', tone: 'info', help: 'has no effect here; kept word for word for the export' },
	{ result: 'ignored', text: 'Ignored', tone: 'warn', help: 'means nothing here; the reason is told' },
	{ result: 'refused', text: 'Refused', tone: 'bad', help: 'cannot be taken; the reason and the nearest valid form are told' },
];

export type Filter = 'all' | 'attention' | 'warnings' | Result;

/** Lines that a person should look at: not what is empty, a comment, or closes a mode; but what is kept and may be a slip. */
const needsLook = (l: ReportLine): boolean => l.result === 'refused' || (l.result === 'kept' && Boolean(l.nearest)) || (l.result === 'ignored' && !/^\s*(!.*|end|exit)?$/.test(l.text)) || Boolean(l.warnings?.length);

export function filterLines(lines: ReportLine[], filter: Filter, text: string): ReportLine[] {
	const wanted = text.trim().toLowerCase();
	const fits = (l: ReportLine) => filter === 'all' || (filter === 'attention' ? needsLook(l) : filter === 'warnings' ? Boolean(l.warnings?.length) : l.result === filter);
	const holds = (l: ReportLine) => !wanted || `${l.line} ${l.text} ${l.mode ?? ''} ${l.reason ?? ''} ${l.warnings?.join(' ') ?? ''}`.toLowerCase().includes(wanted);

	return lines.filter((l) => fits(l) && holds(l));
}

/** What to show first: what needs a look, else everything. */
export const firstFilter = (r: Report): Filter => (r.lines.some(needsLook) ? 'attention' : 'all');

/** Share of each result, for the bar; what is there at all is visible. */
export function shares(r: Report): { result: Result; tone: string; part: number }[] {
	const total = Math.max(1, RESULTS.reduce((n, x) => n + (r.summary[x.result] ?? 0), 0));

	return RESULTS.filter((x) => (r.summary[x.result] ?? 0) > 0).map((x) => ({ result: x.result, tone: x.tone, part: Math.max(0.8, (100 * r.summary[x.result]) / total) }));
}

/** The report as a table for other programs: tabs between columns. */
export function asTable(r: Report): string {
	const clean = (s = '') => s.replace(/[\t\r\n]/g, ' ');

	return [['line', 'result', 'mode', 'text', 'reason', 'nearest', 'warnings'], ...r.lines.map((l) => [String(l.line), l.result, clean(l.mode), clean(l.text), clean(l.reason), clean(l.nearest), clean(l.warnings?.join('; '))])]
		.map((row) => row.join('\t')).join('\n') + '\n';
}
