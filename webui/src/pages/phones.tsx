// All phones, live: what is configured, what is registered, what asks without being configured.
import { useEffect, useRef, useState } from 'preact/hooks';
import { get, message, post, type Page as Paged } from '../lib/api';
import { actionWords } from '../lib/changes';
import { subscribe } from '../lib/feed';
import { ago, plural } from '../lib/format';
import { deviceText, linesOf, nameOf, phoneHref, protocolText, stateOf, type Phone } from '../lib/phones';
import { href, route, setQuery } from '../lib/router';
import { mayWrite } from '../lib/session';
import { Icon } from '../ui/icons';
import { Badge, Confirm, Empty, Failed, Loading, Page, Search, toast } from '../ui/parts';
import { Table, type Column } from '../ui/table';
import { AddPhone } from './add-phone';
import { PendingActions } from './pending';

const PAGE = 200;
const SETTLE_MS = 250;

type List = Paged<Phone>;

/** The list for the filters in the address, kept up to date by the feed. */
function usePhones(filter: { state?: string; protocol?: string; q?: string }) {
	const [list, setList] = useState<List | null>(null);
	const [error, setError] = useState<unknown>(null);
	const [fresh, setFresh] = useState(new Set<string>());
	const [limit, setLimit] = useState(PAGE);
	const latest = useRef(0);
	const load = async (touched: Set<string> = new Set()) => {
		const turn = ++latest.current;

		try {
			const data: List = { items: [], next_cursor: null };

			do {
				const page = (await get<List>('/phones', { ...filter, limit: PAGE, cursor: data.next_cursor ?? undefined })).data;

				data.items.push(...page.items);
				data.next_cursor = page.next_cursor;
			} while (data.next_cursor && data.items.length < limit);

			if (turn === latest.current) {
				setList(data);
				setError(null);
				setFresh(touched);
			}
		} catch (e) {
			if (turn === latest.current)
				setError(e);
		}
	};

	useEffect(() => {
		let timer = 0;
		let touched = new Set<string>();
		const soon = (device?: string) => {
			if (device)
				touched.add(device);
			timer ||= window.setTimeout(() => {
				const t = touched;

				timer = 0;
				touched = new Set();
				void load(t);
			}, SETTLE_MS);
		};
		const typing = setTimeout(() => void load(), list ? 150 : 0);
		const off = subscribe((e) => {
			if (e.type.startsWith('switchroom.phone.') || e.type === 'switchroom.config.committed')
				soon(e.subject);
		}, () => soon());

		return () => { off(); clearTimeout(timer); clearTimeout(typing); };
	}, [filter.state, filter.protocol, filter.q, limit]);
	return { list, error, fresh, load, more: () => setLimit(limit + PAGE) };
}

const columns: Column<Phone>[] = [
	{
		id: 'device', label: 'Phone', head: true, sort: (p) => nameOf(p) || p.device,
		render: (p) => <><a href={phoneHref(p.device)}>{nameOf(p) || <span class="mono nowrap">{deviceText(p.device)}</span>}</a>{nameOf(p) && <div class="small muted mono nowrap">{deviceText(p.device)}</div>}</>,
	},
	{ id: 'state', label: 'State', sort: (p) => stateOf(p).text, render: (p) => { const s = stateOf(p); return <><Badge tone={s.tone}>{s.text}</Badge>{p.pending_action && p.pending_action !== 'none' && <div class="small muted">{actionWords(p.pending_action)}</div>}</>; } },
	{ id: 'lines', label: 'Lines', class: 'num', sort: linesOf, render: (p) => linesOf(p) },
	{ id: 'model', label: 'Model', sort: (p) => p.model ?? '', render: (p) => p.model && <span class="nowrap">{p.model} <span class="tag">{protocolText(p.protocol)}</span></span> },
	{ id: 'address', label: 'Seen at', sort: (p) => p.address ?? '', render: (p) => p.address && <div><div class="mono nowrap">{p.address}</div><div class="small nowrap muted">{ago(p.last_seen)}</div></div> },
	{ id: 'verdict', label: 'Verdict', class: 'wide', render: (p) => p.verdict && <span class={p.verdict.severity === 'error' ? 'bad' : 'muted'}>{p.verdict.text}</span> },
];

