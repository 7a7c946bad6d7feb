// Small parts that every page uses.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { signal } from '@preact/signals';
import { message, Problem } from '../lib/api';
import { Icon, type IconName } from './icons';

export type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'idle';

export function Badge({ tone, children }: { tone: Tone; children: ComponentChildren }) {
	return <span class={`badge ${tone}`}>{children}</span>;
}

export function Note({ tone = 'info', children }: { tone?: Tone; children: ComponentChildren }) {
	return (
		<div class={`note ${tone}`} role={tone === 'bad' ? 'alert' : undefined}>
			<Icon name={tone === 'ok' ? 'check' : tone === 'info' ? 'info' : 'alert'} />
			<div>{children}</div>
		</div>
	);
}

export function Empty({ icon, title, children }: { icon: IconName; title: string; children: ComponentChildren }) {
	return <div class="empty"><Icon name={icon} /><h2>{title}</h2>{children}</div>;
}

interface PageProps {
	title: string;
	lead?: ComponentChildren;
	crumbs?: { text: string; href: string }[];
	actions?: ComponentChildren;
	children: ComponentChildren;
}

/** The first page begins at its top, where the skip link is; only a move to another one moves the focus. */
let arriving = true;

/** Heading, way back and actions of a page; its title is the window's, and has the focus after a move. */
export function Page({ title, lead, crumbs, actions, children }: PageProps) {
	const head = useRef<HTMLHeadingElement>(null);

	useEffect(() => { document.title = `${title} · Switchroom`; }, [title]);
	useEffect(() => {
		if (arriving) {
			arriving = false;
			return;
		}
		window.scrollTo(0, 0);
		if (document.activeElement === document.body || document.activeElement?.closest('.side'))
			head.current?.focus({ preventScroll: true });
	}, []);
	return (
		<>
			<div class="page-head">
				<div>
					{crumbs && (
						<nav class="crumbs" aria-label="Way back">
							{crumbs.map((c) => <><a href={c.href}>{c.text}</a> / </>)}
						</nav>
					)}
					<h1 ref={head} tabIndex={-1}>{title}</h1>
					{lead && <p>{lead}</p>}
				</div>
				{actions && <div class="row">{actions}</div>}
			</div>
			{children}
		</>
	);
}

export function Loading({ what }: { what: string }) {
	return <p class="muted" role="status">Loading {what} …</p>;
}

export function Failed({ error, again }: { error: unknown; again?: () => void }) {
	const missing = error instanceof Problem && error.status === 404;

	return (
		<div class="card">
			<Empty icon="alert" title={missing ? 'This is not here' : 'This could not be loaded'}>
				<p>{message(error)}</p>
				{again && !missing && <button class="btn" onClick={again}>Try again</button>}
			</Empty>
		</div>
	);
}

export interface Loaded<T> { data?: T; error?: unknown; reload: () => void; set: (d: T) => void }

/** Load something when the page opens and when `deps` change. What was shown stays until the new is there. */
export function useLoad<T>(load: (signal: AbortSignal) => Promise<T>, deps: unknown[]): Loaded<T> {
	const [state, setState] = useState<{ data?: T; error?: unknown }>({});
	const [turn, setTurn] = useState(0);

	useEffect(() => {
		const abort = new AbortController();

		load(abort.signal).then(
			(data) => { if (!abort.signal.aborted) setState({ data }); },
			(error) => { if (!abort.signal.aborted) setState((s) => ({ ...s, error })); });
		return () => abort.abort();
	}, [...deps, turn]);
	return { ...state, reload: () => setTurn((t) => t + 1), set: (data) => setState({ data }) };
}

/** Render what was loaded, or what stands in its way. */
export function Wait<T>({ on, what, children }: { on: Loaded<T>; what: string; children: (data: T) => ComponentChildren }) {
	if (on.data === undefined)
		return on.error ? <Failed error={on.error} again={on.reload} /> : <Loading what={what} />;
	return <>{children(on.data)}</>;
}

// ---- messages that come and go ----
interface Toast { id: number; tone: 'ok' | 'bad'; text: string; link?: { text: string; href: string } }
const toasts = signal<Toast[]>([]);
let toastId = 0;

export function toast(text: string, tone: 'ok' | 'bad' = 'ok', link?: Toast['link']): void {
	const t: Toast = { id: ++toastId, tone, text, ...(link && { link }) };

	toasts.value = [...toasts.value.slice(-2), t];
	setTimeout(() => dismiss(t.id), tone === 'ok' ? 6000 : 12_000);
}

const dismiss = (id: number) => { toasts.value = toasts.value.filter((t) => t.id !== id); };

export const failed = (e: unknown) => toast(message(e), 'bad');

export function Toasts() {
	return (
		<div class="toasts" role="status" aria-live="polite">
			{toasts.value.map((t) => (
				<div class={`toast ${t.tone}`} key={t.id}>
					<Icon name={t.tone === 'ok' ? 'check' : 'alert'} />
					<div class="grow">{t.text} {t.link && <a href={t.link.href}>{t.link.text}</a>}</div>
					<button class="btn quiet small icon-only" onClick={() => dismiss(t.id)} aria-label="Dismiss message"><Icon name="close" /></button>
				</div>
			))}
		</div>
	);
}

