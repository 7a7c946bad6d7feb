// The event list: what happens now, on top of what happened.
import { useEffect, useState } from 'preact/hooks';
import { get } from '../lib/api';
import { eventText, eventTone, KINDS, shortType } from '../lib/events';
import { live, subscribe } from '../lib/feed';
import type { CloudEvent } from '../lib/feedlogic';
import { dateTime, timeOfDay } from '../lib/format';
import { deviceText, phoneHref } from '../lib/phones';
import { route, setQuery } from '../lib/router';
import { Badge, Empty, Failed, Loading, Page, Search } from '../ui/parts';
import { Table, type Column } from '../ui/table';

const KEEP = 500;

const columns: Column<CloudEvent>[] = [
	{ id: 'time', label: 'Time', class: 'nowrap num', render: (e) => <time dateTime={e.time} title={dateTime(e.time)}>{new Date(e.time).toDateString() === new Date().toDateString() ? timeOfDay(e.time) : dateTime(e.time)}</time> },
	{ id: 'type', label: 'Event', render: (e) => <Badge tone={eventTone(e)}>{shortType(e.type)}</Badge> },
	{ id: 'subject', label: 'Who', render: (e) => e.subject && (e.type.startsWith('switchroom.phone.') ? <a class="mono" href={phoneHref(e.subject)}>{deviceText(e.subject)}</a> : e.subject) },
	{ id: 'text', label: 'What', render: eventText },
	{ id: 'id', label: 'Number', class: 'num muted', render: (e) => e.id },
];

export function Events() {
	const [list, setList] = useState<CloudEvent[] | null>(null);
	const [error, setError] = useState<unknown>(null);
	const [paused, setPaused] = useState(false);
	const kind = route.value.query.get('kind') ?? '';
	const text = route.value.query.get('q') ?? '';
	const load = () => get<{ items: CloudEvent[] }>('/events', { order: 'desc', limit: 200 }).then(
		(a) => setList(a.data.items.sort((x, y) => Number(y.id) - Number(x.id))), setError);

	useEffect(() => { void load(); }, []);
	useEffect(() => {
		if (paused)
			return;
		return subscribe((e) => setList((old) => old?.some((o) => o.id === e.id) ? old : [e, ...(old ?? [])].slice(0, KEEP)), () => void load());
	}, [paused]);
	const shown = (list ?? []).filter((e) => (!kind || shortType(e.type).startsWith(`${kind}.`)) && (!text || `${e.type} ${e.subject ?? ''} ${deviceText(e.subject ?? '')} ${eventText(e)}`.toLowerCase().includes(text.toLowerCase())));

	return (
		<Page title="Events" lead="What phones, administrators and the system do, as it happens." actions={<button class="btn" aria-pressed={paused} onClick={() => { if (paused) void load(); setPaused(!paused); }}>{paused ? 'Go on' : 'Pause'}</button>}>
			<div class="card">
				<header>
					<Search label="Search events" placeholder="Phone, person, word" value={text} set={(v) => setQuery({ q: v })} />
					<select class="auto" aria-label="Kind of event" value={kind} onChange={(e) => setQuery({ kind: e.currentTarget.value })}>{KINDS.map(([v, t]) => <option key={v} value={v}>{t}</option>)}</select>
					<Badge tone={paused || live.value === 'connecting' ? 'warn' : 'ok'}>{paused ? 'Paused' : live.value === 'connecting' ? 'Connecting' : 'Live'}</Badge>
				</header>
				{list
					? <Table label="Events" columns={columns} rows={shown} id={(e) => e.id} foot={`${shown.length} shown. The last ${KEEP} stay here; REST and the feed give all that are kept.`}
						empty={<Empty icon="activity" title={list.length ? 'No event matches' : 'Nothing happened yet'}><p>{list.length ? 'Take a filter away.' : 'Events appear by themselves as soon as something changes.'}</p></Empty>} />
					: error ? <Failed error={error} again={() => void load()} /> : <div class="pad"><Loading what="events" /></div>}
			</div>
		</Page>
	);
}
