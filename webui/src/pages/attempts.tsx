// Attempted registrations: phones that asked and were refused, and the way to make one of them ours.
import { useEffect, useState } from 'preact/hooks';
import { get, request, type Page as Paged } from '../lib/api';
import { subscribe } from '../lib/feed';
import { ago, dateTime, plural } from '../lib/format';
import { formatMac } from '../lib/mac';
import { deviceText, phoneHref, protocolText } from '../lib/phones';
import { href, route, setQuery } from '../lib/router';
import { mayWrite } from '../lib/session';
import { Icon } from '../ui/icons';
import { Confirm, Empty, Page, toast, useLoad, Wait } from '../ui/parts';
import { Table, type Column } from '../ui/table';

interface Attempt {
	num: number;
	protocol: string;
	device: string | null;
	mac: string | null;
	id: string | null;
	address: string | null;
	model: string | null;
	code: number;
	reason: string | null;
	attempts: number;
	first_attempt: string | null;
	latest_attempt: string | null;
}

const nameOf = (a: Attempt) => a.mac ? formatMac(a.mac) : a.device ? deviceText(a.device) : a.id ?? '';

const columns: Column<Attempt>[] = [
	{ id: 'who', label: 'Who', head: true, sort: nameOf, render: (a) => <>{a.device ? <a class="mono nowrap" href={phoneHref(a.device)}>{nameOf(a)}</a> : <span class="mono nowrap">{nameOf(a) || 'no name'}</span>}{a.id && a.id !== a.device && !a.mac && <div class="small muted">{a.id}</div>}</> },
	{ id: 'protocol', label: 'Protocol', render: (a) => <span class="nowrap">{a.model} <span class="tag">{protocolText(a.protocol)}</span></span> },
	{ id: 'address', label: 'From', sort: (a) => a.address ?? '', render: (a) => <span class="mono nowrap">{a.address}</span> },
	{ id: 'reason', label: 'Refused because', render: (a) => <>{a.reason}{a.code > 0 && <span class="muted"> ({a.code})</span>}</> },
	{ id: 'count', label: 'Times', class: 'num', sort: (a) => a.attempts, render: (a) => a.attempts },
	{ id: 'last', label: 'Last', sort: (a) => a.latest_attempt ?? '', render: (a) => a.latest_attempt && <time class="nowrap" dateTime={a.latest_attempt} title={dateTime(a.latest_attempt)}>{ago(a.latest_attempt)}</time> },
	{ id: 'acts', label: '', class: 'acts', render: (a) => mayWrite() && a.mac && <a class="btn small" href={href(['phones'], { add: '1', mac: a.mac, model: a.model ?? undefined, proto: a.protocol })} aria-label={`Make a phone of ${nameOf(a)}`}><Icon name="plus" />Make a phone of it</a> },
];

export function Attempts() {
	const protocol = route.value.query.get('protocol') ?? '';
	const list = useLoad((s) => get<Paged<Attempt>>('/attempted-registrations', { protocol }, s).then((a) => a.data.items), [protocol]);
	const [asking, ask] = useState(false);

	useEffect(() => subscribe((e) => {
		if (/\.phone\.(rejected|refused|unknown|registered)|registration/.test(e.type))
			list.reload();
	}, list.reload), []);
	return (
		<Page title="Attempted registrations" lead="Phones that wanted to register and were refused, with the reason."
			actions={mayWrite() && (list.data?.length ?? 0) > 0 && <button class="btn" onClick={() => ask(true)}><Icon name="trash" />Clear the list</button>}>
			<div class="card">
				<header>
					<select class="auto" aria-label="Protocol" value={protocol} onChange={(e) => setQuery({ protocol: e.currentTarget.value })}>
						<option value="">SIP and SCCP</option><option value="sip">SIP</option><option value="sccp">SCCP</option>
					</select>
				</header>
				<Wait on={list} what="attempts">
					{(items) => <Table label="Attempted registrations" columns={columns} rows={items} id={(a) => `${a.protocol} ${a.num}`} start={{ by: 'last', down: true }} foot={plural(items.length, 'phone')} page={200}
						empty={<Empty icon="check" title="Nobody was refused"><p>Phones that are not configured, or that sign in with a wrong name or password, are listed here.</p></Empty>} />}
				</Wait>
			</div>
			{asking && <Confirm title="Clear the list?" action="Clear" onClose={() => ask(false)} run={async () => { await request('DELETE', '/attempted-registrations', { query: { protocol } }); toast('The list is cleared.'); list.reload(); }}>
				<p>Who tries again shows up again.</p>
			</Confirm>}
		</Page>
	);
}
