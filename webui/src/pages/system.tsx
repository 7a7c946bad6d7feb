// The system itself: which engines run, and its backup.
import { useEffect, useState } from 'preact/hooks';
import { get, message, post, Problem, request } from '../lib/api';
import { subscribe } from '../lib/feed';
import { bytes, dateTime, plural, sentence } from '../lib/format';
import { capabilities, mayWrite } from '../lib/session';
import { Icon } from '../ui/icons';
import { Badge, Confirm, Empty, Note, Page, TextField, toast, useLoad, Wait } from '../ui/parts';
import { Table } from '../ui/table';

interface Engine { name: string; label?: string; state: string; address?: string; addresses?: string[]; reason?: string | null; cure?: string | null; note?: string | null }
interface System { version?: string; started_at?: string; revision?: number; engines?: Engine[]; phones?: Record<string, number>; clock?: { state?: string; text?: string }; store?: { bytes?: number; map_size?: number }; events?: { last?: number; lost?: number } }

export function Status() {
	const sys = useLoad((s) => get<System>('/status/system', undefined, s).then((a) => a.data), []);

	useEffect(() => subscribe((e) => { if (/engine\.|clock\.|config\./.test(e.type)) sys.reload(); }, sys.reload), []);
	return (
		<Page title="Status" lead="What runs, on which address, and what to do about what does not.">
			<Wait on={sys} what="status">
				{(d) => (
					<div class="stack wide">
						{(d.engines ?? []).filter((e) => e.state === 'down' || e.state === 'failed').map((e) => <Note tone="warn" key={e.name}><p><b>{e.label ?? e.name} is off.</b> {sentence(e.reason ?? '')}</p>{e.cure && <p>{e.cure}</p>}</Note>)}
						<section class="card">
							<header><h2>Engines</h2></header>
							<Table label="Engines" rows={d.engines ?? []} id={(e) => e.name} columns={[
								{ id: 'name', label: 'Engine', head: true, render: (e) => e.label ?? e.name },
								{ id: 'state', label: 'State', render: (e) => <Badge tone={e.state === 'up' ? 'ok' : e.state === 'off' || e.state === 'disabled' ? 'idle' : 'bad'}>{e.state === 'up' ? 'Runs' : e.state === 'off' || e.state === 'disabled' ? 'Switched off' : 'Off'}</Badge> },
								{ id: 'address', label: 'Address', render: (e) => <span class="mono">{e.addresses?.join(', ') ?? e.address}</span> },
								{ id: 'note', label: 'Note', render: (e) => e.cure ?? e.note ?? e.reason },
							]} empty={<Empty icon="heart" title="No engine reports"><p>Look at the log of the server.</p></Empty>} />
						</section>
						<section class="card">
							<header><h2>System</h2></header>
							<dl class="facts pad">
								<div><dt>Version</dt><dd>{d.version ?? capabilities.value.version}</dd></div>
								<div><dt>Running since</dt><dd>{dateTime(d.started_at)}</dd></div>
								<div><dt>Revision</dt><dd><a href={`#/revisions/${d.revision ?? ''}`}>{d.revision}</a></dd></div>
								{d.clock && <div><dt>Clock</dt><dd>{d.clock.text ?? d.clock.state}</dd></div>}
								{d.events && <div><dt>Events</dt><dd>{d.events.last}{d.events.lost ? `, ${d.events.lost} lost` : ''}</dd></div>}
								{d.store?.bytes !== undefined && <div><dt>Store</dt><dd>{bytes(d.store.bytes)}</dd></div>}
								{Object.entries(capabilities.value.limits ?? {}).map(([k, v]) => typeof v === 'number' && <div key={k}><dt>At most {k}</dt><dd>{v}</dd></div>)}
							</dl>
						</section>
					</div>
				)}
			</Wait>
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
			const { data } = await request<Blob>('POST', '/backup', { body: passphrase ? { passphrase } : {}, raw: true });
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
		const archive = await file!.text();
		const { data } = await post<Report>('/backup/restore', { archive, ...(opening && { passphrase: opening }) }, dry ? { dry_run: true } : {});

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
				{mayWrite() && (
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
					<p>It holds {plural(report.objects ?? 0, 'object')}. The configuration of now is replaced, as a new revision: the one before can be brought back.</p>
					{report.missing_secrets && report.missing_secrets.length > 0 && <Note tone="warn"><p>Passwords that are not in the file:</p><p><code>{report.missing_secrets.slice(0, 20).join('  ')}</code>{report.missing_secrets.length > 20 && ` and ${report.missing_secrets.length - 20} more`}</p></Note>}
				</Confirm>
			)}
		</Page>
	);
}
