// What a change means, before it is made: difference, phones, files. Everything that writes goes through here.
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { actionWords, byAction, mind, type CommitOptions, type FieldChange, type FileChange, type ObjectChange, type Outcome } from '../lib/changes';
import { get, message, Problem } from '../lib/api';
import { plural, sentence, words } from '../lib/format';
import { isObject, show } from '../lib/json';
import { phoneHref } from '../lib/phones';
import { partsOf, settingsHref } from '../lib/router';
import { mayWrite } from '../lib/session';
import { Badge, Dialog, Note, Segments, useLoad, type Tone } from '../ui/parts';
import { DiffText } from '../ui/difftext';
import type { Field, SchemaObject } from './model';
import { loadSchema, schema } from './schema';

interface Props {
	title: string;
	outcome: Outcome;
	/** Words of the button. */
	action?: string;
	danger?: boolean;
	commit: (opt: CommitOptions) => Promise<void>;
	/** Not now, but with the other changes of the draft. */
	later?: () => void;
	/** Proposed comment. */
	comment?: string;
	onClose: () => void;
}

const actionTone = (a: string): Tone => a === 'none' ? 'idle' : a === 'new' ? 'ok' : a === 'gone' ? 'bad' : a === 'reregister' || a === 'restart' ? 'info' : 'warn';
const CONFIRM_MINUTES = { min: 1, max: 1440, start: 10 };

export function Preview({ title, outcome: o, action = 'Save', danger, commit, later, comment: proposed = '', onClose }: Props) {
	const [comment, setComment] = useState(proposed);
	const [apply, setApply] = useState<'none' | 'affected'>('none');
	const [minutes, setMinutes] = useState<string | null>(null);
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState('');
	const needing = o.affected_phones.filter((p) => p.pending_action !== 'none');

	useLayoutEffect(() => { if (error) document.querySelector('dialog .body')?.scrollTo(0, 0); }, [error]);
	const run = async () => {
		const n = Number(minutes);

		if (minutes !== null && !(Number.isInteger(n) && n >= CONFIRM_MINUTES.min && n <= CONFIRM_MINUTES.max))
			return setError(`The time to confirm is ${CONFIRM_MINUTES.min} to ${CONFIRM_MINUTES.max} minutes.`);
		setBusy(true);
		setError('');
		try {
			await commit({ apply, comment, ...(minutes !== null && { confirmMinutes: n }) });
		} catch (e) {
			setError(e instanceof Problem && e.status === 412 ? 'Somebody else changed this in the meantime. Close this, and preview again.' : message(e));
			setBusy(false);
		}
	};

	return (
		<Dialog title={title} wide fromTop onClose={onClose} onSubmit={() => void run()} footer={
			<>
				<button type="button" class="btn" onClick={onClose}>Cancel</button>
				{later && <button type="button" class="btn" onClick={later}>Keep for later</button>}
				<button class={`btn ${danger ? 'danger' : 'primary'}`} disabled={busy}>{action}</button>
			</>
		}>
			{error && <Note tone="bad">{error}</Note>}
			<Warnings of={o} />
			<Difference changes={o.changes} />
			<Effect outcome={o} />
			<div class="field">
				<label for="comment">Comment</label>
				<input id="comment" value={comment} maxLength={200} onInput={(e) => setComment(e.currentTarget.value)} aria-describedby="comment-help" />
				<div class="help" id="comment-help">Kept with the revision, so that others know why.</div>
			</div>
			{needing.length > 0 && mayWrite() && (
				<div class="field">
					<span class="label">Tell the phones</span>
					<div><Segments name="apply" label="Tell the phones" value={apply} set={setApply} options={[{ value: 'none', text: 'Later' }, { value: 'affected', text: `Now, ${plural(needing.length, 'phone')}` }]} /></div>
					<div class="help">{apply === 'none' ? 'They keep what they have. The page Phones says who has not taken a change, and tells them when you want.' : 'Calls in progress on them may break off.'}</div>
				</div>
			)}
			<div class="field">
				<label class="check"><input type="checkbox" checked={minutes !== null} onChange={(e) => setMinutes(e.currentTarget.checked ? String(CONFIRM_MINUTES.start) : null)} /> <b>Fall back by itself unless confirmed</b></label>
				{minutes !== null && <div class="with-unit"><input class="short" inputMode="numeric" aria-label="Minutes to confirm" value={minutes} onInput={(e) => setMinutes(e.currentTarget.value)} /><span>minutes to confirm</span></div>}
				<div class="help">For a change that could lock you out: without a confirmation the state before comes back.</div>
			</div>
		</Dialog>
	);
}

