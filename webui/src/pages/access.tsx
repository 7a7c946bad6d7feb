// Access: accounts, sessions and tokens; and the audit log.
import { useState } from 'preact/hooks';
import { get, message, post, Problem, request, type Page as Paged } from '../lib/api';
import { ago, dateTime } from '../lib/format';
import type { ObjectChange } from '../lib/changes';
import type { Json } from '../lib/json';
import { holds } from '../lib/mac';
import { isAdmin, left, session, signOut } from '../lib/session';
import { Difference } from '../form/preview';
import { Icon } from '../ui/icons';
import { Badge, Confirm, Dialog, Empty, Note, Page, Search, Segments, TextField, toast, useLoad, Wait } from '../ui/parts';
import { Table } from '../ui/table';

type Role = 'admin' | 'operator' | 'viewer';
const ROLES: { value: Role; text: string }[] = [{ value: 'admin', text: 'Admin' }, { value: 'operator', text: 'Operator' }, { value: 'viewer', text: 'Viewer' }];
const ROLE_HELP: Record<Role, string> = { admin: 'May do everything.', operator: 'May change the configuration and restart phones.', viewer: 'May look.' };

interface Token { id: string; name: string; role: Role; expires_at: string | null; last_used_at: string | null; last_address: string; addresses: string[]; token?: string }
interface Account { username: string; role: Role; enabled: boolean; has_password: boolean; last_sign_in_at: string | null }
interface SessionRow { id: string; username: string; address: string; user_agent: string; created_at: string; last_used_at: string }

const list = <T,>(path: string) => (s: AbortSignal) => get<Paged<T> | T[]>(path, undefined, s).then((a) => Array.isArray(a.data) ? a.data : a.data.items);

