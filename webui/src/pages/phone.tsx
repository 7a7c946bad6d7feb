// One phone: what is wrong with it, what it did, its lines and files, and what can be done.
import { useEffect, useState } from 'preact/hooks';
import { get, message } from '../lib/api';
import { subscribe } from '../lib/feed';
import { ago, bytes, dateTime, plural, timeOfDay } from '../lib/format';
import { configHref, deviceText, nameOf, newestFirst, protocolText, stateOf, type Phone, type Step } from '../lib/phones';
import { href } from '../lib/router';
import { mayWrite } from '../lib/session';
import { Icon } from '../ui/icons';
import { Badge, Confirm, Dialog, Empty, Failed, Note, Page, toast, useLoad, Wait } from '../ui/parts';
import { act } from './phones';

interface PhoneFile { name: string; size?: number; version_stamp?: string; sha256?: string }

const path = (device: string) => `/phones/${encodeURIComponent(device)}`;

export function PhonePage({ device }: { device: string }) {
	const phone = useLoad((s) => get<Phone>(path(device), undefined, s).then((a) => a.data), [device]);
	const steps = useLoad((s) => get<{ steps: Step[] }>(`${path(device)}/timeline`, undefined, s).then((a) => a.data.steps), [device]);
	const [asking, ask] = useState<'restart' | 'reset' | null>(null);

	useEffect(() => {
		let timer = 0;
		const soon = () => {
			timer ||= window.setTimeout(() => {
				timer = 0;
				phone.reload();
				steps.reload();
			}, 200);
		};
		const off = subscribe((e) => {
			if (e.subject === phone.data?.device || e.subject === device || e.type === 'switchroom.config.committed')
				soon();
		}, soon);

		return () => { off(); clearTimeout(timer); };
	}, [device, phone.data?.device]);

	const p = phone.data;
	const title = p ? nameOf(p) || deviceText(p.device) : deviceText(device);
	const registered = p?.state === 'registered';
	const actions = p && (
		<>
			{registered && mayWrite() && <><button class="btn" onClick={() => ask('restart')}><Icon name="restart" />Restart</button><button class="btn" onClick={() => ask('reset')}>Reset</button></>}
			{p.configured && <a class="btn" href={configHref(p)!}><Icon name="edit" />Configuration</a>}
			{!p.configured && mayWrite() && /^(SEP|ATA)/.test(p.device) && <a class="btn primary" href={href(['phones'], { add: '1', mac: p.device, model: p.model ?? '', proto: p.protocol ?? '' })}><Icon name="plus" />Add this phone</a>}
		</>
	);

	return (
		<Page title={title} crumbs={[{ text: 'Phones', href: href(['phones']) }]} actions={actions} lead={p && nameOf(p) ? <span class="mono">{p.device}</span> : undefined}>
			<Wait on={phone} what="phone">
				{(x) => (
					<div class="stack wide">
						<VerdictBox phone={x} />
						<div class="columns">
							<Timeline steps={steps.data} error={steps.error} />
							<div class="stack">
								<Facts phone={x} />
								<Lines phone={x} />
								<Files device={x.device} />
							</div>
						</div>
					</div>
				)}
			</Wait>
			{asking && p && (
				<Confirm title={`${asking === 'restart' ? 'Restart' : 'Reset'} this phone?`} action={asking === 'restart' ? 'Restart' : 'Reset'} onClose={() => ask(null)}
					run={() => act(p.device, asking).then(() => toast(`The phone was told to ${asking}.`))}>
					<p>{asking === 'restart' ? 'It registers again and reads its file; this takes some seconds.' : 'It starts from the beginning, with network and firmware; this can take minutes.'} A call in progress may break off.</p>
				</Confirm>
			)}
		</Page>
	);
}

function VerdictBox({ phone }: { phone: Phone }) {
	const v = phone.verdict;
	const s = stateOf(phone);
	const tone = v?.severity === 'error' ? 'error' : v?.severity === 'warn' || s.tone === 'warn' ? 'warn' : s.tone === 'ok' ? 'ok' : '';

	return (
		<section class={`verdict ${tone}`} aria-label="Verdict">
			<Icon name={tone === 'ok' ? 'check' : tone ? 'alert' : 'info'} />
			<div>
				<p>{!v?.text.startsWith(s.text) && <b>{s.text}. </b>}{v?.text}</p>
				{v?.action && <p class="small">{v.action}</p>}
			</div>
		</section>
	);
}

