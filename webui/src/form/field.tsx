// One field of the schema as HTML: the only place that knows which type becomes which element.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { isObject, pointer, show } from '../lib/json';
import { formatMac, parseMac } from '../lib/mac';
import { plural, sentence, words } from '../lib/format';
import { password } from '../lib/password';
import { Icon } from '../ui/icons';
import { FieldError } from '../ui/parts';
import { choices, choicesOf, needChoices } from './schema';
import { applies, differs, fromEdit, has, inOrder, isRows, limits, move, newRow, put, rowAt, rowKey, type Edit, type EditObject, type Errors, type Field, type Row } from './model';

/** `unused`: inside an object that holds nothing, and so needs nothing. */
export interface Ctx { errors: Errors; readOnly: boolean; unused?: boolean }
interface Props { f: Field; v: Edit; set: (v: Edit) => void; at: string; ctx: Ctx }

export const idOf = (at: string): string => 'f' + at.replace(/[^\w-]/g, (c) => `.${c.charCodeAt(0)}.`).replace(/\./g, '_');
export const labelOf = (f: Field): string => f.label || words(f.name);

/** Moves the focus once what it goes to is drawn: no timer, which could take it away from who types already. */
function useFocusNext(): (id: string) => void {
	const next = useRef('');

	useLayoutEffect(() => {
		const id = next.current;

		next.current = '';
		if (id)
			document.getElementById(id)?.focus();
	});
	return (id) => { next.current = id; };
}

/** A field with everything around it. */
function FieldView(p: Props) {
	const { f } = p;

	if (f.type === 'map')
		return <MapField {...p} />;
	if (f.type === 'object')
		return <ObjectField {...p} />;
	if (f.type === 'list')
		return <ListField {...p} />;
	if (f.type === 'flag' || (f.type === 'bool' && typeof f.default === 'boolean'))
		return <CheckField {...p} />;
	return <PlainField {...p} />;
}

function Help({ f, id, children }: { f: Field; id: string; children?: ComponentChildren }) {
	const range = f.type === 'int' && !f.choices ? limits(f) : '';

	return (
		<div class="help" id={`${id}-help`}>
			{f.help} {range && <span class="nowrap">{sentence(range)}.</span>}{has(f, 'fixed') && ' Once set it can be removed, but not changed.'}
			{(children || f.command) && <div class="row tight">{f.command && <code title={f.syntax}>{f.command}</code>}{children}</div>}
		</div>
	);
}

const described = (id: string, error?: string) => `${id}-help${error ? ` ${id}-error` : ''}`;

function PlainField({ f, v, set, at, ctx }: Props) {
	const id = idOf(at);
	const error = ctx.errors.get(at);

	return (
		<div class={has(f, 'multiline') ? 'field full' : 'field'}>
			<label for={id}>{labelOf(f)}{has(f, 'required') && !ctx.unused && <span class="muted"> (needed)</span>}</label>
			<Control f={f} v={v} set={set} id={id} error={error} readOnly={ctx.readOnly || has(f, 'read_only')} />
			{error && <FieldError id={`${id}-error`} text={error} />}
			<Help f={f} id={id}><Origin f={f} v={v} set={set} ctx={ctx} /></Help>
		</div>
	);
}

const defaultText = (f: Field) => show(f.default) + (f.unit && typeof f.default === 'number' ? ` ${f.unit}` : '');

/** Where a value comes from: the default, or somebody set it and the default is one click away. */
function Origin({ f, v, set, ctx }: { f: Field; v: Edit; set: (v: Edit) => void; ctx: Ctx }) {
	if (f.default === undefined || f.default === '')
		return null;
	if (differs(f, v) && !ctx.readOnly)
		return <button type="button" class="text" onClick={() => set(undefined)}>Back to default ({defaultText(f)})</button>;
	return f.choices && f.type !== 'bool' && fromEdit(f, v) === undefined ? null : <span>Default: {defaultText(f)}</span>;
}

