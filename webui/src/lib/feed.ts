// The live event feed: WebSocket on the feed port, resumed by number; long polling of /events when that
// port is not reachable. Pages subscribe; `live` tells how events come.
import { signal } from '@preact/signals';
import { get, Problem } from './api';
import { FeedLogic, type CloudEvent } from './feedlogic';
import { feedUrl } from './session';

export const live = signal<'off' | 'connecting' | 'socket' | 'poll'>('off');

type OnEvent = (e: CloudEvent) => void;
const listeners = new Set<{ event: OnEvent; resync: () => void }>();
let logic = new FeedLogic();
let socket: WebSocket | null = null;
let timer = 0;
let abort: AbortController | null = null;
let running = false;

/** `event` is told each event once, `resync` when the state must be loaded anew. Returns the way out. */
export function subscribe(event: OnEvent, resync: () => void): () => void {
	const l = { event, resync };

	listeners.add(l);
	return () => { listeners.delete(l); };
}

function resync(): void {
	for (const l of listeners)
		l.resync();
}

function take(e: CloudEvent): void {
	const step = logic.take(e);

	if (step.do === 'deliver')
		for (const l of listeners)
			l.event(step.event);
	else if (step.do === 'resync')
		resync();
}

function again(ms: number): void {
	clearTimeout(timer);
	if (running)
		timer = window.setTimeout(() => void connect(), ms);
}

function connectSocket(url: string): void {
	const ws = new WebSocket(`${url}?after=${logic.after}`, 'cloudevents.json');
	let opened = false;

	socket = ws;
	ws.onopen = () => {
		opened = true;
		live.value = 'socket';
		logic.opened();
	};
	ws.onmessage = (m) => take(JSON.parse(String(m.data)) as CloudEvent);
	ws.onclose = () => {
		if (socket !== ws)
			return;
		socket = null;
		live.value = 'connecting';
		again(logic.closed(opened, Date.now()));
	};
}

interface Events { items: CloudEvent[]; last: number }

async function poll(): Promise<void> {
	try {
		const { data } = await get<Events>('/events', { after: logic.after ?? 0, wait: 25 }, abort!.signal);

		logic.polled();
		live.value = 'poll';
		data.items.forEach(take);
		again(data.items.length ? 0 : 200);
	} catch (e) {
		if (!running)
			return;
		if (e instanceof Problem && e.status === 410)
			logic.after = null;
		live.value = 'connecting';
		again(logic.closed(true, Date.now()));
	}
}

/** Where the stream is now; then the state is loaded, and no event between the two is missed. */
async function findPlace(): Promise<void> {
	const { data } = await get<Events>('/events', { order: 'desc', limit: 1 }, abort!.signal);

	logic.begin(data.last);
	resync();
}

async function connect(): Promise<void> {
	const url = feedUrl();

	abort = new AbortController();
	try {
		if (logic.after === null)
			await findPlace();
	} catch {
		again(logic.closed(true, Date.now()));
		return;
	}
	if (!running)
		return;
	if (url && logic.transport(Date.now()) === 'socket')
		connectSocket(url);
	else
		void poll();
}

export function startFeed(): void {
	if (running)
		return;
	running = true;
	live.value = 'connecting';
	void connect();
}

export function stopFeed(): void {
	running = false;
	clearTimeout(timer);
	abort?.abort();
	socket?.close();
	socket = null;
	logic = new FeedLogic();
	live.value = 'off';
}
