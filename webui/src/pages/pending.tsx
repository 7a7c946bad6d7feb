// Phones that have not taken a change yet, because it was applied later or because they were away.
import { useEffect, useState } from 'preact/hooks';
import { all, post } from '../lib/api';
import { actionWords, byAction } from '../lib/changes';
import { plural } from '../lib/format';
import { deviceText } from '../lib/phones';
import { mayWrite } from '../lib/session';
import { Icon } from '../ui/icons';
import { Confirm, toast } from '../ui/parts';

interface Waiting { device: string; pending_action: string; since_revision: number; registered: boolean; asked: boolean }

/** `turn`: another one whenever phones may have taken something. */
export function PendingActions({ turn }: { turn: unknown }) {
	const [list, setList] = useState<Waiting[]>([]);
	const [asking, ask] = useState(false);
	const load = () => all<Waiting>('/pending-actions').then(setList, () => setList([]));
	const tell = async () => {
		const { data } = await post<{ asked: string[]; waiting: number }>('/pending-actions', undefined);

		toast(`${plural(data.asked.length, 'phone')} told.${data.waiting ? ` ${plural(data.waiting, 'phone is', 'phones are')} away, and will be told when they come.` : ''}`);
		await load();
	};

	useEffect(() => { void load(); }, [turn]);
	if (!list.length)
		return null;
	return (
		<section class="banner" aria-label="Changes that phones have not taken">
			<Icon name="restart" />
			<p class="grow">{plural(list.length, 'phone has', 'phones have')} not taken the latest changes: {byAction(list).map(([a, devices]) => `${devices.length} ${actionWords(a, devices.length)}`).join(', ')}.</p>
			{mayWrite() && <button class="btn small" onClick={() => ask(true)}>Tell them now</button>}
			{asking && <Confirm title={`Apply the changes to ${plural(list.length, 'phone')}?`} action="Tell them" run={tell} onClose={() => ask(false)}>
				<p>Each restarts or resets as it needs; who is away does so when it comes. Calls in progress may break off.</p>
				<p class="small muted mono">{list.slice(0, 12).map((w) => deviceText(w.device)).join('  ')}{list.length > 12 && ` and ${list.length - 12} more`}</p>
			</Confirm>}
		</section>
	);
}