const FEW = 6;

export function Warnings({ of }: { of: Pick<Outcome, 'warnings'> }) {
	const list = mind(of.warnings);

	if (!list.length)
		return null;
	return (
		<Note tone="warn">
			<ul class="list">{list.map((w) => <li key={w.text}>{sentence(w.text)}{w.paths.length > 0 && <> <span class="small">({w.paths.slice(0, FEW).map((p, i) => <>{i > 0 && ', '}<a key={p} href={settingsHref(p)}>{nameOfObject(p)}</a></>)}{w.paths.length > FEW && ` and ${w.paths.length - FEW} more`})</span></>}</li>)}</ul>
		</Note>
	);
}

const SHOWN = 50;

export function Effect({ outcome: o }: { outcome: Outcome }) {
	const groups = byAction(o.affected_phones).filter(([a]) => a !== 'none');
	const all = useLoad((s) => get<{ total?: number }>('/phones', { limit: 1 }, s).then((a) => a.data.total), []);
	const there = o.affected_phones.filter((p) => p.pending_action !== 'none' && !p.new).length;
	const others = all.data === undefined ? null : Math.max(0, all.data - there);

	return (
		<>
			<section class="stack tight">
				<h3>Phones</h3>
				{groups.length === 0
					? <p class="muted">No phone needs anything; none gets a packet.</p>
					: groups.map(([action, devices]) => (
						<details class="more" key={action} open={devices.length <= 5}>
							<summary><Badge tone={actionTone(action)}>{plural(devices.length, 'phone')}</Badge> {actionWords(action, devices.length)}</summary>
							<p class="small mono devices">{devices.slice(0, SHOWN).map((d) => <a key={d} href={phoneHref(d)} title={d} target="_blank">{d}</a>)}{devices.length > SHOWN && <span class="muted">and {devices.length - SHOWN} more</span>}</p>
						</details>
					))}
				{groups.length > 0 && others !== 0 && <p class="muted small">{others === null ? 'All other phones need' : plural(others, 'other phone needs', 'other phones need')} nothing and get no packet.</p>}
			</section>
			<Files o={o} />
		</>
	);
}

const CHANGE = { created: 'ok', changed: 'info', deleted: 'bad' } as Record<string, Tone>;

function Files({ o }: { o: Outcome }) {
	const told = new Set((o.file_changes ?? []).map((f) => f.name));
	const rest = o.files.filter((f) => !told.has(f));

	return (
		<section class="stack tight">
			<h3>Files that change{o.files.length > 0 && <span class="muted"> ({o.files.length})</span>}</h3>
			{o.files.length === 0 && told.size === 0 && <p class="muted">None.</p>}
			{o.file_changes?.map((f) => <FileDiff key={f.name} f={f} open={o.file_changes!.length === 1} />)}
			{rest.length > 0 && <p class="small"><code>{rest.slice(0, 30).join('  ')}</code>{rest.length > 30 && ` and ${rest.length - 30} more`}</p>}
		</section>
	);
}

function FileDiff({ f, open }: { f: FileChange; open: boolean }) {
	return (
		<details class="more" open={open}>
			<summary><code>{f.name}</code> <Badge tone={CHANGE[f.change] ?? 'idle'}>{f.change}</Badge></summary>
			{f.diff ? <DiffText text={f.diff} label={`Lines of ${f.name} that change`} /> : <p class="muted small">Its lines are not shown here.</p>}
		</details>
	);
}

