// The form of one object: drawn from the schema, checked, previewed, saved.
import { useEffect, useRef, useState } from 'preact/hooks';
import { get, message, Problem, type Fault } from '../lib/api';
import { transact, type Operation, type Outcome } from '../lib/changes';
import { plural } from '../lib/format';
import { applyPatch, mergePatch, pointer, pointerParts, type JsonObject } from '../lib/json';
import { mayWrite } from '../lib/session';
import { Icon } from '../ui/icons';
import { Note, toast } from '../ui/parts';
import { Fields, idOf, PickLists } from './field';
import { check, fromEditObject, leads, sections, toEditObject, trailOf, type EditObject, type Errors, type Field, type SchemaObject } from './model';
import { Preview } from './preview';
import { forgetChoices } from './schema';

interface Props {
	object: SchemaObject;
	/** What is stored; null: a new item. */
	stored: JsonObject | null;
	/** Path of the object ("ephones/3"), or of the collection for a new item. */
	path: string;
	etag: string | null;
	/** Pointer of a setting to show at once (a search found it). */
	focus?: string | null;
	onSaved: () => void;
	/** Load the stored object again. */
	onReload: () => void;
}

export function focusField(at: string): void {
	let el: HTMLElement | null = null;

	for (let parts = pointerParts(at); parts.length && !el; parts = parts.slice(0, -1))
		el = document.getElementById(idOf(pointer(...parts)));
	const fold = el?.closest('details');

	if (fold)
		fold.open = true;
	el?.scrollIntoView({ block: 'center' });
	el?.focus({ preventScroll: true });
}

/** Faults of the server by pointer; in a transaction they lie below the operation's value. */
export function errorsOf(faults: Fault[]): Errors {
	return new Map(faults.map((f) => [f.field ?? '', f.detail ?? 'This is refused.'] as [string, string]).reverse());
}

/** What was typed and not saved stays while one looks at other pages; another state of the object drops it. */
const drafts = new Map<string, { etag: string | null; edit: EditObject }>();

/** A singleton that nobody has touched yet has no state to match. */
const matching = (etag: string | null) => (etag === null || etag === '"0"' ? {} : { if_match: etag });

function jump(section: number): void {
	const head = document.getElementById(`section-${section}`);

	head?.scrollIntoView({ block: 'start' });
	head?.focus({ preventScroll: true });
}

