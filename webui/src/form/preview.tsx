// What a change means, before it is made: difference, files, phones. Everything that writes goes through here.
import { useEffect, useState } from 'preact/hooks';
import { actionWords, type FieldChange, type ObjectChange, type Outcome } from '../lib/changes';
import { message, Problem } from '../lib/api';
import { plural, words } from '../lib/format';
import { isObject, show } from '../lib/json';
import { mayWrite } from '../lib/session';
import type { Field } from './model';
import { loadSchema, schema } from './schema';
import { Badge, Dialog, Note, type Tone } from '../ui/parts';

interface Props {
	title: string;
	outcome: Outcome;
	/** Words of the button. */
	action?: string;
	danger?: boolean;
	commit: (apply: 'none' | 'affected', comment: string) => Promise<void>;
	onClose: () => void;
}

export const actionTone = (a: string): Tone => a === 'none' ? 'idle' : a === 'reregister' || a === 'restart' ? 'info' : 'warn';

export function Preview({ title, outcome: o, action = 'Save', danger, commit, onClose }: Props) {
	const [comment, setComment] = useState('');
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState('');
	const needing = o.affected_phones.filter((p) => p.pending_action !== 'none');
	const run = async (apply: 'none' | 'affected') => {
		setBusy(true);
		setError('');
		try {
			await commit(apply, comment);
		} catch (e) {
			setError(e instanceof Problem && e.status === 412 ? 'Somebody else changed this in the meantime. Close this, and preview again.' : message(e));
			setBusy(false);
		}
	};

	return (
		<Dialog title={title} wide onClose={onClose} onSubmit={() => void run('none')} footer={
			<>
				<button type="button" class="btn" onClick={onClose}>Cancel</button>
				{needing.length > 0 && mayWrite() && (
					<button type="button" class="btn" disabled={busy} onClick={() => void run('affected')}>{action} and apply to {plural(needing.length, 'phone')}</button>
				)}
				<button class={`btn ${danger ? 'danger' : 'primary'}`} disabled={busy}>{action}</button>
			</>
		}>
			{error && <Note tone="bad">{error}</Note>}
			{o.warnings.map((w, i) => <Note tone="warn" key={i}>{typeof w === 'string' ? w : w.detail}</Note>)}
			<Difference changes={o.changes} />
			<Effect outcome={o} />
			<div class="field">
				<label for="comment">Comment</label>
				<input id="comment" value={comment} maxLength={200} onInput={(e) => setComment(e.currentTarget.value)} aria-describedby="comment-help" />
				<div class="help" id="comment-help">Kept with the revision, so that others know why.</div>
			</div>
		</Dialog>
	);
}

export function Effect({ outcome: o }: { outcome: Outcome }) {
	const needing = o.affected_phones.filter((p) => p.pending_action !== 'none');

	return (
		<>
			<section>
				<h3>Phones</h3>
				{needing.length === 0
					? <p class="muted">No phone needs anything; none gets a packet.</p>
					: <ul class="list small">{needing.slice(0, 50).map((p) => <li key={p.device}><code>{p.device}</code> <Badge tone={actionTone(p.pending_action)}>{actionWords(p.pending_action)}</Badge></li>)}</ul>}
				{needing.length > 50 && <p class="muted small">and {needing.length - 50} more</p>}
			</section>
			<section>
				<h3>Files that change</h3>
				{o.files.length === 0
					? <p class="muted">None.</p>
					: <p class="small"><code>{o.files.slice(0, 30).join('  ')}</code>{o.files.length > 30 && ` and ${o.files.length - 30} more`}</p>}
			</section>
		</>
	);
}

/** An object that comes or goes, member by member. */
function spread(c: ObjectChange): FieldChange[] {
	const whole = c.fields?.length === 1 && !c.fields[0]!.field.replace('/', '') ? c.fields[0]! : null;
	const value = whole && (isObject(whole.after) ? whole.after : whole.before);

	if (!whole || !isObject(value))
		return c.fields ?? [];
	const object = schema.value.find((o) => c.path === o.path || c.path.startsWith(`${o.path}/`));
	const word = (name: string): Field | undefined => object?.fields.find((f) => f.name === name);

	return Object.entries(value).map(([name, v]) => ({
		field: `/${name}`,
		label: word(name)?.label,
		command: word(name)?.command,
		...(whole.after ? { after: v ?? null } : { before: v ?? null }),
	}));
}

export function Difference({ changes }: { changes: ObjectChange[] }) {
	useEffect(() => { void loadSchema().catch(() => undefined); }, []);
	if (changes.length === 0)
		return <Note>This changes nothing in the configuration.</Note>;
	return (
		<div class="stack diff">
			<h2 class="hidden">Difference</h2>
			{changes.slice(0, 60).map((c) => (
				<section key={c.path}>
					<h3><code>{c.path}</code> {c.change && c.change !== 'changed' && <Badge tone={c.change === 'deleted' ? 'bad' : 'ok'}>{c.change}</Badge>}</h3>
					{spread(c).length === 0 ? <p class="muted small">With every setting at its default.</p> : <div class="map"><table class="cards" role="table" aria-label={`Changes of ${c.path}`}>
						<thead role="rowgroup"><tr role="row"><th role="columnheader">Setting</th><th role="columnheader">Before</th><th role="columnheader">After</th></tr></thead>
						<tbody role="rowgroup">{spread(c).map((f) => <DiffRow key={f.field} f={f} />)}</tbody>
					</table></div>}
				</section>
			))}
			{changes.length > 60 && <p class="muted">and {changes.length - 60} more objects</p>}
		</div>
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
