// Configuration: the way to every setting, and its forms. Nothing here knows a setting by name.
import { useState } from 'preact/hooks';
import { all, get } from '../lib/api';
import { transact, type Outcome } from '../lib/changes';
import { draft, draftOf, drop, isNew, keep, operationOf, type Entry } from '../lib/draft';
import { inText, plural } from '../lib/format';
import { show, type JsonObject } from '../lib/json';
import { holds } from '../lib/mac';
import { go, href, pathOf, route, setQuery } from '../lib/router';
import { mayWrite } from '../lib/session';
import { Icon } from '../ui/icons';
import { Empty, failed, Note, Page, Search, toast, useLoad, Wait } from '../ui/parts';
import { Table, type Column } from '../ui/table';
import { labelOf } from '../form/field';
import { ObjectForm } from '../form/form';
import { find, walk, type Found } from '../form/find';
import { has, inCell, type Field, type SchemaObject } from '../form/model';
import { Preview } from '../form/preview';
import { forgetChoices, itemText, loadSchema } from '../form/schema';

const home = { text: 'Configuration', href: href(['config']) };

/** "#/config/voice-register/pools/3": which object, which item. */
function locate(objects: SchemaObject[], path: string[]): { object: SchemaObject; key: string | null } | null {
	for (let n = path.length; n > 0; n--) {
		const object = objects.find((o) => o.path === path.slice(0, n).join('/'));

		if (object)
			return { object, key: path[n] ?? null };
	}
	return null;
}

export function Config({ path }: { path: string[] }) {
	const schema = useLoad(() => loadSchema(), []);

	if (!schema.data)
		return <Page title="Configuration"><Wait on={schema} what="settings">{() => null}</Wait></Page>;
	if (!path.length)
		return <Index objects={schema.data} />;
	const at = locate(schema.data, path);

	if (!at)
		return <Page title="Configuration" crumbs={[home]}><div class="card"><Empty icon="search" title="There is no such part"><p>The address names <code>{path.join('/')}</code>.</p><a class="btn" href={home.href}>Show the configuration</a></Empty></div></Page>;
	if (!at.object.collection)
		return <Singleton key={at.object.path} object={at.object} />;
	return at.key === null ? <Collection key={at.object.path} object={at.object} /> : <Item key={`${at.object.path}/${at.key}`} object={at.object} id={at.key} />;
}

const to = (o: SchemaObject, ...rest: string[]) => href(['config', ...o.path.split('/'), ...rest]);
/** An item whose key looks like the address of a new one gets a sign before it. */
const toItem = (o: SchemaObject, key: string) => to(o, /^(=|new(~|$))/.test(key) ? `=${key}` : key);

const groupOf = (o: SchemaObject): string => o.ui_group || 'Other';
/** What is needed most comes first; groups not named here follow. */
const FIRST = ['System', 'SIP phones', 'SCCP phones', 'Lines', 'Templates', 'Dial plan', 'Trunks', 'Time', 'Files', 'Security', 'Policies', 'Media', 'Platform'];
const rank = (group: string): number => (FIRST.includes(group) ? FIRST.indexOf(group) : FIRST.length);
const HITS = 60;

function Index({ objects }: { objects: SchemaObject[] }) {
	const text = route.value.query.get('q') ?? '';
	const groups = [...new Set(objects.map(groupOf))].sort((a, b) => rank(a) - rank(b));
	const found = find(objects, text);

	return (
		<Page title="Configuration" lead="Every setting of the system, by its plain name or by its IOS command.">
			<div class="row spaced"><Search label="Search settings" placeholder="Setting or IOS command" value={text} set={(v) => setQuery({ q: v })} /></div>
			{text.trim() ? <Hits found={found} /> : (
				<>
					{groups.length > 4 && <nav class="jump" aria-label="Groups">{groups.map((g, i) => <button type="button" class="btn small quiet" key={g} onClick={() => document.getElementById(`group-${i}`)?.focus()}>{g}</button>)}</nav>}
					<div class="groups">
						{groups.map((g, i) => (
							<section key={g}>
								<h2 id={`group-${i}`} tabIndex={-1}>{g}</h2>
								<div class="tiles">
									{objects.filter((o) => groupOf(o) === g).map((o) => (
										<a class="card" key={o.path} href={to(o)}><b>{o.label}</b><code class="muted small">{o.mode}</code><span class="muted small">{o.help}</span></a>
									))}
								</div>
							</section>
						))}
					</div>
				</>
			)}
		</Page>
	);
}

const LONG = 100;
const clip = (s: string): string => (s.length > LONG ? `${s.slice(0, LONG).trimEnd()} …` : s);