interface ControlProps { f: Field; v: Edit; set: (v: Edit) => void; id: string; error?: string | undefined; readOnly: boolean; label?: string }

/** The bare input element of a single value. `label`: in a table, where no label element is near. */
function Control({ f, v, set, id, error, readOnly, label }: ControlProps) {
	const common = { id, disabled: readOnly, 'aria-invalid': error ? true : undefined, 'aria-label': label, 'aria-describedby': label ? (error ? `${id}-error` : undefined) : described(id, error) } as const;
	const text = v === undefined || v === null ? '' : String(v);
	const on = (e: { currentTarget: { value: string } }) => set(e.currentTarget.value === '' ? undefined : e.currentTarget.value);

	if (f.type === 'secret' || isObject(v)) /* a text that is kept like a password */
		return <Secret f={f} v={v} set={set} id={id} common={common} readOnly={readOnly} />;
	if (f.type === 'bool' || f.type === 'flag')
		return f.default === undefined && f.type === 'bool'
			? <Select common={common} f={{ ...f, choices: ['true', 'false'] }} value={text} set={(s) => set(s === undefined ? s : s === 'true')} words={(c) => c === 'true' ? 'On' : 'Off'} />
			: <input type="checkbox" {...common} checked={v === undefined ? f.default === true : v === true} onChange={(e) => set(f.type === 'flag' && !e.currentTarget.checked ? undefined : e.currentTarget.checked)} />;
	if (f.choices)
		return <Select common={common} f={f} value={text} set={(s) => set(s !== undefined && f.type === 'int' ? Number(s) : s)} words={String} />;
	if (has(f, 'multiline'))
		return <textarea {...common} rows={label ? 1 : undefined} value={text} placeholder={hint(f)} onInput={on} spellcheck={false} />;
	const ref = f.ref ?? f.pick ?? (f.type === 'phone_type' ? 'models' : undefined);

	if (ref)
		return <Reference refTo={ref} common={common} value={text} on={on} hint={hint(f)} />;
	const numeric = f.type === 'int' || f.type === 'digits';
	const input = (
		<input type="text" {...common} class={MONO.has(f.type) ? 'mono' : undefined} value={f.type === 'mac' && parseMac(text) === text ? formatMac(text) : text} placeholder={hint(f)} autocomplete="off"
			spellcheck={false} inputMode={numeric ? 'numeric' : undefined} maxLength={f.type === 'string' && f.max ? f.max : undefined} onInput={on} />
	);

	return f.unit ? <div class="with-unit">{input}<span>{f.unit}</span></div> : input;
}

const MONO = new Set(['mac', 'hex', 'ip', 'ipv4', 'ipv6', 'ipv4_mask', 'ip_mask', 'pattern', 'url', 'file', 'multicast']);
const hint = (f: Field): string => f.default !== undefined && f.default !== '' ? show(f.default) : '';

interface SelectProps { common: object; f: Field; value: string; set: (v: string | undefined) => void; words: (c: string) => string }

function Select({ common, f, value, set, words: text }: SelectProps) {
	const list = (f.choices ?? []).map(String);
	const none = f.default !== undefined ? `Default: ${text(show(f.default))}` : has(f, 'required') ? 'Choose …' : 'Not set';

	return (
		<select {...common} value={value} onChange={(e) => set(e.currentTarget.value === '' ? undefined : e.currentTarget.value)}>
			<option value="">{none}</option>
			{value && !list.includes(value) && <option value={value}>{value}</option>}
			{list.map((c) => <option key={c} value={c}>{text(c)}</option>)}
		</select>
	);
}

function Reference({ refTo, common, value, on, hint: placeholder }: { refTo: string; common: { id: string }; value: string; on: (e: { currentTarget: { value: string } }) => void; hint: string }) {
	useEffect(() => needChoices(refTo), [refTo]);
	const list = choicesOf(refTo);
	const chosen = list.find((c) => c.value === value);

	return (
		<div class="list">
			<input type="text" {...common} value={value} list={`pick-${refTo.replace(/\W/g, '-')}`} autocomplete="off" spellcheck={false} onInput={on}
				placeholder={placeholder || (list.length ? 'Type or pick' : '')} />
			{chosen?.text && <span class="help">{chosen.text}</span>}
		</div>
	);
}