export function Tokens() {
	const tokens = useLoad(list<Token>('/tokens'), []);
	const [adding, setAdding] = useState(false);
	const [gone, setGone] = useState<Token | null>(null);
	const add = <button class="btn primary" onClick={() => setAdding(true)}><Icon name="plus" />New token</button>;

	return (
		<Page title="Tokens" lead="Bearer tokens for scripts and monitoring. Each has a name and a role, and is shown once." actions={add}>
			<div class="card">
				<Wait on={tokens} what="tokens">
					{(rows) => <Table label="Tokens" rows={rows} id={(t) => t.id} columns={[
						{ id: 'name', label: 'Name', head: true, sort: (t) => t.name, render: (t) => t.name },
						{ id: 'role', label: 'Role', sort: (t) => t.role, render: (t) => <span class="tag">{t.role}</span> },
						{ id: 'expires', label: 'Expires', sort: (t) => t.expires_at ?? '9', render: (t) => t.expires_at ? dateTime(t.expires_at) : <span class="muted">never</span> },
						{ id: 'used', label: 'Last used', render: (t) => t.last_used_at ? `${ago(t.last_used_at)} from ${t.last_address}` : <span class="muted">not yet</span> },
						{ id: 'addresses', label: 'Only from', render: (t) => t.addresses?.length ? <span class="mono">{t.addresses.join(', ')}</span> : <span class="muted">anywhere</span> },
						{ id: 'acts', label: '', class: 'acts', render: (t) => <button class="btn small danger" onClick={() => setGone(t)} aria-label={`Revoke ${t.name}`}>Revoke</button> },
					]} empty={<Empty icon="key" title="No tokens"><p>A script signs in with a token instead of a person's password. A viewer token is enough for monitoring.</p>{add}</Empty>} />}
				</Wait>
			</div>
			{adding && <NewToken onClose={() => setAdding(false)} onDone={tokens.reload} />}
			{gone && <Confirm title={`Revoke ${gone.name}?`} action="Revoke" danger onClose={() => setGone(null)} run={() => request('DELETE', `/tokens/${encodeURIComponent(gone.id)}`).then(tokens.reload)}><p>What uses it is refused from now on, and its open feeds are closed.</p></Confirm>}
		</Page>
	);
}

function NewToken({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
	const [name, setName] = useState('');
	const [role, setRole] = useState<Role>('viewer');
	const [days, setDays] = useState('365');
	const [addresses, setAddresses] = useState('');
	const [error, setError] = useState('');
	const [made, setMade] = useState('');
	const submit = async () => {
		try {
			const { data } = await post<Token>('/tokens', {
				name: name.trim(), role,
				...(days && { expires_at: new Date(Date.now() + Number(days) * 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z') }),
				...(addresses.trim() && { addresses: addresses.split(/[\s,]+/).filter(Boolean) }),
			});

			setMade(data.token ?? '');
			onDone();
		} catch (e) {
			setError(e instanceof Problem && e.errors[0]?.detail ? e.errors[0].detail : message(e));
		}
	};

	if (made)
		return (
			<Dialog title="Token made" onClose={onClose} footer={<button class="btn primary" onClick={onClose}>Done</button>}>
				<Note tone="warn">Copy it now: it is kept as a hash only and never shown again.</Note>
				<div class="secret" data-testid="token">{made}</div>
				<div><button class="btn" onClick={() => navigator.clipboard?.writeText(made).then(() => toast('Copied.'), () => toast('The browser did not allow to copy; select the text.', 'bad'))}><Icon name="copy" />Copy</button></div>
				<p class="help">Send it as <code>Authorization: Bearer …</code></p>
			</Dialog>
		);
	return (
		<Dialog title="New token" onClose={onClose} onSubmit={() => void submit()} footer={<><button type="button" class="btn" onClick={onClose}>Cancel</button><button class="btn primary" disabled={!name.trim()}>Make token</button></>}>
			{error && <Note tone="bad">{error}</Note>}
			<TextField id="token-name" label="Name" value={name} set={setName} required help="What uses it, such as monitoring or backup-script: letters, digits and . _ @ -" />
			<div class="field"><span class="label">Role</span><div><Segments name="role" label="Role" value={role} set={setRole} options={ROLES} /></div><div class="help">{ROLE_HELP[role]}</div></div>
			<div class="field"><label for="token-days">Expires</label><select id="token-days" value={days} onChange={(e) => setDays(e.currentTarget.value)}><option value="30">in 30 days</option><option value="90">in 90 days</option><option value="365">in a year</option><option value="">never</option></select></div>
			<TextField id="token-addresses" label="Only from these addresses" mono value={addresses} set={setAddresses} help="Optional: addresses or networks, such as 10.20.0.0/24, separated by blanks." />
		</Dialog>
	);
}

export function Accounts() {
	const accounts = useLoad((s) => isAdmin() ? list<Account>('/accounts')(s) : Promise.resolve([]), []);
	const me: Account = { username: session.value!.username, role: session.value!.role, enabled: true, has_password: true, last_sign_in_at: null };
	const sessions = useLoad(list<SessionRow>(isAdmin() ? '/sessions?all=true' : '/sessions'), []);
	const [edit, setEdit] = useState<Account | 'new' | null>(null);
	const [gone, setGone] = useState<Account | null>(null);
	const close = async (s: SessionRow) => {
		if (s.id === session.value?.id)
			return signOut();
		await request('DELETE', `/sessions/${encodeURIComponent(s.id)}`).catch((e) => toast(message(e), 'bad'));
		sessions.reload();
	};

	return (
		<Page title="Accounts" lead="People who may sign in, and where they are signed in." actions={
			<>
				<button class="btn" onClick={() => setEdit(me)}><Icon name="key" />Change my password</button>
				{isAdmin() && <button class="btn primary" onClick={() => setEdit('new')}><Icon name="plus" />Add an account</button>}
			</>
		}>
			<div class="stack wide">
				{isAdmin() && <section class="card">
					<header><h2>Accounts</h2></header>
					<Wait on={accounts} what="accounts">
						{(rows) => <Table label="Accounts" rows={rows} id={(a) => a.username} columns={[
							{ id: 'username', label: 'User name', head: true, sort: (a) => a.username, render: (a) => <>{a.username}{a.username === session.value?.username && <span class="muted"> (you)</span>}</> },
							{ id: 'role', label: 'Role', sort: (a) => a.role, render: (a) => <span class="tag">{a.role}</span> },
							{ id: 'state', label: 'State', render: (a) => <Badge tone={a.enabled ? 'ok' : 'idle'}>{a.enabled ? 'Active' : a.has_password ? 'Disabled' : 'Has no password'}</Badge> },
							{ id: 'last', label: 'Last sign-in', render: (a) => a.last_sign_in_at ? ago(a.last_sign_in_at) : '' },
							{ id: 'acts', label: '', class: 'acts', render: (a) => (
								a.username !== me.username && <span class="row one end"><button class="btn small" onClick={() => setEdit(a)} aria-label={`Edit ${a.username}`}>Edit</button>
									<button class="btn small danger" onClick={() => setGone(a)} aria-label={`Delete ${a.username}`}>Delete</button></span>
							) },
						]} empty={<Empty icon="person" title="No accounts"><p>Only tokens can be used.</p></Empty>} />}
					</Wait>
				</section>}
				<section class="card">
					<header><h2>Signed in now</h2></header>
					<Wait on={sessions} what="sessions">
						{(rows) => <Table label="Sessions" rows={rows} id={(s) => s.id} columns={[
							{ id: 'who', label: 'Who', head: true, render: (s) => <>{s.username}{s.id === session.value?.id && <span class="muted"> (this browser)</span>}</> },
							{ id: 'from', label: 'From', render: (s) => <span class="mono">{s.address}</span> },
							{ id: 'since', label: 'Since', render: (s) => dateTime(s.created_at) },
							{ id: 'used', label: 'Last used', render: (s) => ago(s.last_used_at) },
							{ id: 'acts', label: '', class: 'acts', render: (s) => <button class="btn small" onClick={() => void close(s)} aria-label={`Sign out ${s.username} at ${s.address ?? 'unknown'}`}>Sign out</button> },
						]} empty={<Empty icon="person" title="Nobody"><p>No session is open.</p></Empty>} />}
					</Wait>
				</section>
			</div>
			{edit && <EditAccount account={edit === 'new' ? null : edit} onClose={() => setEdit(null)} onDone={() => { setEdit(null); accounts.reload(); }} />}
			{gone && <Confirm title={`Delete ${gone.username}?`} action="Delete" danger onClose={() => setGone(null)} run={() => request('DELETE', `/accounts/${encodeURIComponent(gone.username)}`).then(accounts.reload)}><p>The account is signed out everywhere at once.</p></Confirm>}
		</Page>
	);
}

function EditAccount({ account, onClose, onDone }: { account: Account | null; onClose: () => void; onDone: () => void }) {
	const [username, setUsername] = useState(account?.username ?? '');
	const [password, setPassword] = useState('');
	const [role, setRole] = useState<Role>(account?.role ?? 'operator');
	const [enabled, setEnabled] = useState(account?.enabled ?? true);
	const [current, setCurrent] = useState('');
	const [error, setError] = useState('');
	const own = account?.username === session.value?.username;
	const submit = async () => {
		const path = `/accounts/${encodeURIComponent(username.trim())}`;

		try {
			if (own) {
				await request('PUT', '/sessions/current/password', { body: { current_password: current, password } });
				left();
				toast('Your password is changed. Sign in with the new one.');
				return;
			}
			if (account)
				await request('PATCH', path, { body: { role, ...(password && { password }), enabled } });
			else
				await post('/accounts', { username: username.trim(), role, password });
			toast('Saved.');
			onDone();
		} catch (e) {
			setError(e instanceof Problem && e.errors[0]?.detail ? e.errors[0].detail : message(e));
		}
	};

	return (
		<Dialog title={account ? `Account ${account.username}` : 'Add an account'} onClose={onClose} onSubmit={() => void submit()} footer={<><button type="button" class="btn" onClick={onClose}>Cancel</button><button class="btn primary" disabled={own ? !current || !password : !account && (!username.trim() || !password)}>Save</button></>}>
			{error && <Note tone="bad">{error}</Note>}
			{!account && <TextField id="account-name" label="User name" value={username} set={setUsername} required />}
			{own && <TextField id="account-current" label="Current password" type="password" autocomplete="current-password" value={current} set={setCurrent} />}
			<TextField id="account-password" label={account ? 'New password' : 'Password'} type="password" autocomplete="new-password" value={password} set={setPassword} help={account && !own ? 'Leave empty to keep the old one. At least 8 characters.' : 'At least 8 characters. All your sessions end; you sign in anew.'} />
			{!own && <div class="field"><span class="label">Role</span><div><Segments name="role" label="Role" value={role} set={setRole} options={ROLES} /></div><div class="help">{ROLE_HELP[role]}</div></div>}
			{account && !own && <label class="check"><input type="checkbox" checked={enabled} onChange={(e) => setEnabled(e.currentTarget.checked)} /> <span>May sign in</span></label>}
		</Dialog>
	);
}

interface AuditRow { id: number; at: string; who: string; address: string; action: string; path: string; detail?: Json & { changes?: ObjectChange[] } }

export function Audit() {
	const rows = useLoad((s) => get<Paged<AuditRow>>('/audit', { limit: 500 }, s).then((a) => a.data.items), []);
	const [text, setText] = useState('');
	const [open, setOpen] = useState<AuditRow | null>(null);
	const shown = (rows.data ?? []).filter((r) => holds(r, text));

	return (
		<Page title="Audit log" lead="Every write: who, from where, before and after.">
			<div class="card">
				<header><Search label="Search the audit log" placeholder="Person, address, path" value={text} set={setText} /></header>
				<Wait on={rows} what="audit log">
					{() => <Table label="Audit log" rows={shown} id={(r) => String(r.id)} foot={`${shown.length} shown`} columns={[
						{ id: 'time', label: 'When', class: 'nowrap', render: (r) => <time dateTime={r.at}>{dateTime(r.at)}</time> },
						{ id: 'who', label: 'Who', head: true, render: (r) => r.who },
						{ id: 'from', label: 'From', render: (r) => <span class="mono muted nowrap">{r.address}</span> },
						{ id: 'what', label: 'What', render: (r) => <><span class="tag">{r.action}</span> <code>{r.path}</code></> },
						{ id: 'acts', label: '', class: 'acts', render: (r) => r.detail && <button class="btn small" onClick={() => setOpen(r)} aria-label={`Details of ${r.id}: ${r.action}`}>Details</button> },
					]} empty={<Empty icon="shield" title={text ? 'Nothing matches' : 'No write yet'}><p>{text ? 'Try a shorter search.' : 'Each change by a person or a token is written down here.'}</p></Empty>} />}
				</Wait>
			</div>
			{open && (
				<Dialog title={open.action} wide onClose={() => setOpen(null)} footer={<button class="btn" onClick={() => setOpen(null)}>Close</button>}>
					<p class="muted">{open.who}, {dateTime(open.at)} {open.address && <>from <span class="mono">{open.address}</span></>}</p>
					<p><code>{open.path}</code></p>
					{open.detail?.changes ? <Difference changes={open.detail.changes} /> : <pre class="filebox" tabIndex={0} aria-label="Detail">{JSON.stringify(open.detail, null, 2)}</pre>}
				</Dialog>
			)}
		</Page>
	);
}