function Hits({ found }: { found: Found[] }) {
	const words = (f: Found) => f.field ? [...f.trail, labelOf(f.field)].join(' › ') : f.object.label;

	return (
		<div class="card">
			<Table label="Settings found" rows={found.slice(0, HITS)} id={(f) => f.object.path + f.pointer} columns={[
				{ id: 'setting', label: 'Setting', head: true, render: (f) => <><a href={href(['config', ...f.object.path.split('/')], { at: f.pointer || undefined })}>{words(f)}</a>{(f.field ?? f.object).help && <div class="small muted plain">{(f.field ?? f.object).help}</div>}</> },
				{ id: 'command', label: 'IOS line', render: (f) => f.field ? f.field.command && <code title={f.field.syntax}>{clip(f.field.syntax ?? f.field.command)}</code> : <code>{f.object.command || f.object.mode}</code> },
				{ id: 'where', label: 'In', render: (f) => <><span>{f.field ? f.object.label : groupOf(f.object)}</span>{f.section && <div class="small muted">{f.section}</div>}</> },
			]} foot={found.length > HITS ? `The best ${HITS} of ${found.length}. One more word finds fewer.` : plural(found.length, 'setting')}
			empty={<Empty icon="search" title="No setting matches"><p>Try one word of the IOS command, such as <code>keepalive</code>; words may be shortened as in IOS.</p></Empty>} />
		</div>
	);
}

const load = (path: string) => get<JsonObject>(`/config/${path}`, { defaults: false }).then((a) => ({ stored: a.data, etag: a.etag }));

/** Who changed this, and when. */
const History = ({ path }: { path: string }) => <a class="btn" href={href(['revisions'], { path })}><Icon name="history" />History</a>;

function Singleton({ object }: { object: SchemaObject }) {
	const item = useLoad(() => load(object.path), [object.path]);

	return (
		<Page title={object.label} lead={object.help} crumbs={[home]} actions={<History path={object.path} />}>
			<Wait on={item} what="settings">
				{(d) => <ObjectForm key={d.etag} object={object} stored={d.stored} path={object.path} etag={d.etag} focus={route.value.query.get('at')} onSaved={item.reload} onReload={item.reload} />}
			</Wait>
		</Page>
	);
}

/** The first few settings that tell items apart. */
function summary(object: SchemaObject, rows: JsonObject[]): Field[] {
	const used = object.fields.filter((f) => !['secret', 'bool', 'flag'].includes(f.type) && !has(f, 'advanced') && rows.some((r) => r[f.name] !== undefined));

	return used.slice(0, 5);
}

function Collection({ object }: { object: SchemaObject }) {
	const key = object.key?.name ?? 'tag';
	const at = route.value.query.get('at');
	const rows = useLoad(() => all<JsonObject>(`/config/${object.path}`, { defaults: false }), [object.path]);
	const [text, setText] = useState('');
	const [picked, setPicked] = useState(new Set<string>());
	const [preview, setPreview] = useState<Outcome | null>(null);
	const id = (r: JsonObject) => String(r[key]);
	const link = (k: string) => toItem(object, k) + (at ? `?at=${encodeURIComponent(at)}` : '');
	const columns: Column<JsonObject>[] = [
		{ id: key, label: labelOf(object.key ?? { name: key, type: 'int' }), head: true, class: 'num', sort: (r) => r[key] as number | string, render: (r) => <a href={link(id(r))}>{id(r)}</a> },
		...summary(object, rows.data ?? []).map((f): Column<JsonObject> => ({ id: f.name, label: labelOf(f), sort: (r) => r[f.name] === undefined ? '' : show(r[f.name]), render: (r) => inCell(f, r[f.name]) })),
	];
	const shown = (rows.data ?? []).filter((r) => holds(r, text));
	const entries = () => [...picked].map((k): Entry => ({ id: pathOf(object.path, k), object: object.path, op: 'delete', etag: '*', stored: (rows.data ?? []).find((r) => id(r) === k) ?? null }));
	const remove = () => transact(entries().map(operationOf), true).then(setPreview, failed);
	const add = mayWrite() && <a class="btn primary" href={to(object, 'new')}><Icon name="plus" />Add</a>;

	return (
		<Page title={object.label} lead={object.help} crumbs={[home]} actions={<><History path={object.path} />{add}</>}>
			{at && rows.data && <div class="before"><Note>{rows.data.length ? <>Choose the one in which <b>{wordsAt(object, at)}</b> is to be set.</> : <>There is none yet. <a href={`${to(object, 'new')}?at=${encodeURIComponent(at)}`}>Add one</a> to set <b>{wordsAt(object, at)}</b>.</>}</Note></div>}
			<Unsaved object={object} />
			<div class="card">
				<header>
					<Search label={`Search ${object.label}`} placeholder="Search" value={text} set={setText} />
					{picked.size > 0 && <><span class="muted">{plural(picked.size, 'item')} selected</span><button class="btn small danger" onClick={() => void remove()}><Icon name="trash" />Delete</button></>}
				</header>
				<Wait on={rows} what={object.label}>
					{() => <Table label={object.label} columns={columns} rows={shown} id={id} start={{ by: key }} foot={plural(shown.length, 'item')} page={200}
						{...(mayWrite() && { picked: { set: picked, change: setPicked, name: id } })}
						empty={<Empty icon="list" title={text ? 'Nothing matches' : `No ${inText(object.label)} yet`}>{text ? <p>Try a shorter search.</p> : <><p>{object.help}</p>{add}</>}</Empty>} />}
				</Wait>
			</div>
			{preview && <Preview title={`Delete ${plural(picked.size, 'item')}?`} action="Delete" danger outcome={preview} onClose={() => setPreview(null)} later={() => { entries().forEach(keep); setPreview(null); setPicked(new Set()); }} commit={async (opt) => {
				const done = await transact(entries().map(operationOf), false, opt);

				drop(...entries().map((e) => e.id));
				forgetChoices();
				setPreview(null);
				setPicked(new Set());
				rows.reload();
				toast(`Deleted, revision ${done.revision}.`, 'ok', { text: 'See it', href: href(['revisions', String(done.revision)]) });
			}} />}
		</Page>
	);
}