/** The options of all references, once per page. */
export function PickLists() {
	return (
		<>
			{Object.keys(choices.value).map((ref) => (
				<datalist id={`pick-${ref.replace(/\W/g, '-')}`} key={ref}>
					{choicesOf(ref).map((c) => <option key={c.value} value={c.value}>{c.text}</option>)}
				</datalist>
			))}
		</>
	);
}

function Secret({ f, v, set, id, common, readOnly }: { f: Field; v: Edit; set: (v: Edit) => void; id: string; common: object; readOnly: boolean }) {
	const [seen, see] = useState(false);
	const isSet = isObject(v) && (v as { set?: boolean }).set === true;

	if (isSet)
		return (
			<div class="row">
				<span class="badge ok" id={id} tabIndex={-1}>Set</span>
				{!readOnly && <button type="button" class="btn small" onClick={() => set('')} aria-label={`Change: ${labelOf(f)}`}>Change</button>}
				{!readOnly && <button type="button" class="btn small" onClick={() => set(undefined)} aria-label={`Clear: ${labelOf(f)}`}>Clear</button>}
			</div>
		);
	return (
		<div class="row one">
			<input class="grow mono" type={seen ? 'text' : 'password'} {...common} value={typeof v === 'string' ? v : ''} autocomplete="new-password" spellcheck={false}
				placeholder="Not set" onInput={(e) => set(e.currentTarget.value || undefined)} />
			{!readOnly && (
				<>
					<button type="button" class="btn icon-only" onClick={() => see(!seen)} aria-pressed={seen} aria-label={`Show: ${labelOf(f)}`}><Icon name="eye" /></button>
					<button type="button" class="btn icon-only" onClick={() => { set(password(Math.min(f.max || 16, 16))); see(true); }} aria-label={`Make a random value: ${labelOf(f)}`}><Icon name="dice" /></button>
				</>
			)}
		</div>
	);
}

function CheckField({ f, v, set, at, ctx }: Props) {
	const id = idOf(at);
	const error = ctx.errors.get(at);

	return (
		<div class="field">
			<label class="check" for={id}>
				<Control f={f} v={v} set={set} id={id} error={error} readOnly={ctx.readOnly || has(f, 'read_only')} />
				<b>{labelOf(f)}</b>
			</label>
			{error && <FieldError id={`${id}-error`} text={error} />}
			<Help f={f} id={id}>{f.type === 'bool' && <Origin f={f} v={v} set={set} ctx={ctx} />}</Help>
		</div>
	);
}

function ObjectField({ f, v, set, at, ctx }: Props) {
	const value = (isObject(v) ? v : {}) as EditObject;
	const error = ctx.errors.get(at);
	const presence = has(f, 'presence');
	const inUse = v !== undefined && v !== null;

	return (
		<fieldset class="sub full" id={idOf(at)} tabIndex={-1}>
			<legend>{labelOf(f)}</legend>
			<div class={f.help || f.command || presence || error ? '' : 'hidden'}>
				{error && <FieldError id={`${idOf(at)}-error`} text={error} />}
				{(f.help || f.command) && <Help f={f} id={idOf(at)} />}
				{presence && (
					<label class="check"><input type="checkbox" checked={inUse} disabled={ctx.readOnly} onChange={(e) => set(e.currentTarget.checked ? {} : undefined)} /> <span>In use</span></label>
				)}
			</div>
			{(!presence || inUse) && <Fields fields={f.members ?? []} v={value} set={set} at={at} ctx={{ ...ctx, unused: !has(f, 'required') && fromEdit(f, v) === undefined }} />}
		</fieldset>
	);
}

