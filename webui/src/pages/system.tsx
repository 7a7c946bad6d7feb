// The system itself: which engines run, and its backup.
import { useEffect, useState } from 'preact/hooks';
import { get, message, Problem, request } from '../lib/api';
import { subscribe } from '../lib/feed';
import { plural, sentence, words } from '../lib/format';
import { capabilities, isAdmin } from '../lib/session';
import { CertificateCard } from './certificate';
import { Icon } from '../ui/icons';
import { Badge, Confirm, Empty, Note, Page, TextField, toast, useLoad, Wait } from '../ui/parts';
import { Table } from '../ui/table';

interface Engine { name: string; state: 'up' | 'off' | 'failed'; address: string; port: number; overridden?: boolean; reason: string }
interface Clock { state: string; source: string; stratum: number; steps: number }

const ENGINES: Record<string, string> = { admin: 'Administration', admin_tls: 'Administration (TLS)', feed: 'Event feed', feed_tls: 'Event feed (TLS)', tftp: 'TFTP', hfs: 'Phone files by HTTP', ntp: 'Time (SNTP)', sip: 'SIP', sccp: 'SCCP' };
const engineName = (e: Engine) => ENGINES[e.name] ?? sentence(e.name);
const where = (e: Engine) => e.state === 'up' && (e.address.endsWith(`:${e.port}`) ? e.address : `${e.address} port ${e.port}`);
const LIMITS: Record<string, string> = { ephones: 'SCCP phones', pools: 'SIP phones', dns: 'Directory numbers of each kind' };
const STATES = { up: 'Runs', off: 'Off', failed: 'Failed' };
const inStep = (c: Clock) => !/^un/.test(c.state);

export function Status() {
	const engines = useLoad((s) => get<{ items: Engine[] }>('/status/engines', undefined, s).then((a) => a.data.items), []);
	const clock = useLoad((s) => get<Clock>('/clock', undefined, s).then((a) => a.data), []);
	const caps = capabilities.value;

	useEffect(() => subscribe((e) => {
		if (/\.engine\.|\.clock\.|\.config\./.test(e.type)) {
			engines.reload();
			clock.reload();
		}
	}, engines.reload), []);
	return (
		<Page title="Status" lead="What runs, on which address, and what to do about what does not.">
			<div class="stack wide">
				{clock.data && !inStep(clock.data) && <Note tone="warn"><b>The system clock is not synchronised.</b> Phones that ask for the time are told so and may not take it. Run chrony or systemd-timesyncd on this machine.</Note>}
				<Wait on={engines} what="status">
					{(list) => (
						<>
							{list.filter((e) => e.state !== 'up' && e.reason).map((e) => <Note tone="warn" key={e.name}><b>{engineName(e)} is off.</b> {sentence(e.reason)}</Note>)}
							<section class="card">
								<header><h2>Engines</h2></header>
								<Table label="Engines" rows={list} id={(e) => e.name} columns={[
									{ id: 'name', label: 'Engine', head: true, render: engineName },
									{ id: 'state', label: 'State', render: (e) => <Badge tone={e.state === 'up' ? 'ok' : e.state === 'off' ? 'warn' : 'bad'}>{STATES[e.state] ?? e.state}</Badge> },
									{ id: 'address', label: 'Listens on', render: (e) => where(e) && <span class="mono">{where(e)}</span> },
									{ id: 'note', label: 'Note', render: (e) => (e.state === 'up' ? e.overridden && 'Set by a start option, not by the configuration' : sentence(e.reason)) },
								]} empty={<Empty icon="heart" title="No engine reports"><p>Look at the log of the server.</p></Empty>} />
							</section>
						</>
					)}
				</Wait>
				<section class="card">
					<header><h2>System</h2></header>
					<dl class="facts pad">
						{caps.version && <div><dt>Version</dt><dd>{caps.version}</dd></div>}
						{clock.data && <div><dt>System clock</dt><dd>{sentence(clock.data.state)}{inStep(clock.data) && `, stratum ${clock.data.stratum}`} <span class="muted">(by {clock.data.source})</span></dd></div>}
						{Object.entries(caps.limits ?? {}).map(([k, v]) => typeof v === 'number' && <div key={k}><dt>{LIMITS[k] ?? words(k)}, at most</dt><dd class="num">{v}</dd></div>)}
					</dl>
				</section>
				{isAdmin() && <CertificateCard />}
			</div>
		</Page>
	);
}