const objectOf = (path: string): SchemaObject | undefined => schema.value.find((o) => path === o.path || path.startsWith(`${o.path}/`));

/** "ephone 3", "SCCP system": as a person says it. */
export function nameOfObject(path: string): string {
	const object = objectOf(path);

	if (!object)
		return path;
	return object.collection ? `${object.command || object.mode} ${partsOf(path).slice(object.path.split('/').length).join('/')}` : object.label;
}

/** An object that comes or goes, member by member. */
function spread(c: ObjectChange): FieldChange[] {
	const whole = c.fields?.length === 1 && !c.fields[0]!.field.replace('/', '') ? c.fields[0]! : null;
	const value = whole && (isObject(whole.after) ? whole.after : whole.before);

	if (!whole || !isObject(value))
		return c.fields ?? [];
	const word = (name: string): Field | undefined => objectOf(c.path)?.fields.find((f) => f.name === name);

	return Object.entries(value).map(([name, v]) => ({
		field: `/${name}`,
		label: word(name)?.label,
		command: word(name)?.command,
		...(whole.after ? { after: v ?? null } : { before: v ?? null }),
	}));
}

type View = 'settings' | 'lines';

/** What changes, object by object: in words with the commands, or as lines of IOS. */
export function Difference({ changes }: { changes: ObjectChange[] }) {
	const [shown, setShown] = useState(SHOWN);
	const [view, setView] = useState<View>('settings');

	useEffect(() => { void loadSchema().catch(() => undefined); }, []);
	if (changes.length === 0)
		return <Note>This changes nothing in the configuration.</Note>;
	return (
		<div class="stack diff">
			<h2 class="hidden">Difference</h2>
			{changes.some((c) => c.lines) && <div><Segments<View> name="difference" label="Show the difference as" value={view} set={setView} options={[{ value: 'settings', text: 'Settings' }, { value: 'lines', text: 'IOS lines' }]} /></div>}
			{changes.slice(0, shown).map((c) => (
				<section key={c.path}>
					<h3>{nameOfObject(c.path)} <code class="muted">{c.path}</code> {c.change && c.change !== 'changed' && <Badge tone={c.change === 'deleted' ? 'bad' : 'ok'}>{c.change}</Badge>}</h3>
					{view === 'lines' ? <IosLines c={c} /> : <FieldTable c={c} />}
				</section>
			))}
			{changes.length > shown && <p class="row"><span class="muted">and {changes.length - shown} more objects</span><button type="button" class="btn small" onClick={() => setShown(shown + 200)}>Show more</button></p>}
		</div>
	);
}

const IosLines = ({ c }: { c: ObjectChange }) => c.lines ? <DiffText text={c.lines} label={`Lines of ${c.path}`} /> : <p class="muted small">No line of IOS says this.</p>;

function FieldTable({ c }: { c: ObjectChange }) {
	const fields = spread(c);

	if (!fields.length)
		return <p class="muted small">With every setting at its default.</p>;
	return (
		<div class="map"><table class="cards" role="table" aria-label={`Changes of ${c.path}`}>
			<thead role="rowgroup"><tr role="row"><th role="columnheader">Setting</th><th role="columnheader">Before</th><th role="columnheader">After</th></tr></thead>
			<tbody role="rowgroup">{fields.map((f) => <DiffRow key={f.field} f={f} />)}</tbody>
		</table></div>
	);
}

function DiffRow({ f }: { f: FieldChange }) {
	return (
		<tr role="row">
			<th role="rowheader" scope="row">{f.label ?? words(f.field.replace(/^\//, '').replace(/\//g, ' '))}{f.command && <> <code class="muted">{f.command}</code></>}</th>
			<td role="cell" data-label="Before">{f.before === undefined || f.before === null ? <span class="muted">not set</span> : <del>{show(f.before)}</del>}</td>
			<td role="cell" data-label="After">{f.after === undefined || f.after === null ? <span class="muted">not set</span> : <ins>{show(f.after)}</ins>}</td>
		</tr>
	);
}