/** The fields of an object side by side. */
export function Fields({ fields, v, set, at, ctx }: { fields: Field[]; v: EditObject; set: (v: EditObject) => void; at: string; ctx: Ctx }) {
	return (
		<div class="fields">
			{fields.filter((f) => applies(f, fields, v)).map((f) => (
				<FieldView key={f.name} f={f} v={v[f.name]} at={at + pointer(f.name)} ctx={ctx} set={(x) => set(put(fields, v, f.name, x))} />
			))}
		</div>
	);
}

function ListField({ f, v, set, at, ctx }: Props) {
	const list = Array.isArray(v) ? v : [];
	const error = ctx.errors.get(at);
	const id = idOf(at);

	return (
		<fieldset class="field" id={id} tabIndex={-1}>
			<legend class="label">{labelOf(f)}</legend>
			<ListRows f={f} list={list} set={set} at={at} ctx={ctx} />
			{error && <FieldError id={`${id}-error`} text={error} />}
			<Help f={f} id={id} />
		</fieldset>
	);
}

function ListRows({ f, list, set, at, ctx }: { f: Field; list: Edit[]; set: (v: Edit) => void; at: string; ctx: Ctx }) {
	const box = useRef<HTMLDivElement>(null);
	const focus = useFocusNext();

	return (
		<div class="list" ref={box} tabIndex={-1}>
			{list.map((item, i) => (
				<div key={i}>
					<div class="grow">
						<Control f={{ ...f.item!, label: labelOf(f) }} v={item} id={idOf(at + pointer(i))} readOnly={ctx.readOnly} label={`${labelOf(f)} ${i + 1}`} error={ctx.errors.get(at + pointer(i))}
							set={(x) => set(list.map((o, n) => (n === i ? x : o)))} />
						{ctx.errors.get(at + pointer(i)) && <FieldError id={`${idOf(at + pointer(i))}-error`} text={ctx.errors.get(at + pointer(i))!} />}
					</div>
					{!ctx.readOnly && <button type="button" class="btn icon-only" onClick={() => { set(list.filter((_, n) => n !== i)); box.current?.focus(); }} aria-label={`Remove ${labelOf(f)} ${i + 1}`}><Icon name="close" /></button>}
				</div>
			))}
			{!ctx.readOnly && (!f.max || list.length < f.max) && (
				<div><button type="button" class="btn small" onClick={() => { set([...list, undefined]); focus(idOf(at + pointer(list.length))); }} aria-label={`Add to ${labelOf(f)}`}><Icon name="plus" />Add</button></div>
			)}
		</div>
	);
}

const simple = (f: Field): boolean => !['map', 'object'].includes(f.type);

/** A list keyed by something: a table when its entries are a few single values, else one box per entry. */
function MapField({ f, v, set, at, ctx }: Props) {
	const rows = inOrder(f, isRows(v) ? v.rows : []);
	const focus = useFocusNext();
	const members = f.item ? [f.item] : f.members ?? [];
	const flat = members.length <= 4 && members.every(simple);
	const keep = (list: Row[]) => set({ rows: list });
	const change = (row: Row) => keep(rows.map((r) => (r.id === row.id ? row : r)));
	const id = idOf(at);
	/* The focus goes on in the new row, and stays in the list when a row goes. */
	const add = () => {
		const row = newRow(f, rows);

		keep([...rows, row]);
		focus(`${idOf(rowAt(at, row))}-k0-${row.id}`);
	};
	const remove = (row: Row) => {
		keep(rows.filter((r) => r.id !== row.id));
		document.getElementById(id)?.focus();
	};
	const error = ctx.errors.get(at);
	const shift = has(f, 'ordered') && !ctx.readOnly ? (row: Row, by: -1 | 1) => keep(move(rows, row, by)) : undefined;
	const part = { f, rows, members, at, ctx, change, remove, shift };

	return (
		<fieldset class="field full" id={id} tabIndex={-1}>
			<legend class="label">{labelOf(f)}</legend>
			{(f.help || f.command) && <Help f={f} id={id} />}
			{flat && rows.length > 0 && members.filter((m) => m.choices && m.help).map((m) => <div class="help" key={m.name}><b>{labelOf(m)}</b>: {m.help}</div>)}
			{error && <FieldError id={`${id}-error`} text={error} />}
			<div class="map">
				{rows.length > 0 && (flat ? <MapTable {...part} /> : <MapBoxes {...part} />)}
				<div class="table-foot">
					{!ctx.readOnly && <button type="button" class="btn small" onClick={add} aria-label={`Add to ${labelOf(f)}`}><Icon name="plus" />Add</button>}
					<span>{rows.length ? plural(rows.length, 'entry', 'entries') : 'No entries.'}</span>
				</div>
			</div>
		</fieldset>
	);
}