export function Phones() {
	const q = route.value.query;
	const filter = { state: q.get('state') ?? '', protocol: q.get('protocol') ?? '', q: q.get('q') ?? '' };
	const { list, error, fresh, load, more } = usePhones(filter);
	const [picked, setPicked] = useState(new Set<string>());
	const [asking, ask] = useState<'restart' | 'reset' | null>(null);
	const adding = q.get('add') !== null;
	const [counts, setCounts] = useState<Record<string, number> | null>(null);
	const filtered = Boolean(filter.state || filter.protocol || filter.q);
	const add = mayWrite() && <a class="btn primary" href={href(['phones'], { add: '1' })}><Icon name="plus" />Add a phone</a>;

	useEffect(() => {
		if (list && !filtered)
			setCounts(list.next_cursor ? null : count(list.items));
	}, [list]);
	return (
		<Page title="Phones" lead="Every phone that is configured here, registered, or asks for its files." actions={add}>
			<PendingActions turn={list} />
			{counts && <Counts counts={counts} state={filter.state} />}
			<div class="card">
				<header>
					<Search label="Search phones" placeholder="Name, MAC, address, model" value={filter.q} set={(v) => setQuery({ q: v })} />
					<select class="auto" aria-label="Protocol" value={filter.protocol} onChange={(e) => setQuery({ protocol: e.currentTarget.value })}>
						<option value="">SIP and SCCP</option><option value="sip">SIP</option><option value="sccp">SCCP</option>
					</select>
					<select class="auto" aria-label="State" value={filter.state} onChange={(e) => setQuery({ state: e.currentTarget.value })}>
						<option value="">All states</option><option value="registered">Registered</option><option value="unregistered">Not registered</option><option value="unknown">Not configured</option>
					</select>
				</header>
				{picked.size > 0 && (
					<div class="table-foot picked" role="status">
						<span class="grow">{plural(picked.size, 'phone')} selected</span>
						<button class="btn small" onClick={() => ask('restart')}><Icon name="restart" />Restart</button>
						<button class="btn small" onClick={() => ask('reset')}>Reset</button>
						<button class="btn small quiet" onClick={() => setPicked(new Set())}>Clear</button>
					</div>
				)}
				{list
					? <Table label="Phones" columns={columns} rows={list.items} id={(p) => p.device} fresh={fresh} start={{ by: 'device' }}
						{...(mayWrite() && { picked: { set: picked, change: setPicked, name: (p: Phone) => nameOf(p) || p.device } })}
						foot={<><span class="grow">{plural(list.items.length, 'phone')}{list.next_cursor ? ', there are more' : ''}</span>{list.next_cursor && <button class="btn small" onClick={more}>Show more</button>}</>}
						empty={filtered
							? <Empty icon="search" title="No phone matches"><p>Nothing fits these filters.</p><a class="btn" href={href(['phones'])}>Show all phones</a></Empty>
							: <Empty icon="phone" title="No phones yet"><p>Add the first one with its MAC address and extension; it appears here live when it registers. A phone that already asks for its files shows up by itself.</p>{add}</Empty>} />
					: error ? <Failed error={error} again={() => void load()} /> : <div class="pad"><Loading what="phones" /></div>}
			</div>
			{asking && <BulkAction action={asking} devices={[...picked]} onClose={() => ask(null)} onDone={() => setPicked(new Set())} />}
			{adding && mayWrite() && <AddPhone onClose={() => setQuery({ add: undefined, mac: undefined, model: undefined, proto: undefined })} mac={q.get('mac') ?? ''} model={q.get('model') ?? ''} protocol={q.get('proto') ?? ''} />}
		</Page>
	);
}

/** Known only while all phones are in the list. */
function count(phones: Phone[]): Record<string, number> {
	const n: Record<string, number> = {};

	for (const p of phones)
		n[p.state] = (n[p.state] ?? 0) + 1;
	return n;
}

function Counts({ counts, state }: { counts: Record<string, number>; state: string }) {
	const boxes: [string, string, string][] = [['', 'All phones', ''], ['registered', 'Registered', 'ok'], ['unregistered', 'Not registered', ''], ['unknown', 'Not configured', 'warn']];
	const all = Object.values(counts).reduce((a, b) => a + b, 0);

	return (
		<nav class="counts" aria-label="Phones by state">
			{boxes.map(([s, text, tone]) => (
				<a class="card" key={s} href={href(['phones'], { state: s })} aria-current={state === s ? 'true' : undefined}>
					<b class="num">{s ? counts[s] ?? 0 : all}</b>
					<span>{s && <span class={`dot ${tone}`} />}{text}</span>
				</a>
			))}
		</nav>
	);
}

export async function act(device: string, action: 'restart' | 'reset'): Promise<void> {
	await post(`/phones/${encodeURIComponent(device)}/actions/${action}`, {});
}

function BulkAction({ action, devices, onClose, onDone }: { action: 'restart' | 'reset'; devices: string[]; onClose: () => void; onDone: () => void }) {
	const run = async () => {
		const done = await Promise.allSettled(devices.map((d) => act(d, action)));
		const bad = done.filter((d): d is PromiseRejectedResult => d.status === 'rejected');

		if (bad.length)
			toast(`${plural(bad.length, 'phone')} could not be told: ${message(bad[0]!.reason)}`, 'bad');
		if (bad.length < devices.length)
			toast(`${plural(devices.length - bad.length, 'phone')} told to ${action}.`);
		onDone();
	};

	return (
		<Confirm title={`${action === 'restart' ? 'Restart' : 'Reset'} ${plural(devices.length, 'phone')}?`} action={action === 'restart' ? 'Restart' : 'Reset'} run={run} onClose={onClose}>
			<p>{action === 'restart' ? 'They register again and read their files; this takes some seconds.' : 'They start from the beginning, with network and firmware; this can take minutes.'} Calls in progress may break off.</p>
			<p class="small muted mono">{devices.slice(0, 12).map(deviceText).join('  ')}{devices.length > 12 && ` and ${devices.length - 12} more`}</p>
		</Confirm>
	);
}