// ---- dialogs: the browser's own, so that focus, Escape and the rest of the page are handled ----
interface DialogProps {
	title: string;
	wide?: boolean;
	/** Begin with reading, not with the first field. */
	fromTop?: boolean;
	onClose: () => void;
	onSubmit?: () => void;
	footer: ComponentChildren;
	children: ComponentChildren;
}

export function Dialog({ title, wide, fromTop, onClose, onSubmit, footer, children }: DialogProps) {
	const ref = useRef<HTMLDialogElement>(null);
	const back = useRef(document.activeElement as HTMLElement | null);

	useEffect(() => {
		const dialog = ref.current!;

		dialog.showModal();
		dialog.querySelector<HTMLElement>(fromTop ? '.body' : '.body :is(input, select, textarea):not(:disabled), footer .primary')?.focus();
		return () => {
			dialog.close(); /* until then all else is inert, and takes no focus */
			back.current?.focus?.();
		};
	}, []);
	const inside = (
		<>
			<header>
				<h2 id="dialog-title">{title}</h2>
				<button type="button" class="btn quiet icon-only" onClick={onClose} aria-label="Close"><Icon name="close" /></button>
			</header>
			<div class="body" tabIndex={-1}>{children}</div>
			<footer>{footer}</footer>
		</>
	);

	return (
		<dialog ref={ref} class={wide ? 'wide' : ''} aria-labelledby="dialog-title" onCancel={(e) => { e.preventDefault(); onClose(); }}>
			{onSubmit
				? <form novalidate onSubmit={(e) => { e.preventDefault(); onSubmit(); }}>{inside}</form>
				: <div class="box">{inside}</div>}
		</dialog>
	);
}

interface ConfirmProps { title: string; action: string; danger?: boolean; run: () => Promise<unknown>; onClose: () => void; children: ComponentChildren }

/** Ask before something that cannot be taken back quietly. */
export function Confirm({ title, action, danger, run, onClose, children }: ConfirmProps) {
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState('');
	const submit = async () => {
		setBusy(true);
		try {
			await run();
			onClose();
		} catch (e) {
			setError(message(e));
			setBusy(false);
		}
	};

	return (
		<Dialog title={title} onClose={onClose} onSubmit={submit} footer={
			<>
				<button type="button" class="btn" onClick={onClose}>Cancel</button>
				<button class={`btn ${danger ? 'danger' : 'primary'}`} disabled={busy}>{action}</button>
			</>
		}>
			{error && <Note tone="bad">{error}</Note>}
			{children}
		</Dialog>
	);
}

interface TextProps {
	id: string;
	label: string;
	value: string;
	set: (v: string) => void;
	help?: ComponentChildren;
	error?: string | undefined;
	type?: string;
	autocomplete?: string;
	required?: boolean;
	mono?: boolean;
	list?: string;
	placeholder?: string;
	after?: ComponentChildren;
	inputmode?: 'numeric' | 'text';
}

/** A labelled text field with help and error; for the few forms that no schema describes. */
export function TextField(p: TextProps) {
	const described = [p.help && `${p.id}-help`, p.error && `${p.id}-error`].filter(Boolean).join(' ');

	return (
		<div class="field">
			<label for={p.id}>{p.label}</label>
			<div class="row one">
				<input id={p.id} class={p.mono ? 'grow mono' : 'grow'} type={p.type ?? 'text'} value={p.value} onInput={(e) => p.set(e.currentTarget.value)}
					autocomplete={p.autocomplete ?? 'off'} required={p.required} list={p.list} placeholder={p.placeholder} inputMode={p.inputmode}
					spellcheck={false} aria-invalid={p.error ? 'true' : undefined} aria-describedby={described || undefined} />
				{p.after}
			</div>
			{p.error && <FieldError id={`${p.id}-error`} text={p.error} />}
			{p.help && <div class="help" id={`${p.id}-help`}>{p.help}</div>}
		</div>
	);
}

export function FieldError({ id, text }: { id: string; text: string }) {
	return <div class="error" id={id}><Icon name="alert" /><span>{text}</span></div>;
}

interface SegProps<T extends string> { name: string; label: string; value: T; set: (v: T) => void; options: { value: T; text: ComponentChildren; disabled?: boolean }[] }

/** One of a few, all in sight. */
export function Segments<T extends string>({ name, label, value, set, options }: SegProps<T>) {
	return (
		<div class="seg" role="radiogroup" aria-label={label}>
			{options.map((o) => (
				<label key={o.value}>
					<input type="radio" name={name} value={o.value} checked={o.value === value} disabled={o.disabled} onChange={() => set(o.value)} />
					{o.text}
				</label>
			))}
		</div>
	);
}

export function Search({ label, value, set, placeholder }: { label: string; value: string; set: (v: string) => void; placeholder?: string }) {
	return (
		<div class="search" role="search">
			<Icon name="search" />
			<input class="find" type="search" aria-label={label} placeholder={placeholder ?? label} value={value} onInput={(e) => set(e.currentTarget.value)} />
		</div>
	);
}
