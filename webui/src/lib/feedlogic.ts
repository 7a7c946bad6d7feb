// What the live feed must get right, without network and clock: every event once, in order, no gap unnoticed.

export interface CloudEvent {
	id: string;
	type: string;
	subject?: string;
	time: string;
	source?: string;
	text?: string;
	data: Record<string, unknown>;
}

export type Step =
	| { do: 'deliver'; event: CloudEvent }
	| { do: 'ignore' }                  // seen already
	| { do: 'resync' };                 // events are gone for good: load the state again

export const GONE = 'switchroom.events.gone';
const RETRY_MS = [500, 1000, 2000, 5000, 10_000];
const SOCKET_TRIES = 2;                     // sockets that never opened before polling takes over
const SOCKET_AGAIN_MS = 60_000;             // polling: how often the socket is tried again

export class FeedLogic {
	/** Number of the last event seen; null: not known, ask for it and load the state. */
	after: number | null = null;
	private failures = 0;
	private neverOpened = 0;
	private socketAgainAt = 0;

	/** The newest number before the state is loaded: what comes behind it is delivered. */
	begin(last: number): void {
		this.after = last;
	}

	opened(): void {
		this.failures = 0;
		this.neverOpened = 0;
	}

	take(event: CloudEvent): Step {
		if (event.type === GONE) {
			this.after = null;
			return { do: 'resync' };
		}
		const seq = Number(event.id);

		if (!Number.isSafeInteger(seq) || seq <= (this.after ?? 0))
			return { do: 'ignore' };
		this.after = seq;
		return { do: 'deliver', event };
	}

	/** A connection ended; how long to wait before the next one. */
	closed(hadOpened: boolean, now: number): number {
		if (!hadOpened && ++this.neverOpened >= SOCKET_TRIES)
			this.socketAgainAt = now + SOCKET_AGAIN_MS;
		return RETRY_MS[Math.min(this.failures++, RETRY_MS.length - 1)]!;
	}

	/** The feed port may be closed by a firewall: then events come by long polling. */
	transport(now: number): 'socket' | 'poll' {
		return this.neverOpened >= SOCKET_TRIES && now < this.socketAgainAt ? 'poll' : 'socket';
	}

	/** A poll worked; the count of failures falls, whether the socket is back is still open. */
	polled(): void {
		this.failures = 0;
	}
}