/** What the draft holds of this collection. */
function Unsaved({ object }: { object: SchemaObject }) {
	const mine = draft.value.filter((e) => e.object === object.path);
	const key = (e: Entry) => decodeURIComponent(e.id.slice(object.path.length + 1));

	if (!mine.length)
		return null;
	return (
		<div class="before"><Note tone="warn">Not saved yet: {mine.map((e, i) => <>{i > 0 && ', '}<a key={e.id} href={e.op === 'create' ? to(object, key(e)) : toItem(object, key(e))}>{e.op === 'create' ? 'a new one' : key(e)}</a>{e.op === 'delete' && ' (to be deleted)'}</>)}. <a href={href(['changes'])}>Review</a></Note></div>
	);
}

/** A pointer in the words of the form. */
const wordsAt = (object: SchemaObject, at: string): string => {
	const f = [...walk(object)].find((x) => x.pointer === at);

	return f ? [...f.trail, labelOf(f.field)].join(' › ') : at;
};

function Item({ object, id: part }: { object: SchemaObject; id: string }) {
	const fresh = isNew(part);
	const id = part.replace(/^=/, '');
	const path = pathOf(object.path, fresh ? part : id);
	const [turn, setTurn] = useState(0);
	const item = useLoad<{ stored: JsonObject | null; etag: string | null }>(() => fresh ? Promise.resolve({ stored: null, etag: null }) : load(path), [object.path, id]);
	const [preview, setPreview] = useState<Outcome | null>(null);
	const gone = draftOf(path)?.op === 'delete';
	const entry = (): Entry => ({ id: path, object: object.path, op: 'delete', etag: item.data?.etag ?? '*', stored: item.data?.stored ?? null });
	const remove = () => transact([operationOf(entry())], true).then(setPreview, failed);
	const words = item.data?.stored ? itemText(item.data.stored) : '';
	const back = object.path.split('/');
	const focus = route.value.query.get('at');

	return (
		<Page title={fresh ? `New ${object.command ?? object.mode}` : `${object.command ?? object.mode} ${id}`} lead={words || (fresh ? object.help : undefined)} crumbs={[home, { text: object.label, href: to(object) }]}
			actions={!fresh && item.data && <><History path={path} />{mayWrite() && !gone && <button class="btn danger" onClick={() => void remove()}><Icon name="trash" />Delete</button>}</>}>
			<Wait on={item} what={object.label}>
				{(d) => gone
					? <Note tone="warn"><p>This is to be deleted with the draft.</p><p><button class="btn small" onClick={() => drop(path)}>Keep it after all</button> <a class="btn small" href={href(['changes'])}>Review the changes</a></p></Note>
					: (
						<>
							{fresh && object.key?.type === 'int' && <div class="before"><Note>Without a {inText(labelOf(object.key))}, the lowest free one is taken.</Note></div>}
							<ObjectForm key={`${d.etag} ${turn}`} object={object} stored={d.stored} path={path} etag={d.etag} focus={focus}
								onSaved={() => { if (fresh) go(['config', ...back]); else item.reload(); }} onReload={() => { setTurn(turn + 1); item.reload(); }}
								{...(fresh && { onNext: () => { setTurn(turn + 1); go(['config', ...back, 'new'], {}, true); } })} />
						</>
					)}
			</Wait>
			{preview && <Preview title={`Delete ${object.command ?? object.mode} ${id}?`} action="Delete" danger outcome={preview} onClose={() => setPreview(null)} later={() => { keep(entry()); setPreview(null); }} commit={async (opt) => {
				await transact([operationOf(entry())], false, opt);
				drop(path);
				forgetChoices();
				toast('Deleted. An older revision brings it back.');
				go(['config', ...back]);
			}} />}
		</Page>
	);
}
