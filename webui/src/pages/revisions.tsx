// Revisions: what changed, when, by whom and why; any two compared; and the way back.
import { useState } from 'preact/hooks';
import { get, post, type Page as Paged } from '../lib/api';
import { DRY, outcome, type CommitOptions, type ObjectChange, type Outcome } from '../lib/changes';
import { ago, dateTime, plural, stop } from '../lib/format';
import { settingsHref, go, href, route, setQuery } from '../lib/router';
import { mayWrite } from '../lib/session';
import { textDiff } from '../lib/textdiff';
import { Icon } from '../ui/icons';
import { DiffText } from '../ui/difftext';
import { Empty, failed, Note, Page, Segments, toast, useLoad, Wait } from '../ui/parts';
import { Table, type Column } from '../ui/table';
import { Difference, nameOfObject, Preview } from '../form/preview';
import { forgetChoices, loadSchema } from '../form/schema';
import { runningConfig } from './export';

export interface Revision {
	revision: number;
	at: string;
	who: string;
	address: string;
	comment: string;
	paths: string[];
}

const crumbs = [{ text: 'Revisions', href: href(['revisions']) }];
const PAGE = 100;
const idOf = (r: Revision) => String(r.revision);

const columns: Column<Revision>[] = [
	{ id: 'number', label: 'Revision', head: true, class: 'num', render: (r) => <a href={href(['revisions', idOf(r)])}>{r.revision}</a> },
	{ id: 'time', label: 'When', render: (r) => <time class="nowrap" dateTime={r.at} title={dateTime(r.at)}>{ago(r.at)}</time> },
	{ id: 'who', label: 'Who', class: 'nowrap', render: (r) => r.who },
	{ id: 'comment', label: 'Why', render: (r) => r.comment },
	{ id: 'what', label: 'What', render: (r) => <span class="small">{r.paths.slice(0, 4).map((p, i) => <>{i > 0 && ', '}<a key={p} class="quiet mono" href={href(['revisions'], { path: p })} title={`All revisions that changed ${p}`}>{p}</a></>)}{r.paths.length > 4 && ` and ${r.paths.length - 4} more`}</span> },
	{ id: 'from', label: 'From', render: (r) => r.address && <span class="mono muted nowrap">{r.address}</span> },
];

/** Page after page, newest first. */
async function load(path: string, most: number, signal: AbortSignal): Promise<Paged<Revision>> {
	const out: Paged<Revision> = { items: [], next_cursor: null };

	do {
		const { data } = await get<Paged<Revision>>('/revisions', { limit: PAGE, path: path || undefined, cursor: out.next_cursor ?? undefined }, signal);

		out.items.push(...data.items);
		out.next_cursor = data.next_cursor ?? null;
	} while (out.next_cursor && out.items.length < most);
	return out;
}

export function Revisions() {
	const path = route.value.query.get('path') ?? '';
	const [most, setMost] = useState(PAGE);
	const [picked, setPicked] = useState(new Set<string>());
	const list = useLoad((s) => load(path, most, s), [path, most]);
	const schema = useLoad(() => loadSchema(), []);
	const [a, b] = [...picked].map(Number).sort((x, y) => x - y);
	const newest = list.data?.items[0]?.revision;
	const lead = path && schema.data ? <>Who changed <a href={settingsHref(path)}>{nameOfObject(path)}</a>, and when.</> : 'Every change of the configuration is a revision. Any of the last thousand can be looked at, compared and brought back.';

	return (
		<Page title={path ? 'History' : 'Revisions'} lead={lead} {...(path && { crumbs })}>
			<div class="card">
				<header>
					<form class="row grow" role="search" onSubmit={(e) => { e.preventDefault(); setPicked(new Set()); setQuery({ path: (new FormData(e.currentTarget).get('path') as string).trim().replace(/^\/?(config\/)?/, '') }); }}>
						<input class="narrow mono" name="path" aria-label="Only revisions that changed this object" placeholder="Object, such as ephones/1" defaultValue={path} key={path} list="changed-objects" />
						<datalist id="changed-objects">{[...new Set((list.data?.items ?? []).flatMap((r) => r.paths))].slice(0, 300).map((p) => <option key={p} value={p} />)}</datalist>
						<button class="btn">Filter</button>
						{path && <a class="btn quiet" href={href(['revisions'])}>All revisions</a>}
					</form>
				</header>
				{picked.size > 0 && (
					<div class="table-foot picked" role="status">
						<span class="grow">{b !== undefined && picked.size === 2 ? `Revision ${a} against ${b}` : picked.size === 1 ? `Revision ${a}. Select a second one, or compare it with the newest.` : 'Select two to compare.'}</span>
						{picked.size === 2 && <a class="btn small" href={href(['revisions', String(b)], { against: String(a) })}>Compare</a>}
						{picked.size === 1 && newest !== undefined && a !== newest && <a class="btn small" href={href(['revisions', String(newest)], { against: String(a) })}>Compare with the newest</a>}
						<button class="btn small quiet" onClick={() => setPicked(new Set())}>Clear</button>
					</div>
				)}
				<Wait on={list} what="revisions">
					{(d) => <Table label="Revisions" rows={d.items} id={idOf} columns={columns} picked={{ set: picked, change: setPicked, name: (r) => `revision ${r.revision}` }}
						foot={<span class="row"><span class="grow">{plural(d.items.length, 'revision')}{d.next_cursor ? ', there are more' : ''}</span>{d.next_cursor && <button class="btn small" onClick={() => setMost(most + PAGE)}>Show more</button>}</span>}
						empty={<Empty icon="history" title={path ? 'No revision changed it' : 'No revision yet'}><p>{path ? <>Of the revisions that are kept, none touched <code>{path}</code>.</> : 'The first change of a setting makes revision 1.'}</p></Empty>} />}
				</Wait>
			</div>
		</Page>
	);
}

