// A router's running configuration moves in: read it (a dry run), see what becomes of every line, then commit.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { message, Problem, request, type Fault } from '../lib/api';
import { DRY, outcome, type CommitOptions } from '../lib/changes';
import { bytes, plural, stop } from '../lib/format';
import { settingsHref, href } from '../lib/router';
import { filterLines, firstFilter, RESULTS, shares, asTable, type Filter, type Report, type ReportLine } from '../lib/report';
import { download, today } from '../lib/save';
import { mayWrite } from '../lib/session';
import { Preview, Warnings } from '../form/preview';
import { forgetChoices } from '../form/schema';
import { Icon } from '../ui/icons';
import { Badge, Empty, Note, Page, Search, Segments, toast } from '../ui/parts';
import { Table, type Column } from '../ui/table';

type Mode = 'merge' | 'replace';
interface Read { report: Report; errors: Fault[]; trouble: string; done: boolean }

const MAX = 16 * 1024 * 1024;
const LONG = 50_000;

async function send(text: string | Blob, mode: Mode, query: Record<string, string | number | boolean | undefined>): Promise<Report> {
	return (await request<Report>('POST', '/import', { text, query: { mode, ...query } })).data;
}

export function Import() {
	const [text, setText] = useState('');
	const [file, setFile] = useState<File | null>(null);
	const [mode, setMode] = useState<Mode>('merge');
	const [busy, setBusy] = useState(false);
	const [trouble, setTrouble] = useState('');
	const [read, setRead] = useState<Read | null>(null);
	const [asking, ask] = useState(false);
	const head = useRef<HTMLHeadingElement>(null);
	const body = file ?? text;
	const size = file ? file.size : text.length;
	useLayoutEffect(() => { if (read) head.current?.focus(); }, [read]);
	const change = (set: () => void) => { set(); setRead(null); setTrouble(''); };

	const look = async () => {
		if (size > MAX)
			return setTrouble(`The text has ${bytes(size)}; at most ${bytes(MAX)} can be read at once.`);
		setBusy(true);
		setTrouble('');
		try {
			setRead({ report: await send(body, mode, DRY!), errors: [], trouble: '', done: false });
		} catch (e) {
			const report = e instanceof Problem ? e.report as Report | null : null;

			if (report)
				setRead({ report, errors: (e as Problem).errors, trouble: message(e), done: false });
			else
				setTrouble(message(e));
		}
		setBusy(false);
	};
	const commit = async (opt: CommitOptions) => {
		const done = await send(body, mode, { comment: opt.comment, apply: opt.apply, confirm_minutes: opt.confirmMinutes, base_revision: read!.report.base_revision });

		outcome(done);
		forgetChoices();
		ask(false);
		setRead({ report: done, errors: [], trouble: '', done: true });
		toast(`Imported as revision ${done.revision}.`, 'ok', { text: 'See it', href: href(['revisions', String(done.revision)]) });
	};

	if (!mayWrite())
		return <Page title="Import"><Note>You may look, but not change: your account has the role viewer.</Note></Page>;
	return (
		<Page title="Import" lead="Paste the running configuration of a router, or drop its file. Nothing changes before you have seen what becomes of every line.">
			<div class="stack wide">
				<form class="card pad stack" onSubmit={(e) => { e.preventDefault(); void look(); }}>
					{trouble && <Note tone="bad">{trouble}</Note>}
					<Source file={file} text={text} setFile={(f) => change(() => setFile(f))} setText={(t) => change(() => setText(t))} />
					<div class="field">
						<span class="label">What is there already</span>
						<div><Segments<Mode> name="mode" label="What is there already" value={mode} set={(m) => change(() => setMode(m))} options={[{ value: 'merge', text: 'Stays (merge)' }, { value: 'replace', text: 'Goes (replace)' }]} /></div>
						<div class="help">{mode === 'merge' ? 'Lines are added to what is configured, as if typed into a router.' : 'Afterwards only what the text says is configured. The state before stays as a revision.'}</div>
					</div>
					<div class="row">
						<button class="btn primary" disabled={busy || size === 0}><Icon name="eye" />{busy ? 'Reading …' : 'Read it'}</button>
						<span class="muted small">A dry run: it changes nothing.</span>
					</div>
				</form>
				{read && (
					<>
						<h2 ref={head} tabIndex={-1}>{read.done ? 'What was imported' : 'What would become of it'}</h2>
						{read.done && <Note tone="ok">Imported as <a href={href(['revisions', String(read.report.revision)])}>revision {read.report.revision}</a>. The state before can be brought back there.</Note>}
						<Refused read={read} />
						<Warnings of={outcome(read.report)} />
						<Coverage report={read.report} key={`${read.report.dry_run}`} />
						{!read.done && read.errors.length === 0 && !read.trouble && (
							<div class="savebar">
								<span class="grow">{isNews(read.report) ? `${plural(read.report.changes?.length ?? 0, 'object')} would change.` : 'Nothing would change: all that can be taken is so already.'}</span>
								{isNews(read.report) && <button class="btn primary" onClick={() => ask(true)}><Icon name="eye" />Preview and import</button>}
							</div>
						)}
					</>
				)}
			</div>
			{asking && read && <Preview title={mode === 'replace' ? 'Replace the configuration?' : 'Import this?'} action="Import" danger={mode === 'replace'} comment={file ? `Import: ${file.name}` : 'Import'} outcome={outcome(read.report)} commit={commit} onClose={() => ask(false)} />}
		</Page>
	);
}