interface MapPart { f: Field; rows: Row[]; members: Field[]; at: string; ctx: Ctx; change: (r: Row) => void; remove: (r: Row) => void; shift?: ((r: Row, by: -1 | 1) => void) | undefined }

/** Of an ordered table: a row changes places with its neighbour. */
function Shift({ f, row, rows, shift }: { f: Field; row: Row; rows: Row[]; shift: MapPart['shift'] }) {
	const i = rows.indexOf(row);

	if (!shift || rows.length < 2)
		return null;
	return (
		<>
			<button type="button" class="btn quiet icon-only" disabled={i === 0} onClick={() => shift(row, -1)} aria-label={`Move up: ${labelOf(f)} ${rowKey(row)}`}><Icon name="up" /></button>
			<button type="button" class="btn quiet icon-only" disabled={i === rows.length - 1} onClick={() => shift(row, 1)} aria-label={`Move down: ${labelOf(f)} ${rowKey(row)}`}><Icon name="down" /></button>
		</>
	);
}

function KeyInput({ f, row, i, here, ctx, change, label }: { f: Field; row: Row; i: number; here: string; ctx: Ctx; change: (r: Row) => void; label?: string }) {
	const k = f.keys![i]!;

	return <Control f={k} v={row.key[i] || undefined} id={`${idOf(here)}-k${i}-${row.id}`} readOnly={ctx.readOnly} label={label ?? labelOf(k)} error={ctx.errors.get(here)}
		set={(x) => change({ ...row, key: row.key.map((old, n) => (n === i ? String(x ?? '') : old)) })} />;
}

function member(row: Row, f: Field, m: Field, here: string): { v: Edit; at: string; put: (x: Edit) => Row } {
	const value = (isObject(row.value) ? row.value : {}) as EditObject;

	return f.item
		? { v: row.value, at: here, put: (x) => ({ ...row, value: x }) }
		: { v: value[m.name], at: here + pointer(m.name), put: (x) => ({ ...row, value: { ...value, [m.name]: x } }) };
}

/** How much room a column needs: a number little, a text of many words all there is. */
const room = (f: Field): string | undefined => has(f, 'multiline') ? 'long' : (f.type === 'int' && !f.ref && !f.pick && !f.choices) || f.type === 'flag' ? 'short' : undefined;

const removeLabel = (f: Field, row: Row) => `Remove ${labelOf(f)} ${rowKey(row) || '(new)'}`;

