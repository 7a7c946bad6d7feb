// Configuration: the way to every setting, and its forms. Nothing here knows a setting by name.
import { useState } from 'preact/hooks';
import { all, get } from '../lib/api';
import { transact, type Outcome } from '../lib/changes';
import { plural } from '../lib/format';
import { isObject, show, type JsonObject } from '../lib/json';
import { formatMac } from '../lib/mac';
import { go, href, route, setQuery } from '../lib/router';
import { mayWrite } from '../lib/session';
import { Icon } from '../ui/icons';
import { Empty, failed, Note, Page, Search, toast, useLoad, Wait } from '../ui/parts';
import { Table, type Column } from '../ui/table';
import { labelOf } from '../form/field';
import { ObjectForm } from '../form/form';
import { find, has, type Field, type SchemaObject } from '../form/model';
import { Preview } from '../form/preview';
import { forgetChoices, itemText, loadSchema } from '../form/schema';

const home = { text: 'Configuration', href: href(['config']) };

/** "#/config/voice-register/pools/3": which object, which item. */
export function locate(objects: SchemaObject[], path: string[]): { object: SchemaObject; key: string | null } | null {
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

const groupOf = (o: SchemaObject): string => o.ui_group || 'Other';
/** What is needed most comes first; groups not named here follow. */
const FIRST = ['Phones', 'Numbers', 'System', 'Calls', 'Services'];
const rank = (group: string): number => (FIRST.includes(group) ? FIRST.indexOf(group) : FIRST.length);

function Index({ objects }: { objects: SchemaObject[] }) {
	const text = route.value.query.get('q') ?? '';
	const groups = [...new Set(objects.map(groupOf))].sort((a, b) => rank(a) - rank(b));
	const found = find(objects, text);

	return (
		<Page title="Configuration" lead="Every setting of the system, by its plain name or by its IOS command.">
			<div class="row spaced"><Search label="Search settings" placeholder="Setting or IOS command" value={text} set={(v) => setQuery({ q: v })} /></div>
			{text
				? (
					<div class="card">
						<Table label="Settings found" rows={found} id={(f) => f.object.path + f.pointer} columns={[
							{ id: 'setting', label: 'Setting', head: true, render: (f) => <><a href={href(['config', ...f.object.path.split('/')], { at: f.object.collection ? undefined : f.pointer })}>{[...f.trail, labelOf(f.field)].join(' › ')}</a>{f.field.help && <div class="small muted plain">{f.field.help}</div>}</> },
							{ id: 'command', label: 'IOS command', render: (f) => f.field.command && <code>{f.field.command}</code> },
							{ id: 'where', label: 'In', render: (f) => f.object.label },
						]} empty={<Empty icon="search" title="No setting matches"><p>Try one word of the IOS command, such as <code>keepalive</code>.</p></Empty>} />
					</div>
				)
				: (
					<div class="groups">
						{groups.map((g) => (
							<section key={g}>
								<h2>{g}</h2>
								<div class="tiles">
									{objects.filter((o) => groupOf(o) === g).map((o) => (
										<a class="card" key={o.path} href={to(o)}><b>{o.label}</b><code class="muted small">{o.mode}</code><span class="muted small">{o.help}</span></a>
									))}
								</div>
							</section>
						))}
					</div>
				)}
		</Page>
	);
}

const load = (path: string) => get<JsonObject>(`/config/${path}`, { defaults: false }).then((a) => ({ stored: a.data, etag: a.etag }));

function Singleton({ object }: { object: SchemaObject }) {
	const item = useLoad(() => load(object.path), [object.path]);

	return (
		<Page title={object.label} lead={object.help} crumbs={[home]}>
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
	const rows = useLoad(() => all<JsonObject>(`/config/${object.path}`, { defaults: false }), [object.path]);
	const [text, setText] = useState('');
	const [picked, setPicked] = useState(new Set<string>());
	const [preview, setPreview] = useState<Outcome | null>(null);
	const id = (r: JsonObject) => String(r[key]);
	const columns: Column<JsonObject>[] = [
		{ id: key, label: labelOf(object.key ?? { name: key, type: 'int' }), head: true, class: 'num', sort: (r) => r[key] as number, render: (r) => <a href={to(object, id(r))}>{id(r)}</a> },
		...summary(object, rows.data ?? []).map((f): Column<JsonObject> => ({ id: f.name, label: labelOf(f), sort: (r) => r[f.name] === undefined ? '' : show(r[f.name]), render: (r) => brief(f, r) })),
	];
	const shown = (rows.data ?? []).filter((r) => !text || JSON.stringify(r).toLowerCase().includes(text.toLowerCase()));
	const operations = () => [...picked].map((k) => ({ op: 'delete' as const, path: `/config/${object.path}/${k}`, if_match: '*' }));
	const remove = () => transact(operations(), true).then(setPreview, failed);
	const add = mayWrite() && <a class="btn primary" href={to(object, 'new')}><Icon name="plus" />Add</a>;

	return (
		<Page title={object.label} lead={object.help} crumbs={[home]} actions={add}>
			<div class="card">
				<header>
					<Search label={`Search ${object.label}`} placeholder="Search" value={text} set={setText} />
					{picked.size > 0 && <><span class="muted">{plural(picked.size, 'item')} selected</span><button class="btn small danger" onClick={() => void remove()}><Icon name="trash" />Delete</button></>}
				</header>
				<Wait on={rows} what={object.label}>
					{() => <Table label={object.label} columns={columns} rows={shown} id={id} start={{ by: key }} foot={plural(shown.length, 'item')}
						{...(mayWrite() && { picked: { set: picked, change: setPicked, name: id } })}
						empty={<Empty icon="list" title={text ? 'Nothing matches' : `No ${object.label.toLowerCase()} yet`}>{text ? <p>Try a shorter search.</p> : <><p>{object.help}</p>{add}</>}</Empty>} />}
				</Wait>
			</div>
			{preview && <Preview title={`Delete ${plural(picked.size, 'item')}?`} action="Delete" danger outcome={preview} onClose={() => setPreview(null)} commit={async (apply, comment) => {
				const done = await transact(operations(), false, { apply, comment });

				forgetChoices();
				setPreview(null);
				setPicked(new Set());
				rows.reload();
				toast(`Deleted, revision ${done.revision}.`, 'ok', { text: 'See it', href: href(['revisions', String(done.revision)]) });
			}} />}
		</Page>
	);
}

/** A setting in a cell. */
function brief(f: Field, r: JsonObject): string {
	const v = r[f.name];

	if (v === undefined)
		return '';
	if (f.type === 'mac' && typeof v === 'string')
		return formatMac(v);
	if (f.type === 'map' && isObject(v))
		return Object.entries(v).slice(0, 4).map(([k, x]) => `${k}: ${show(x)}`).join('; ') + (Object.keys(v).length > 4 ? ' …' : '');
	return show(v);
}

function Item({ object, id }: { object: SchemaObject; id: string }) {
	const fresh = id === 'new';
	const item = useLoad<{ stored: JsonObject | null; etag: string | null }>(() => fresh ? Promise.resolve({ stored: null, etag: null }) : load(`${object.path}/${id}`), [object.path, id]);
	const [preview, setPreview] = useState<Outcome | null>(null);
	const operation = [{ op: 'delete' as const, path: `/config/${object.path}/${id}`, if_match: item.data?.etag ?? '*' }];
	const words = item.data?.stored ? itemText(item.data.stored) : '';
	const back = object.path.split('/');

	return (
		<Page title={fresh ? `New ${object.command ?? object.mode}` : `${object.command ?? object.mode} ${id}`} lead={words || (fresh ? object.help : undefined)} crumbs={[home, { text: object.label, href: to(object) }]}
			actions={!fresh && mayWrite() && item.data && <button class="btn danger" onClick={() => transact(operation, true).then(setPreview, failed)}><Icon name="trash" />Delete</button>}>
			<Wait on={item} what={object.label}>
				{(d) => (
					<>
						{fresh && object.key && <div class="before"><Note>Without a {labelOf(object.key).toLowerCase()}, the lowest free one is taken.</Note></div>}
						<ObjectForm key={d.etag} object={object} stored={d.stored} path={fresh ? object.path : `${object.path}/${id}`} etag={d.etag} focus={route.value.query.get('at')}
							onSaved={() => { if (fresh) go(['config', ...back]); else item.reload(); }} onReload={item.reload} />
					</>
				)}
			</Wait>
			{preview && <Preview title={`Delete ${object.command ?? object.mode} ${id}?`} action="Delete" danger outcome={preview} onClose={() => setPreview(null)} commit={async (apply, comment) => {
				await transact(operation, false, { apply, comment });
				forgetChoices();
				toast('Deleted. An older revision brings it back.');
				go(['config', ...back]);
			}} />}
		</Page>
	);
}
