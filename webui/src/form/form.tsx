// The form of one object: drawn from the schema, checked, previewed, saved - at once, or later with others.
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { get, message, Problem, type Fault } from '../lib/api';
import { transact, type CommitOptions, type Outcome } from '../lib/changes';
import { draft, draftOf, drop, keep, operationOf, setAside, type Entry } from '../lib/draft';
import { plural } from '../lib/format';
import { applyPatch, mergePatch, pointer, pointerParts, type JsonObject } from '../lib/json';
import { href } from '../lib/router';
import { mayWrite } from '../lib/session';
import { Icon } from '../ui/icons';
import { Note, Search, toast } from '../ui/parts';
import { Fields, idOf, labelOf, PickLists } from './field';
import { narrow } from './find';
import { check, fromEditObject, leads, sections, toEditObject, trailOf, type EditObject, type Errors, type Field, type SchemaObject } from './model';
import { Preview } from './preview';
import { forgetChoices } from './schema';

interface Props {
	object: SchemaObject;
	/** What is stored; null: a new item. */
	stored: JsonObject | null;
	/** Path of the object ("ephones/3"); of a new item "ephones/new". */
	path: string;
	etag: string | null;
	/** Pointer of a setting to show at once (a search found it). */
	focus?: string | null;
	onSaved: () => void;
	/** Load the stored object again. */
	onReload: () => void;
	/** A new item is set aside: the next one, please. */
	onNext?: () => void;
}

export function focusField(at: string): void {
	let el: HTMLElement | null = null;

	for (let parts = pointerParts(at); parts.length && !el; parts = parts.slice(0, -1))
		el = document.getElementById(idOf(pointer(...parts)));
	for (let fold = el?.closest('details'); fold; fold = fold.parentElement?.closest('details'))
		fold.open = true;
	el?.scrollIntoView({ block: 'center' });
	el?.focus({ preventScroll: true });
}

/** Faults of the server by pointer; in a transaction they lie below the operation's value. */
function errorsOf(faults: Fault[]): Errors {
	return new Map(faults.map((f) => [f.field ?? '', f.detail ?? 'This is refused.'] as [string, string]).reverse());
}

export const fieldsOf = (object: SchemaObject, isNew: boolean): Field[] =>
	isNew && object.key ? [{ ...object.key, ...(object.fields[0]?.group && { group: object.fields[0].group }), flags: object.key.type === 'int' ? [] : ['required'] }, ...object.fields] : object.fields;

function jump(section: number): void {
	const head = document.getElementById(`section-${section}`);

	head?.scrollIntoView({ block: 'start' });
	head?.focus({ preventScroll: true });
}

/** What is edited: of the draft, else of what is stored. A draft of an older state is put on top of the newer one. */
function useEdit({ object, stored, path, etag }: Props, fields: Field[]) {
	const [edit, put] = useState<EditObject>(() => {
		const kept = draftOf(path);

		if (!kept?.edit)
			return toEditObject(fields, stored ?? {});
		return kept.etag === etag || !stored ? kept.edit : toEditObject(fields, applyPatch(stored, kept.value) as JsonObject);
	});
	const valueOf = (e: EditObject) => fromEditObject(fields, e);
	const patchOf = (e: EditObject) => mergePatch(stored ?? {}, valueOf(e));
	const entry = (e: EditObject): Entry => ({ id: path, object: object.path, op: stored ? 'patch' : 'create', etag, stored, edit: e, value: stored ? patchOf(e) ?? {} : valueOf(e) });
	const set = (e: EditObject) => {
		put(e);
		if (patchOf(e) === undefined)
			drop(path);
		else
			keep(entry(e));
	};
	const reset = () => {
		put(toEditObject(fields, stored ?? {}));
		drop(path);
	};

	return { edit, set, reset, patch: patchOf(edit), entry: () => entry(edit) };
}

