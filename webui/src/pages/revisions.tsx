// Revisions: what changed, when, by whom and why; and the way back.
import { useState } from 'preact/hooks';
import { get, post, type Page as Paged } from '../lib/api';
import { outcome, type ObjectChange, type Outcome } from '../lib/changes';
import { ago, dateTime, plural } from '../lib/format';
import { go, href } from '../lib/router';
import { mayWrite } from '../lib/session';
import { Icon } from '../ui/icons';
import { Empty, failed, Page, toast, useLoad, Wait } from '../ui/parts';
import { Table } from '../ui/table';
import { Difference, Preview } from '../form/preview';
import { forgetChoices } from '../form/schema';

export interface Revision {
	revision: number;
	at: string;
	who: string;
	address: string;
	comment: string;
	paths: string[];
}

const crumbs = [{ text: 'Revisions', href: href(['revisions']) }];

export function Revisions() {
	const list = useLoad((s) => get<Paged<Revision>>('/revisions', { limit: 200 }, s).then((a) => a.data), []);

	return (
		<Page title="Revisions" lead="Every change of the configuration is a revision. Any of the last thousand can be looked at and brought back.">
			<div class="card">
				<Wait on={list} what="revisions">
					{(d) => <Table label="Revisions" rows={d.items} id={(r) => String(r.revision)} columns={[
						{ id: 'number', label: 'Revision', head: true, class: 'num', render: (r) => <a href={href(['revisions', String(r.revision)])}>{r.revision}</a> },
						{ id: 'time', label: 'When', render: (r) => <time class="nowrap" dateTime={r.at} title={dateTime(r.at)}>{ago(r.at)}</time> },
						{ id: 'who', label: 'Who', class: 'nowrap', render: (r) => r.who },
						{ id: 'comment', label: 'Why', render: (r) => r.comment },
						{ id: 'what', label: 'What', render: (r) => <span class="small"><code>{r.paths.slice(0, 4).join('  ')}</code>{r.paths.length > 4 && ` and ${r.paths.length - 4} more`}</span> },
						{ id: 'from', label: 'From', render: (r) => r.address && <span class="mono muted nowrap">{r.address}</span> },
					]} empty={<Empty icon="history" title="No revision yet"><p>The first change of a setting makes revision 1.</p></Empty>} />}
				</Wait>
			</div>
		</Page>
	);
}

interface Diff { changes: ObjectChange[] }

export function RevisionPage({ number, against }: { number: number; against: number | null }) {
	const base = against ?? number - 1;
	const rev = useLoad((s) => get<Revision>(`/revisions/${number}`, undefined, s).then((a) => a.data), [number]);
	const diff = useLoad((s) => get<Diff>(`/revisions/${number}/changes`, { since: base }, s).then((a) => a.data), [number, base]);
	const newest = useLoad((s) => get<Paged<Revision>>('/revisions', { limit: 1 }, s).then((a) => a.data.items[0]?.revision ?? 0), [number]);
	const [preview, setPreview] = useState<Outcome | null>(null);
	const restore = (dry: boolean, apply = 'none', comment = '') => post<Partial<Outcome>>(`/revisions/${number}/restore`, { apply, ...(comment && { comment }) }, dry ? { dry_run: true } : {}).then((a) => outcome(a.data));
	const last = newest.data ?? number;

	return (
		<Page title={`Revision ${number}`} crumbs={crumbs}
			lead={rev.data && <>{rev.data.comment && <>{rev.data.comment}. </>}By {rev.data.who}, {dateTime(rev.data.at)}{rev.data.address && <> from <span class="mono">{rev.data.address}</span></>}.</>}
			actions={mayWrite() && number < last && <button class="btn" onClick={() => restore(true).then(setPreview, failed)}><Icon name="history" />Restore this state</button>}>
			<div class="card pad stack">
				<form class="row" onSubmit={(e) => { e.preventDefault(); go(['revisions', String(number)], { against: new FormData(e.currentTarget).get('against') as string }, true); }}>
					<label for="against">Compared with revision</label>
					<input id="against" name="against" class="short" inputMode="numeric" defaultValue={String(base)} key={base} />
					<button class="btn">Compare</button>
					{base !== last && number !== last && <a class="btn quiet" href={href(['revisions', String(last)], { against: String(number) })}>Newest against this</a>}
				</form>
				<Wait on={diff} what="difference">{(d) => <><p class="muted">{plural(d.changes.length, 'object')} changed.</p><Difference changes={d.changes} /></>}</Wait>
			</div>
			{preview && <Preview title={`Bring back the state of revision ${number}?`} action="Restore" outcome={preview} onClose={() => setPreview(null)} commit={async (apply, comment) => {
				const done = await restore(false, apply, comment);

				forgetChoices();
				setPreview(null);
				toast(`Restored as revision ${done.revision}.`);
				go(['revisions', String(done.revision)]);
			}} />}
		</Page>
	);
}