function Facts({ phone: p }: { phone: Phone }) {
	const facts: [string, preact.ComponentChildren][] = [
		['Device', <span class="mono">{p.device}</span>],
		['Protocol', [protocolText(p.protocol), p.transport?.toUpperCase()].filter(Boolean).join(' over ')],
		['Model', p.model],
		['Firmware', p.firmware],
		['Address', p.address && <span class="mono">{p.address}{p.port ? `:${p.port}` : ''}</span>],
		['Registered since', p.registered_at && dateTime(p.registered_at)],
		['Registration ends', p.expires_at && dateTime(p.expires_at)],
		['Last seen', p.last_seen && `${ago(p.last_seen)}, ${dateTime(p.last_seen)}`],
		['User agent', p.user_agent],
	];

	return (
		<section class="card">
			<header><h2>Facts</h2><Badge tone={stateOf(p).tone}>{stateOf(p).text}</Badge></header>
			<dl class="facts pad">{facts.filter(([, v]) => v).map(([k, v]) => <div key={k}><dt>{k}</dt><dd>{v}</dd></div>)}</dl>
		</section>
	);
}

function Lines({ phone: p }: { phone: Phone }) {
	const list = p.lines ?? [];

	if (!list.length)
		return null;
	return (
		<section class="card">
			<header><h2>Lines</h2></header>
			<table aria-label="Lines">
				<thead><tr><th scope="col">Button</th><th scope="col">Number</th><th scope="col">Label</th></tr></thead>
				<tbody>{list.map((l) => <tr key={l.position}><td class="num">{l.position}</td><th scope="row" class="num"><a href={href(['config', ...(p.configured?.resource === 'ephones' ? ['ephone-dns'] : ['voice-register', 'dns']), String(l.dn)])}>{l.number ?? `Number ${l.dn}`}</a></th><td>{l.label}</td></tr>)}</tbody>
			</table>
		</section>
	);
}

function Timeline({ steps, error }: { steps: Step[] | undefined; error: unknown }) {
	const list = newestFirst(steps ?? []);
	let day = '';

	return (
		<section class="card" aria-label="Timeline">
			<header><h2>What it did</h2>{list.length > 0 && <span class="muted small">{plural(list.length, 'step')}, newest first</span>}</header>
			{!steps && error ? <Failed error={error} /> : list.length === 0
				? <Empty icon="activity" title="Nothing seen yet"><p>When the phone asks for a file, the time or a registration, each step appears here at once. If nothing comes, look at its network cable, its VLAN, and DHCP option 150.</p></Empty>
				: (
					<ol class="timeline">
						{list.map((s, i) => {
							const d = new Date(s.at).toLocaleDateString();
							const turn = d !== day && d !== new Date().toLocaleDateString();

							day = d;
							return (
								<li key={`${s.at}${i}`} class={s.severity === 'info' ? (s.step === 'registered' ? 'ok' : '') : `sev-${s.severity}`}>
									<time dateTime={s.at} title={dateTime(s.at)}>{timeOfDay(s.at)}{turn && <><br />{d}</>}</time>
									<div>{s.severity !== 'info' && <span class="hidden">{s.severity === 'warn' ? 'Warning: ' : 'Error: '}</span>}{s.text}{(s.count ?? 1) > 1 && <span class="muted small"> {s.count} times, last at {timeOfDay(s.last_at ?? s.at)}</span>}</div>
								</li>
							);
						})}
					</ol>
				)}
		</section>
	);
}

function Files({ device }: { device: string }) {
	const files = useLoad((s) => get<{ items: PhoneFile[] }>(`${path(device)}/files`, undefined, s).then((a) => a.data.items), [device]);
	const [open, setOpen] = useState<PhoneFile | null>(null);

	if (!files.data?.length)
		return null;
	return (
		<section class="card">
			<header><h2>Files made for it</h2></header>
			<table aria-label="Files"><tbody>
				{files.data.map((f) => (
					<tr key={f.name}>
						<th scope="row"><code>{f.name}</code><div class="small muted">{[f.size !== undefined && bytes(f.size), f.version_stamp && `version stamp ${f.version_stamp}`].filter(Boolean).join(', ')}</div></th>
						<td class="acts"><button class="btn small" onClick={() => setOpen(f)} aria-label={`Look into ${f.name}`}><Icon name="eye" />Look</button></td>
					</tr>
				))}
			</tbody></table>
			{open && <FileView device={device} file={open} onClose={() => setOpen(null)} />}
		</section>
	);
}

function FileView({ device, file, onClose }: { device: string; file: PhoneFile; onClose: () => void }) {
	const text = useLoad(async (s) => {
		const { data } = await get<{ text: string }>(`${path(device)}/files/${encodeURIComponent(file.name)}`, undefined, s);

		return data.text;
	}, [device, file.name]);

	return (
		<Dialog title={file.name} wide onClose={onClose} footer={<button class="btn" onClick={onClose}>Close</button>}>
			{text.error ? <Note tone="bad">{message(text.error)}</Note> : null}
			<Note>Passwords are masked here; the phone gets them.</Note>
			<pre class="filebox" tabIndex={0} aria-label={`Content of ${file.name}`}>{text.data}</pre>
		</Dialog>
	);
}