export function ObjectForm(props: Props) {
	const { object, stored, path, focus, onSaved, onReload, onNext } = props;
	const fields = useMemo(() => fieldsOf(object, stored === null), [object, stored === null]);
	const form = useEdit(props, fields);
	const { edit, patch } = form;
	const [errors, setErrors] = useState<Errors>(new Map());
	const [trouble, setTrouble] = useState('');
	const [stale, setStale] = useState(false);
	const [busy, setBusy] = useState(false);
	const [refusals, setRefusals] = useState(0);
	const [preview, setPreview] = useState<Outcome | null>(null);
	const summary = useRef<HTMLDivElement>(null);
	const readOnly = !mayWrite();
	const others = draft.value.filter((e) => e.id !== path).length;

	/* In the same turn in which the fields are drawn: later, it would take the focus from who types already. */
	useLayoutEffect(() => { if (focus) focusField(focus); }, [focus]);
	useLayoutEffect(() => { if (refusals) summary.current?.focus(); }, [refusals]);

	const refuse = (found: Errors, text = '') => {
		setErrors(found);
		setTrouble(text);
		setRefusals((n) => n + 1);
	};
	const refuseNothing = () => { setErrors(new Map()); setTrouble(''); setStale(false); };
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

			keep({ ...form.entry(), etag: now.etag, stored: now.data, edit: toEditObject(fields, applyPatch(now.data, patch) as JsonObject) });
			onReload();
		} catch (e) {
			fromServer(e);
		}
	};
	const look = async () => {
		const faults = check(fields, edit);

		if (busy)
			return;
		if (faults.size)
			return refuse(faults);
		setBusy(true);
		try {
			setPreview(await transact([operationOf(form.entry())], true));
			refuseNothing();
		} catch (e) {
			fromServer(e);
		}
		setBusy(false);
	};
	const commit = async (opt: CommitOptions) => {
		const done = await transact([operationOf(form.entry())], false, opt);

		drop(path);
		forgetChoices();
		setPreview(null);
		toast(`Saved as revision ${done.revision}.`, 'ok', { text: 'See it', href: `#/revisions/${done.revision}` });
		onSaved();
	};
	const next = () => {
		const faults = check(fields, edit);

		if (faults.size)
			return refuse(faults);
		keep(form.entry());
		setAside(path);
		onNext?.();
	};

	return (
		<form class="form" data-path={path} novalidate onSubmit={(e) => { e.preventDefault(); void look(); }}>
			{(errors.size > 0 || trouble) && (
				<div ref={summary} tabIndex={-1}>
					<Faults fields={fields} edit={edit} errors={errors} trouble={trouble}>
						{stale && <p><button type="button" class="btn small" onClick={() => void rebase()}>Load their change and keep mine</button></p>}
					</Faults>
				</div>
			)}
			<Sections fields={fields} edit={edit} set={form.set} errors={errors} readOnly={readOnly} focus={focus} />
			<PickLists />
			{readOnly
				? <Note>You may look, but not change: your account has the role viewer.</Note>
				: (patch !== undefined || stored === null) && (
					<div class="savebar">
						<span class="grow">
							{stored === null ? 'Nothing is created before you have seen the preview.' : `${plural(Object.keys(patch ?? {}).length, 'setting')} changed, not saved.`}
							{others > 0 && <> <a href={href(['changes'])}>With {plural(others, 'other object')}: review all</a></>}
						</span>
						{patch !== undefined && <button type="button" class="btn" onClick={() => { form.reset(); refuseNothing(); }}>Discard</button>}
						{stored === null && onNext && patch !== undefined && <button type="button" class="btn" onClick={next}>Keep, and another</button>}
						<button class="btn primary" aria-disabled={busy}><Icon name="eye" />Preview and save</button>
					</div>
				)}
			{preview && <Preview title={stored === null ? 'Create this?' : 'Save this change?'} action={stored === null ? 'Create' : 'Save'} outcome={preview} commit={commit} onClose={() => setPreview(null)} />}
		</form>
	);
}