interface Diff { changes: ObjectChange[] }
type View = 'settings' | 'text';

export function RevisionPage({ number, against }: { number: number; against: number | null }) {
	const base = against ?? number - 1;
	const view: View = route.value.query.get('view') === 'text' ? 'text' : 'settings';
	const rev = useLoad((s) => get<Revision>(`/revisions/${number}`, undefined, s).then((a) => a.data), [number]);
	const newest = useLoad((s) => get<Paged<Revision>>('/revisions', { limit: 1 }, s).then((a) => a.data.items[0]?.revision ?? 0), [number]);
	const [preview, setPreview] = useState<Outcome | null>(null);
	const restore = (dry: boolean, opt: CommitOptions = {}) => post<Partial<Outcome>>(`/revisions/${number}/restore`, { apply: opt.apply ?? 'none', ...(opt.comment && { comment: opt.comment }) },
		dry ? DRY : { confirm_minutes: opt.confirmMinutes }).then((a) => outcome(a.data));
	const last = newest.data ?? number;
	const text = rev.data;

	return (
		<Page title={`Revision ${number}`} crumbs={crumbs}
			lead={text && <>{text.comment && <>{stop(text.comment)} </>}By {text.who}, {dateTime(text.at)}{text.address && <> from <span class="mono">{text.address}</span></>}.</>}
			actions={<><a class="btn" href={href(['export'], { revision: String(number) })}><Icon name="file" />Running configuration</a>{mayWrite() && number < last && <button class="btn" onClick={() => restore(true).then(setPreview, failed)}><Icon name="history" />Restore this state</button>}</>}>
			<div class="card pad stack">
				<form class="row" onSubmit={(e) => { e.preventDefault(); setQuery({ against: new FormData(e.currentTarget).get('against') as string }); }}>
					<label for="against">Compared with revision</label>
					<input id="against" name="against" class="short" inputMode="numeric" defaultValue={String(base)} key={base} />
					<button class="btn">Compare</button>
					{base !== last && number !== last && <a class="btn quiet" href={href(['revisions', String(last)], { against: String(number) })}>Newest against this</a>}
					<span class="grow" />
					<Segments<View> name="view" label="Show" value={view} set={(v) => setQuery({ view: v === 'text' ? v : undefined })} options={[{ value: 'settings', text: 'By object' }, { value: 'text', text: 'Running configuration' }]} />
				</form>
				{view === 'text' ? <Lines number={number} base={base} /> : <Settings number={number} base={base} />}
			</div>
			{preview && <Preview title={`Bring back the state of revision ${number}?`} action="Restore" outcome={preview} onClose={() => setPreview(null)} commit={async (opt) => {
				const done = await restore(false, opt);

				forgetChoices();
				setPreview(null);
				toast(`Restored as revision ${done.revision}.`);
				go(['revisions', String(done.revision)]);
			}} />}
		</Page>
	);
}

function Settings({ number, base }: { number: number; base: number }) {
	const diff = useLoad((s) => get<Diff>(`/revisions/${number}/changes`, { since: base, diff: 'lines' }, s).then((a) => a.data), [number, base]);

	return <Wait on={diff} what="difference">{(d) => <><p class="muted">{plural(d.changes.length, 'object')} changed.</p><Difference changes={d.changes} /></>}</Wait>;
}

/** The same as lines of the running configuration. */
function Lines({ number, base }: { number: number; base: number }) {
	const diff = useLoad(async (s) => {
		const [before, after] = await Promise.all([base > 0 ? runningConfig({ revision: base }, s) : '', runningConfig({ revision: number }, s)]);

		return textDiff(before, after);
	}, [number, base]);

	return (
		<Wait on={diff} what="lines">{(lines) => lines.length
			? <><p class="muted num">{plural(lines.filter((l) => l.kind === '+').length, 'line')} added, {lines.filter((l) => l.kind === '-').length} removed.</p><DiffText lines={lines} label={`Lines of revision ${base} and ${number} that differ`} /></>
			: <Note>The running configurations are equal, line by line. Passwords are not compared here.</Note>}
		</Wait>
	);
}