interface Report { objects?: number; missing_secrets?: string[]; revision?: number }

export function Backup() {
	const [passphrase, setPassphrase] = useState('');
	const [file, setFile] = useState<File | null>(null);
	const [opening, setOpening] = useState('');
	const [error, setError] = useState('');
	const [report, setReport] = useState<Report | null>(null);
	const save = async () => {
		try {
			const { data } = await request<Blob>('GET', '/backup', { raw: true, ...(passphrase && { headers: { 'Backup-Passphrase': passphrase } }) });
			const link = document.createElement('a');

			link.href = URL.createObjectURL(data);
			link.download = `switchroom-${new Date().toISOString().slice(0, 10)}.json`;
			link.click();
			setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
			toast('The backup is made.');
		} catch (e) {
			toast(message(e), 'bad');
		}
	};
	const restore = async (dry: boolean) => {
		const { data } = await request<Report>('POST', '/backup', { text: file!, ...(opening && { headers: { 'Backup-Passphrase': opening } }), ...(dry && { query: { dry_run: true } }) });

		return data;
	};
	const look = async (e: Event) => {
		e.preventDefault();
		setError('');
		try {
			setReport(await restore(true));
		} catch (x) {
			setError(x instanceof Problem && x.errors[0]?.detail ? x.errors[0].detail : message(x));
		}
	};

	return (
		<Page title="Backup" lead="The whole configuration in one file, taken while everything runs.">
			<div class="columns even">
				<section class="card">
					<header><h2>Download</h2></header>
					<form class="pad stack" onSubmit={(e) => { e.preventDefault(); void save(); }}>
						<TextField id="passphrase" label="Passphrase" type="password" autocomplete="new-password" value={passphrase} set={setPassphrase} help="With it the passwords of phones are in the file, encrypted. Without it they are left out, and a restore names what is missing." />
						<div><button class="btn primary"><Icon name="download" />Download backup</button></div>
					</form>
				</section>
				{isAdmin() && (
					<section class="card">
						<header><h2>Restore</h2></header>
						<form class="pad stack" onSubmit={look}>
							{error && <Note tone="bad">{error}</Note>}
							<div class="field"><label for="archive">Backup file</label><input id="archive" type="file" accept=".json,application/json" onChange={(e) => setFile(e.currentTarget.files?.[0] ?? null)} /></div>
							<TextField id="opening" label="Its passphrase" type="password" autocomplete="off" value={opening} set={setOpening} help="If it was made with one." />
							<div><button class="btn" disabled={!file}><Icon name="eye" />See what it would bring back</button></div>
						</form>
					</section>
				)}
			</div>
			{report && (
				<Confirm title="Restore this backup?" action="Restore" danger onClose={() => setReport(null)} run={async () => { const done = await restore(false); toast(`Restored as revision ${done.revision ?? ''}.`, 'ok', { text: 'See what changed', href: `#/revisions/${done.revision ?? ''}` }); }}>
					<p>It holds {plural(report.objects ?? 0, 'object')}. It replaces the present configuration as a new revision; the one before can be brought back.</p>
					{report.missing_secrets && report.missing_secrets.length > 0 && <Note tone="warn"><p>Passwords that are not in the file:</p><p><code>{report.missing_secrets.slice(0, 20).join('  ')}</code>{report.missing_secrets.length > 20 && ` and ${report.missing_secrets.length - 20} more`}</p></Note>}
				</Confirm>
			)}
		</Page>
	);
}