const newAccounts = (r: Report) => (r.accounts ?? []).filter((a) => !a.exists);
/** An account may come without a change of the configuration. */
const isNews = (r: Report): boolean => (r.changes?.length ?? 0) > 0 || newAccounts(r).length > 0;

/** What stops the whole: a cross-check of the configuration that would result. */
function Refused({ read }: { read: Read }) {
	if (!read.trouble && !read.errors.length)
		return null;
	return (
		<Note tone="bad">
			<p>{read.trouble ? stop(read.trouble) : 'The configuration that would result is not valid.'} Nothing was changed.</p>
			<ul>{read.errors.filter((e) => e.detail !== read.trouble || e.line).map((e, i) => <li key={i}>{e.line !== undefined && <b>Line {e.line}: </b>}{e.detail}{e.path && <span class="muted"> ({e.path})</span>}</li>)}</ul>
		</Note>
	);
}

function Source({ file, text, setFile, setText }: { file: File | null; text: string; setFile: (f: File | null) => void; setText: (t: string) => void }) {
	const [over, setOver] = useState(false);
	/* A browser is slow to edit a long text: it is taken as a file. */
	const paste = (e: ClipboardEvent) => {
		const t = e.clipboardData?.getData('text') ?? '';

		if (t.length < LONG)
			return;
		e.preventDefault();
		setFile(new File([text, t], 'Pasted text', { type: 'text/plain' }));
	};
	const drop = (e: DragEvent) => {
		e.preventDefault();
		setOver(false);
		const f = e.dataTransfer?.files[0];
		const t = e.dataTransfer?.getData('text');

		if (f)
			setFile(f);
		else if (t)
			setText(t);
	};

	return (
		<div class={`drop ${over ? 'over' : ''}`} onDragOver={(e) => { e.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={drop}>
			<div class="field">
				<label for="config-file">File of the running configuration</label>
				{file
					? <div class="row"><Icon name="file" /><b class="grow">{file.name} <span class="muted num">{bytes(file.size)}</span></b><button type="button" class="btn small" onClick={() => setFile(null)}>Another one</button></div>
					: <input id="config-file" type="file" accept=".cfg,.txt,.conf,.log,text/plain" onChange={(e) => setFile(e.currentTarget.files?.[0] ?? null)} />}
				{!file && <div class="help">Or drop it anywhere in this box.</div>}
			</div>
			{!file && (
				<div class="field">
					<label for="config-text">Or paste it</label>
					<textarea id="config-text" class="mono tall" value={text} spellcheck={false} placeholder="telephony-service …" onInput={(e) => setText(e.currentTarget.value)} onPaste={paste} />
					<div class="help">As it comes: prompts, <code>--More--</code> and abbreviations are understood.</div>
				</div>
			)}
		</div>
	);
}

const toneOf = (l: ReportLine) => RESULTS.find((r) => r.result === l.result)?.tone ?? 'idle';
const PAGE = 100;

const lineColumns: Column<ReportLine>[] = [
	{ id: 'line', label: 'Line', class: 'num', render: (l) => l.line },
	{ id: 'text', label: 'Text', head: true, render: (l) => <><code class="line">{l.text}</code>{l.mode && <div class="small muted plain">in {l.mode}</div>}</> },
	{ id: 'result', label: 'Result', render: (l) => <Badge tone={toneOf(l)}>{RESULTS.find((r) => r.result === l.result)?.text ?? l.result}</Badge> },
	{
		id: 'reason', label: 'Why', class: 'wide', render: (l) => (l.reason || l.nearest || l.warnings?.length || l.path) && (
			<div>
				{l.reason}{l.reason && ' '}
				{l.nearest && <div class="small">Nearest: <code>{l.nearest}</code></div>}
				{l.warnings?.map((w) => <div class="small warn-text" key={w}>{w}</div>)}
				{l.path && <div class="small"><a href={settingsHref(l.path)}>{l.path}</a></div>}
			</div>
		),
	},
];

function Coverage({ report }: { report: Report }) {
	const [filter, setFilter] = useState<Filter>(() => firstFilter(report));
	const [text, setText] = useState('');
	const [page, setPage] = useState(0);
	const found = filterLines(report.lines, filter, text);
	const shown = found.slice(page * PAGE, (page + 1) * PAGE);
	const choose = (f: Filter) => { setFilter(f); setPage(0); };
	const accounts = newAccounts(report);
	const attention = filterLines(report.lines, 'attention', '').length;
	const chips: [Filter, string, number, string][] = [
		['all', 'All lines', report.summary.lines, ''],
		['attention', 'To look at', attention, 'warn'],
		...RESULTS.map((r): [Filter, string, number, string] => [r.result, r.text, report.summary[r.result] ?? 0, r.tone]),
		['warnings', 'With warnings', report.summary.warnings ?? 0, 'warn'],
	];

	return (
		<>
			<section class="card pad stack" aria-label="Coverage">
				<div class="sharebar" aria-hidden="true">{shares(report).map((s) => <span key={s.result} class={s.tone} style={{ flexGrow: String(s.part) }} />)}</div>
				<div class="row chips" role="group" aria-label="Lines by result">
					{chips.map(([f, word, n, tone]) => (n > 0 || f === 'all' || f === 'refused') && (
						<button type="button" key={f} class="chip" aria-pressed={filter === f} onClick={() => choose(f)}><span class={`dot ${tone}`} /><b class="num">{n}</b> {word}</button>
					))}
				</div>
				<p class="small muted">{RESULTS.filter((r) => (report.summary[r.result] ?? 0) > 0).map((r) => `${r.text}: ${r.help}.`).join(' ')}</p>
				{(report.summary.not_listed ?? 0) > 0 && <Note tone="warn">{plural(report.summary.not_listed!, 'line')} more are counted above, but not listed below.</Note>}
				{accounts.length > 0 && <Note>Web users {report.dry_run ? 'become' : 'became'} accounts that are switched off: {accounts.map((a) => `${a.username} (${a.role})`).join(', ')}. An administrator gives them a password and switches them on, under <a href={href(['accounts'])}>Accounts</a>.</Note>}
			</section>
			{report.modes.length > 1 && (
				<details class="card fold">
					<summary>{plural(report.modes.length, 'mode')}</summary>
					<Table label="Lines by mode" rows={report.modes} id={(m) => m.mode} columns={[
						{ id: 'mode', label: 'Mode', head: true, sort: (m) => m.mode, render: (m) => m.mode || 'global' },
						...RESULTS.map((r): Column<Report['modes'][number]> => ({ id: r.result, label: r.text, class: 'num', sort: (m) => m[r.result] ?? 0, render: (m) => m[r.result] || '' })),
					]} empty={null} />
				</details>
			)}
			<section class="card" aria-label="Lines">
				<header>
					<h2>Lines</h2>
					<Search label="Search lines" placeholder="Text, mode, reason" value={text} set={(t) => { setText(t); setPage(0); }} />
					<button type="button" class="btn small" onClick={() => download(`import-report-${today()}.tsv`, asTable(report), 'text/tab-separated-values')}><Icon name="download" />Report</button>
				</header>
				<Table label="Lines of the text" columns={lineColumns} rows={shown} id={(l) => String(l.line)}
					foot={<Pager page={page} of={found.length} set={setPage} />}
					empty={<Empty icon="check" title={text ? 'No line matches' : 'No such line'}><p>{filter === 'refused' && !text ? 'Nothing was refused.' : 'Choose another result above.'}</p></Empty>} />
			</section>
		</>
	);
}

function Pager({ page, of, set }: { page: number; of: number; set: (p: number) => void }) {
	if (of <= PAGE)
		return <>{plural(of, 'line')}</>;
	return (
		<span class="row">
			<span class="grow num" role="status">{page * PAGE + 1} to {Math.min(of, (page + 1) * PAGE)} of {of} lines</span>
			<button type="button" class="btn small" disabled={page === 0} onClick={() => set(page - 1)}>Before</button>
			<button type="button" class="btn small" disabled={(page + 1) * PAGE >= of} onClick={() => set(page + 1)}>Next</button>
		</span>
	);
}