export function ObjectForm({ object, stored, path, etag, focus, onSaved, onReload }: Props) {
	const fields: Field[] = stored === null && object.key ? [{ ...object.key, flags: [] }, ...object.fields] : object.fields;
	const kept = drafts.get(path);
	const [edit, put] = useState<EditObject>(() => kept && kept.etag === etag ? kept.edit : toEditObject(fields, stored ?? {}));
	const setEdit = (e: EditObject) => {
		drafts.set(path, { etag, edit: e });
		put(e);
	};
	const [errors, setErrors] = useState<Errors>(new Map());
	const [trouble, setTrouble] = useState('');
	const [stale, setStale] = useState(false);
	const [busy, setBusy] = useState(false);
	const [preview, setPreview] = useState<{ outcome: Outcome; op: Operation } | null>(null);
	const summary = useRef<HTMLDivElement>(null);
	const readOnly = !mayWrite();
	const value = fromEditObject(fields, edit);
	const patch = mergePatch(stored ?? {}, value);
	const changed = patch !== undefined || stored === null;

	useEffect(() => { if (focus) setTimeout(() => focusField(focus), 50); }, [focus]);
	useEffect(() => {
		const warn = (e: BeforeUnloadEvent) => e.preventDefault();

		if (patch !== undefined)
			window.addEventListener('beforeunload', warn);
		return () => window.removeEventListener('beforeunload', warn);
	}, [patch !== undefined]);

	const refuse = (found: Errors, text = '') => {
		setErrors(found);
		setTrouble(text);
		setTimeout(() => summary.current?.focus(), 20);
	};
	const fromServer = (e: unknown) => {
		const lost = e instanceof Problem && e.status === 412;
		const found = e instanceof Problem && !lost ? errorsOf(e.errors) : new Map();

		setStale(lost);
		refuse(found, lost ? 'Somebody else changed this in the meantime.' : found.size ? '' : message(e));
	};
	/** What was changed here, on top of what somebody else has stored since. */
	const rebase = async () => {
		try {
			const now = await get<JsonObject>(`/config/${path}`, { defaults: false });

			drafts.set(path, { etag: now.etag, edit: toEditObject(fields, applyPatch(now.data, patch) as JsonObject) });
			onReload();
		} catch (e) {
			fromServer(e);
		}
	};
	const look = async () => {
		const faults = check(fields, edit);

		if (faults.size)
			return refuse(faults);
		const op: Operation = stored === null
			? { op: 'create', path: `/config/${path}`, value }
			: { op: 'patch', path: `/config/${path}`, value: patch ?? {}, ...matching(etag) };

		setBusy(true);
		try {
			setPreview({ op, outcome: await transact([op], true) });
			refuseNothing();
		} catch (e) {
			fromServer(e);
		}
		setBusy(false);
	};
	const refuseNothing = () => { setErrors(new Map()); setTrouble(''); setStale(false); };
	const commit = async (apply: 'none' | 'affected', comment: string) => {
		const done = await transact([preview!.op], false, { apply, comment });

		drafts.delete(path);
		forgetChoices();
		setPreview(null);
		toast(`Saved as revision ${done.revision}.`, 'ok', { text: 'See it', href: `#/revisions/${done.revision}` });
		onSaved();
	};
	const parts = sections(fields, 'General');
	const stray = [...errors].filter(([at]) => !leads(fields, edit, pointerParts(at)));

	return (
		<form class="form" novalidate onSubmit={(e) => { e.preventDefault(); void look(); }}>
			{(errors.size > 0 || trouble) && (
				<div ref={summary} tabIndex={-1}>
					<Note tone="bad">
						<p>{trouble || `${plural(errors.size, 'field needs', 'fields need')} your attention.`}</p>
						{stale && <p><button type="button" class="btn small" onClick={() => void rebase()}>Load their change and keep mine</button></p>}
						<ul>
							{stray.filter(([, text]) => text !== trouble).map(([at, text]) => <li key={at}>{text}</li>)}
							{[...errors].filter(([at]) => !stray.some(([s]) => s === at)).map(([at, text]) => (
								<li key={at}><button type="button" class="text" onClick={() => focusField(at)}>{trailOf(fields, edit, pointerParts(at)).join(' › ')}</button>: {text}</li>
							))}
						</ul>
					</Note>
				</div>
			)}
			{parts.length > 3 && (
				<nav class="jump" aria-label="Sections">
					{parts.map((s, i) => <button type="button" class="btn small quiet" key={s.title} onClick={() => jump(i)}>{s.title}</button>)}
				</nav>
			)}
			{parts.map((s, i) => (
				<section class="card form-section" key={s.title}>
					<header><h2 id={`section-${i}`} tabIndex={-1}>{s.title}</h2></header>
					<div class="pad">
						{s.fields.length > 0 && <Fields fields={s.fields} v={edit} set={setEdit} at="" ctx={{ errors, readOnly }} />}
						{s.more.length > 0 && (
							<details class="more" open={s.more.some((f) => [...errors.keys()].some((at) => at.startsWith(pointer(f.name)))) || undefined}>
								<summary>{plural(s.more.length, 'further setting')}</summary>
								<Fields fields={s.more} v={edit} set={setEdit} at="" ctx={{ errors, readOnly }} />
							</details>
						)}
					</div>
				</section>
			))}
			<PickLists />
			{readOnly
				? <Note>You may look, but not change: your account has the role viewer.</Note>
				: changed && (
					<div class="savebar">
						<span class="grow">{stored === null ? 'Nothing is created before you have seen the preview.' : `${plural(Object.keys(patch ?? {}).length, 'setting')} changed, not saved.`}</span>
						{stored !== null && <button type="button" class="btn" onClick={() => { put(toEditObject(fields, stored)); drafts.delete(path); refuseNothing(); }}>Discard</button>}
						<button class="btn primary" disabled={busy}><Icon name="eye" />Preview and save</button>
					</div>
				)}
			{preview && <Preview title={stored === null ? 'Create this?' : 'Save this change?'} action={stored === null ? 'Create' : 'Save'} outcome={preview.outcome} commit={commit} onClose={() => setPreview(null)} />}
		</form>
	);
}
