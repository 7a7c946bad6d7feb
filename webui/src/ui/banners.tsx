// What must be seen on every page: a change that falls back unless it is confirmed, and changes that are not saved.
import { useEffect, useState } from 'preact/hooks';
import { confirmation, confirmNow, fallBack, loadConfirmation, timeLeft } from '../lib/confirm';
import { draft } from '../lib/draft';
import { plural } from '../lib/format';
import { href, route } from '../lib/router';
import { mayWrite } from '../lib/session';
import { Icon } from './icons';
import { Confirm, failed, toast } from './parts';

export function Banners() {
	return <>{confirmation.value && <Pending />}<Unsaved /></>;
}

function Pending() {
	const c = confirmation.value!;
	const [now, setNow] = useState(Date.now());
	const [asking, ask] = useState(false);
	const left = c.until - now;

	useEffect(() => {
		const timer = setInterval(() => setNow(Date.now()), 1000);

		return () => clearInterval(timer);
	}, []);
	useEffect(() => { if (left <= -1000) void loadConfirmation(); }, [left <= -1000]);
	return (
		<section class="banner warn" aria-label="Confirmation">
			<Icon name="alert" />
			<p class="grow"><b>Revision {c.revision} falls back to revision {c.falls_back_to} in <span class="num" role="timer">{timeLeft(left)}</span></b> unless it is confirmed.{c.who && <span> Made by {c.who}.</span>}</p>
			{mayWrite() && (
				<div class="row">
					<button class="btn small" onClick={() => ask(true)}>Fall back now</button>
					<button class="btn small primary" onClick={() => confirmNow().then(() => toast(`Revision ${c.revision} is confirmed and stays.`), failed)}><Icon name="check" />Confirm</button>
				</div>
			)}
			{asking && <Confirm title="Fall back now?" action="Fall back" danger onClose={() => ask(false)} run={async () => { await fallBack(); toast(`The state of revision ${c.falls_back_to} is back.`); }}>
				<p>What revision {c.revision} changed is taken back, as a new revision with the state of revision {c.falls_back_to}.</p>
			</Confirm>}
		</section>
	);
}

/** Not beside the form it is about, nor on the page that lists it all. */
function Unsaved() {
	const here = route.value.path;
	const others = draft.value.filter((e) => here[0] !== 'config' || e.id !== here.slice(1).map(encodeURIComponent).join('/'));

	if (!others.length || here[0] === 'changes')
		return null;
	return (
		<section class="banner" aria-label="Changes not saved">
			<Icon name="edit" />
			<p class="grow">{plural(others.length, 'object')} changed, not saved.</p>
			<a class="btn small" href={href(['changes'])}>Review</a>
		</section>
	);
}