/** What is wrong, each with a way to its field. */
function Faults({ fields, edit, errors, trouble, children }: { fields: Field[]; edit: EditObject; errors: Errors; trouble: string; children: ComponentChildren }) {
	const stray = [...errors].filter(([at]) => !leads(fields, edit, pointerParts(at)));

	return (
		<Note tone="bad">
			<p>{trouble || `${plural(errors.size, 'field needs', 'fields need')} your attention.`}</p>
			{children}
			<ul>
				{stray.filter(([, text]) => text !== trouble).map(([at, text]) => <li key={at}>{text}</li>)}
				{[...errors].filter(([at]) => !stray.some(([s]) => s === at)).map(([at, text]) => (
					<li key={at}><button type="button" class="text" onClick={() => focusField(at)}>{trailOf(fields, edit, pointerParts(at)).join(' › ')}</button>: {text}</li>
				))}
			</ul>
		</Note>
	);
}

interface SectionsProps { fields: Field[]; edit: EditObject; set: (e: EditObject) => void; errors: Errors; readOnly: boolean; focus?: string | null | undefined }

const FILTER_FROM = 10;
/** One field that is called as its section is: it needs no second heading. */
const isAlone = (s: { title: string; fields: Field[]; more: Field[] }): boolean => s.fields.length === 1 && !s.more.length && labelOf(s.fields[0]!) === s.title;

/** The fields under their headings; of a long form only what a filter leaves. */
function Sections({ fields, edit, set, errors, readOnly, focus }: SectionsProps) {
	const [text, setText] = useState('');
	const [onlySet, setOnlySet] = useState(false);
	/* Chosen when the filter changes, not while one types in a field: a field that is emptied must not vanish. */
	const chosen = useMemo(() => narrow(fields, edit, text, onlySet), [text, onlySet, fields]);
	const narrowed = text.trim() !== '' || onlySet;
	const faulty = (f: Field) => [...errors.keys()].some((at) => at === pointer(f.name) || at.startsWith(pointer(f.name) + '/'));
	const parts = sections(narrowed ? fields.filter((f) => chosen.has(f.name) || faulty(f)) : fields, 'General');
	const ctx = { errors, readOnly };
	const top = focus ? pointerParts(focus)[0] : undefined;

	return (
		<>
			{fields.length >= FILTER_FROM && (
				<div class="row filter">
					<Search label="Filter these settings" placeholder="Setting or IOS command" value={text} set={setText} />
					<label class="check"><input type="checkbox" checked={onlySet} onChange={(e) => setOnlySet(e.currentTarget.checked)} /> Only what is set</label>
					{narrowed && <span class="muted small" role="status">{chosen.size} of {fields.length}</span>}
				</div>
			)}
			{parts.length > 3 && (
				<nav class="jump" aria-label="Sections">
					{parts.map((s, i) => <button type="button" class="btn small quiet" key={s.title} onClick={() => jump(i)}>{s.title}</button>)}
				</nav>
			)}
			{parts.length === 0 && <p class="muted">{text.trim() ? 'No setting of this form matches.' : 'Nothing is set; everything has its default.'}</p>}
			{parts.map((s, i) => (
				<section class="card form-section" key={s.title}>
					<header><h2 id={`section-${i}`} tabIndex={-1}>{s.title}</h2></header>
					<div class={isAlone(s) ? 'pad alone' : 'pad'}>
						{s.fields.length > 0 && <Fields fields={s.fields} v={edit} set={set} at="" ctx={ctx} />}
						{s.more.length > 0 && (
							<details class="more" open={narrowed || s.more.some((f) => faulty(f) || f.name === top) || undefined}>
								<summary>{plural(s.more.length, 'further setting')}</summary>
								<Fields fields={s.more} v={edit} set={set} at="" ctx={ctx} />
							</details>
						)}
					</div>
				</section>
			))}
		</>
	);
}