function MapTable({ f, rows, members, at, ctx, change, remove, shift }: MapPart) {
	return (
		<div class="table-wrap">
			<table class="cards" role="table" aria-label={labelOf(f)}>
				<thead role="rowgroup">
					<tr role="row">
						{[...(f.keys ?? []), ...members].map((m) => <th role="columnheader" scope="col" class={room(m)} key={m.name}>{labelOf(m)}{m.unit ? ` (${m.unit})` : ''}</th>)}
						<th role="columnheader" class="acts"><span class="hidden">Actions</span></th>
					</tr>
				</thead>
				<tbody role="rowgroup">
					{rows.map((row) => {
						const here = rowAt(at, row);

						return (
							<tr role="row" key={row.id}>
								{(f.keys ?? []).map((k, i) => (
									<td role="cell" data-label={labelOf(k)} key={k.name}>
										<KeyInput f={f} row={row} i={i} here={here} ctx={ctx} change={change} />
										{i === 0 && !f.item && ctx.errors.get(here) && <FieldError id={`${idOf(here)}-error`} text={ctx.errors.get(here)!} />}
									</td>
								))}
								{members.map((m) => {
									const c = member(row, f, m, here);
									const error = ctx.errors.get(c.at);

									return (
										<td role="cell" data-label={labelOf(m)} key={m.name}>
											{m.type === 'list'
												? <ListRows f={m} list={Array.isArray(c.v) ? c.v : []} set={(x) => change(c.put(x))} at={c.at} ctx={ctx} />
												: <Control f={{ ...m, unit: undefined }} v={c.v} id={idOf(c.at)} readOnly={ctx.readOnly} error={error} set={(x) => change(c.put(x))} label={`${labelOf(m)}, ${labelOf(f)} ${rowKey(row)}`} />}
											{error && <FieldError id={`${idOf(c.at)}-error`} text={error} />}
										</td>
									);
								})}
								<td role="cell" class="acts"><Shift f={f} row={row} rows={rows} shift={shift} />{!ctx.readOnly && <button type="button" class="btn quiet icon-only" onClick={() => remove(row)} aria-label={removeLabel(f, row)}><Icon name="trash" /></button>}</td>
							</tr>
						);
					})}
				</tbody>
			</table>
		</div>
	);
}

const FOLD_FROM = 4;

/** What an entry is about, while it is folded. */
function brief(row: Row, members: Field[]): string {
	const value = isObject(row.value) ? row.value as EditObject : {};

	return members.map((m) => fromEdit(m, value[m.name])).filter((v) => typeof v === 'string' || typeof v === 'number').slice(0, 3).join(' · ');
}

function MapBoxes(p: MapPart) {
	const { f, rows, at, ctx } = p;
	const [start] = useState(() => new Set(rows.map((r) => r.id)));
	const fold = start.size >= FOLD_FROM;

	return (
		<div>
			{rows.map((row) => {
				const here = rowAt(at, row);

				if (!fold || !start.has(row.id))
					return <div class="entry" key={row.id} role="group" aria-label={`${labelOf(f)} ${rowKey(row)}`}><Entry {...p} row={row} here={here} /></div>;
				return (
					<details class="entry" key={row.id} open={[...ctx.errors.keys()].some((e) => e.startsWith(here)) || undefined}>
						<summary><b>{rowKey(row)}</b> <span class="muted small">{brief(row, p.members)}</span></summary>
						<Entry {...p} row={row} here={here} />
					</details>
				);
			})}
		</div>
	);
}

function Entry({ f, row, rows, here, ctx, change, remove, shift }: MapPart & { row: Row; here: string }) {
	return (
		<>
			<div class="row">
				{(f.keys ?? []).map((k, i) => (
					<div class="field grow" key={k.name}>
						<span class="label" aria-hidden="true">{labelOf(k)}</span>
						<KeyInput f={f} row={row} i={i} here={here} ctx={ctx} change={change} />
					</div>
				))}
				<Shift f={f} row={row} rows={rows} shift={shift} />
				{!ctx.readOnly && <button type="button" class="btn small" onClick={() => remove(row)} aria-label={removeLabel(f, row)}><Icon name="trash" />Remove</button>}
			</div>
			{ctx.errors.get(here) && <FieldError id={`${idOf(here)}-error`} text={ctx.errors.get(here)!} />}
			{f.item
				? <FieldView f={f.item} v={row.value} at={here} ctx={ctx} set={(x) => change({ ...row, value: x })} />
				: <Fields fields={f.members ?? []} v={(isObject(row.value) ? row.value : {}) as EditObject} set={(x) => change({ ...row, value: x })} at={here} ctx={ctx} />}
		</>
	);
}
