// Before anybody is signed in: set-up of a new system, and sign-in.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { message, post, Problem } from '../lib/api';
import { begin, signIn } from '../lib/session';
import { Note, TextField } from '../ui/parts';

function Door({ title, lead, wide, children }: { title: string; lead: ComponentChildren; wide?: boolean; children: ComponentChildren }) {
	useEffect(() => { document.title = `${title} · Switchroom`; }, [title]);
	return (
		<div class={`door ${wide ? 'wide' : ''}`}>
			<main>
				<div class="brand"><img src="/favicon.svg" alt="" />Switchroom</div>
				<div class="card pad">
					<h1>{title}</h1>
					<p class="lead">{lead}</p>
					{children}
				</div>
			</main>
		</div>
	);
}

export function SignIn() {
	const [username, setUsername] = useState('');
	const [password, setPassword] = useState('');
	const [error, setError] = useState('');
	const [busy, setBusy] = useState(false);
	const submit = async (e: Event) => {
		e.preventDefault();
		setBusy(true);
		setError('');
		try {
			await signIn(username.trim(), password);
		} catch (x) {
			setError(x instanceof Problem && x.status === 401 ? 'User name or password is wrong.' : message(x));
			setBusy(false);
		}
	};

	return (
		<Door title="Sign in" lead="The telephone switch room of this site.">
			<form class="stack" novalidate onSubmit={submit}>
				{error && <Note tone="bad">{error}</Note>}
				<TextField id="username" label="User name" value={username} set={setUsername} autocomplete="username" required />
				<TextField id="password" label="Password" type="password" value={password} set={setPassword} autocomplete="current-password" required />
				<button class="btn primary" disabled={busy}>Sign in</button>
				<p class="help">Forgotten the password? On the machine itself, <code>switchroom reset-password</code> sets a new one.</p>
			</form>
		</Door>
	);
}

export function Unreachable() {
	return (
		<Door title="Switchroom does not answer" lead="The page is here, the server behind it is not. It may be starting, or stopped.">
			<button class="btn primary" onClick={() => void begin()}>Try again</button>
		</Door>
	);
}

const ZONES = (): string[] => {
	const list = (Intl as { supportedValuesOf?: (k: string) => string[] }).supportedValuesOf?.('timeZone') ?? [];

	return list.length ? list : [Intl.DateTimeFormat().resolvedOptions().timeZone];
};

const FIELD_IDS: Record<string, string> = { '/code': 'code', '/username': 'username', '/password': 'password', '/site/address': 'address', '/site/time_zone': 'zone' };

export function SetUp() {
	const [v, set] = useState({ code: '', username: 'admin', password: '', repeat: '', address: /^[\d.]+$|:/.test(location.hostname) ? location.hostname : '', zone: Intl.DateTimeFormat().resolvedOptions().timeZone, profile: 'site' });
	const [errors, setErrors] = useState<Record<string, string>>({});
	const [trouble, setTrouble] = useState('');
	const [busy, setBusy] = useState(false);
	const top = useRef<HTMLDivElement>(null);
	const put = (name: keyof typeof v) => (x: string) => set((old) => ({ ...old, [name]: x }));
	const submit = async (e: Event) => {
		e.preventDefault();
		const found: Record<string, string> = {};

		if (v.code.replace(/\W/g, '').length !== 8)
			found.code = 'The code has 8 letters and digits.';
		if (!v.username.trim())
			found.username = 'Choose a user name.';
		if (v.password.length < 8)
			found.password = 'At least 8 characters.';
		else if (v.password !== v.repeat)
			found.repeat = 'The two are not the same.';
		if (v.profile === 'site' && !v.address.trim())
			found.address = 'The phones need an address to register to.';
		setErrors(found);
		setTrouble('');
		if (Object.keys(found).length) {
			document.getElementById(Object.keys(found)[0]!)?.focus();
			return;
		}
		setBusy(true);
		try {
			await post('/setup', {
				code: v.code.replace(/\W/g, '').toUpperCase(), username: v.username.trim(), password: v.password,
				site: { address: v.address.trim() || undefined, time_zone: v.zone, profile: v.profile },
			});
			await signIn(v.username.trim(), v.password);
		} catch (x) {
			const faults = x instanceof Problem ? x.errors : [];

			setErrors(Object.fromEntries(faults.filter((f) => FIELD_IDS[f.field ?? '']).map((f) => [FIELD_IDS[f.field!]!, f.detail ?? ''])));
			setTrouble(message(x));
			setBusy(false);
			top.current?.focus();
		}
	};

	return (
		<Door wide title="Set up this system" lead="A minute of questions; everything can be changed later.">
			<form class="steps" novalidate onSubmit={submit}>
				<div ref={top} tabIndex={-1} hidden={!trouble}>{trouble && <Note tone="bad">{trouble}</Note>}</div>
				<section>
					<h2>Prove that this is your machine</h2>
					<TextField id="code" label="One-time code" value={v.code} set={put('code')} mono required error={errors.code} placeholder="XXXX XXXX"
						help="Switchroom printed it on the console and in its log when it started." />
				</section>
				<section>
					<h2>Your account</h2>
					<TextField id="username" label="User name" value={v.username} set={put('username')} autocomplete="username" required error={errors.username} />
					<div class="fields">
						<TextField id="password" label="Password" type="password" value={v.password} set={put('password')} autocomplete="new-password" required error={errors.password} help="At least 8 characters." />
						<TextField id="repeat" label="Password again" type="password" value={v.repeat} set={put('repeat')} autocomplete="new-password" required error={errors.repeat} />
					</div>
				</section>
				<section>
					<h2>The site</h2>
					<fieldset class="stack">
						<legend class="hidden">How to begin</legend>
						<label class="check"><input type="radio" name="profile" checked={v.profile === 'site'} onChange={() => put('profile')('site')} /><span><b>Ready for phones</b><br /><span class="help">Registration, phone files and time are switched on; SIP phones need a password.</span></span></label>
						<label class="check"><input type="radio" name="profile" checked={v.profile === 'empty'} onChange={() => put('profile')('empty')} /><span><b>Empty</b><br /><span class="help">Nothing configured: to take over a running configuration of a router.</span></span></label>
					</fieldset>
					<div class="fields">
						<TextField id="address" label="Address of this machine" value={v.address} set={put('address')} mono error={errors.address} placeholder="10.20.0.5" help="Where the phones reach it. Loopback is for tests only." />
						<div class="field">
							<label for="zone">Time zone</label>
							<select id="zone" value={v.zone} onChange={(e) => put('zone')(e.currentTarget.value)} aria-invalid={errors.zone ? 'true' : undefined}>
								{[...new Set([v.zone, ...ZONES()])].map((z) => <option key={z} value={z}>{z.replace(/_/g, ' ')}</option>)}
							</select>
							<div class="help">{errors.zone ?? 'What the phones show.'}</div>
						</div>
					</div>
				</section>
				<button class="btn primary" disabled={busy}>{busy ? 'Setting up …' : 'Set up'}</button>
			</form>
		</Door>
	);
}

