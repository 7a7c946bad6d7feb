// The draft: what was changed in forms and not saved yet. Checked, previewed and committed as one transaction.
import { useState } from 'preact/hooks';
import { message, Problem } from '../lib/api';
import { transact, type CommitOptions, type Outcome } from '../lib/changes';
import { discardAll, draft, drop, operationsOf, type Entry } from '../lib/draft';
import { plural } from '../lib/format';
import { pointer, pointerParts, show, type Json } from '../lib/json';
import { settingsHref, href } from '../lib/router';
import { mayWrite } from '../lib/session';
import { fieldsOf } from '../form/form';
import { check, masked, trailOf, type SchemaObject } from '../form/model';
import { nameOfObject, Preview } from '../form/preview';
import { forgetChoices, loadSchema } from '../form/schema';
import { Icon } from '../ui/icons';
import { Badge, Confirm, Empty, Note, Page, toast, useLoad, Wait } from '../ui/parts';

interface Refusal { entry: Entry; at: string; text: string }

const linkTo = (e: Entry, at?: string) => settingsHref(e.id, { at });
const nameOf = (e: Entry): string => e.op === 'create' ? `New ${nameOfObject(`${e.object}/`).trim()}` : nameOfObject(e.id);

/** Faults that need no server. */
function faultsOf(entries: Entry[], objects: SchemaObject[]): Refusal[] {
	return entries.flatMap((entry) => {
		const object = objects.find((o) => o.path === entry.object);

		return object && entry.edit ? [...check(fieldsOf(object, entry.op === 'create'), entry.edit)].map(([at, text]) => ({ entry, at, text })) : [];
	});
}

/** What the server refuses, by the operation that it names. */
function refusalsOf(e: unknown, sorted: Entry[]): { found: Refusal[]; text: string } {
	const errors = e instanceof Problem ? e.errors : [];
	const found = errors.flatMap((f) => {
		const entry = sorted[f.operation ?? -1] ?? sorted.find((x) => x.id === f.path);
		const stale = e instanceof Problem && e.status === 412;

		return entry ? [{ entry, at: stale ? '' : f.field ?? '', text: stale ? 'Somebody else changed this in the meantime. Open it to go on from what is stored now.' : f.detail ?? 'This is refused.' }] : [];
	});

	return { found, text: found.length === errors.length && found.length ? '' : errors.find((f) => f.detail)?.detail ?? message(e) };
}

export function Changes() {
	const schema = useLoad(() => loadSchema(), []);

	return (
		<Page title="Changes not saved" lead="What you changed in forms and did not save yet, in this window only. It can be saved as one change, all or none.">
			<Wait on={schema} what="changes">{(objects) => draft.value.length
				? <Review objects={objects} />
				: <div class="card"><Empty icon="edit" title="Nothing is waiting"><p>Change settings on as many pages as you like; they come together here.</p><a class="btn" href={href(['config'])}>Show the settings</a></Empty></div>}
			</Wait>
		</Page>
	);
}

function Review({ objects }: { objects: SchemaObject[] }) {
	const [refused, setRefused] = useState<Refusal[]>([]);
	const [trouble, setTrouble] = useState('');
	const [preview, setPreview] = useState<Outcome | null>(null);
	const [asking, ask] = useState(false);
	const [busy, setBusy] = useState(false);
	const { entries, operations } = operationsOf(draft.value);
	const look = async () => {
		if (busy)
			return;
		const faults = faultsOf(entries, objects);

		setRefused(faults);
		setTrouble('');
		if (faults.length)
			return;
		setBusy(true);
		try {
			setPreview(await transact(operations, true));
		} catch (e) {
			const { found, text } = refusalsOf(e, entries);

			setRefused(found);
			setTrouble(text);
		}
		setBusy(false);
	};
	const commit = async (opt: CommitOptions) => {
		const done = await transact(operations, false, opt);

		setPreview(null);
		drop(...entries.map((e) => e.id));
		forgetChoices();
		toast(`Saved as revision ${done.revision}.`, 'ok', { text: 'See it', href: href(['revisions', String(done.revision)]) });
	};

	return (
		<div class="stack">
			{trouble && <Note tone="bad">{trouble}</Note>}
			<ul class="stack">
				{entries.map((e) => <li key={e.id}><One entry={e} refused={refused.filter((r) => r.entry.id === e.id)} objects={objects} /></li>)}
			</ul>
			{mayWrite() && (
				<div class="savebar">
					<span class="grow">{plural(entries.length, 'object')}, one change.</span>
					<button class="btn" onClick={() => ask(true)}>Discard all</button>
					<button class="btn primary" aria-disabled={busy} onClick={() => void look()}><Icon name="eye" />Preview and save</button>
				</div>
			)}
			{preview && <Preview title={`Save ${plural(entries.length, 'object')} as one change?`} outcome={preview} commit={commit} onClose={() => setPreview(null)} />}
			{asking && <Confirm title="Discard all changes?" action="Discard" danger onClose={() => ask(false)} run={async () => discardAll()}><p>What you typed on {plural(entries.length, 'page')} is forgotten. What is stored stays as it is.</p></Confirm>}
		</div>
	);
}

const WORDS = { create: ['new', 'ok'], patch: ['changed', 'info'], delete: ['to be deleted', 'bad'] } as const;

function One({ entry: e, refused, objects }: { entry: Entry; refused: Refusal[]; objects: SchemaObject[] }) {
	const object = objects.find((o) => o.path === e.object);
	const fields = object ? fieldsOf(object, e.op === 'create') : [];
	const value = e.op === 'delete' ? {} : e.value as Record<string, Json> ?? {};
	const label = (at: string) => trailOf(fields, e.edit, pointerParts(at)).join(' › ');
	const text = (name: string, v: Json) => { const f = fields.find((x) => x.name === name); return show(f ? masked(f, v) : v); };

	return (
		<section class="card" aria-label={nameOf(e)}>
			<header>
				<h2><a href={linkTo(e)}>{nameOf(e)}</a> <Badge tone={WORDS[e.op][1]}>{WORDS[e.op][0]}</Badge></h2>
				<button class="btn small" onClick={() => drop(e.id)} aria-label={`Discard: ${nameOf(e)}`}>Discard</button>
			</header>
			{refused.length > 0 && <div class="pad"><Note tone="bad"><ul>{refused.map((r) => <li key={r.at}>{r.at && <><a href={linkTo(e, r.at)}>{label(r.at)}</a>: </>}{r.text}</li>)}</ul></Note></div>}
			{Object.keys(value).length > 0 && (
				<dl class="facts pad">
					{Object.entries(value).map(([name, v]) => <div key={name}><dt>{label(pointer(name))}</dt><dd>{v === null ? 'back to its default' : text(name, v)}</dd></div>)}
				</dl>
			)}
		</section>
	);
}
