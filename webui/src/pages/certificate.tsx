// The TLS certificate: the one made at first start, or one's own.
import { useState } from 'preact/hooks';
import { get, message, Problem, request } from '../lib/api';
import { dateTime } from '../lib/format';
import { Icon } from '../ui/icons';
import { Badge, Confirm, Dialog, Note, toast, useLoad, Wait } from '../ui/parts';

interface Certificate { subject: string; issuer: string; fingerprint_sha256: string; key: string; self_signed: boolean; installed: boolean; not_before: string; not_after: string; names: string[] }

const SOON_MS = 30 * 86_400_000;
const path = '/tls-certificate';

export function CertificateCard() {
	const cert = useLoad((s) => get<Certificate>(path, undefined, s).then((a) => a.data), []);
	const [asking, ask] = useState<'install' | 'remove' | null>(null);
	const done = (text: string) => () => { toast(text); cert.reload(); };
	const c = cert.data;

	return (
		<section class="card" aria-label="Certificate">
			<header>
				<h2 class="grow">Certificate</h2>
				{c?.installed && <button class="btn small" onClick={() => ask('remove')}>Back to the built-in one</button>}
				<button class="btn small" onClick={() => ask('install')}>Install your own</button>
			</header>
			<div class="pad"><Wait on={cert} what="certificate">{(x) => <Facts cert={x} />}</Wait></div>
			{asking === 'install' && <Install onClose={() => ask(null)} onDone={done('The certificate is in force.')} />}
			{asking === 'remove' && (
				<Confirm title="Back to the built-in certificate?" action="Go back" danger onClose={() => ask(null)} run={() => request('DELETE', path).then(done('The built-in certificate is in force.'))}>
					<p>Your own certificate and its key are deleted here. Browsers will warn of the built-in one, which nobody else has signed.</p>
				</Confirm>
			)}
		</section>
	);
}

function Facts({ cert: c }: { cert: Certificate }) {
	const left = new Date(c.not_after).getTime() - Date.now();
	const facts: [string, preact.ComponentChildren][] = [
		['For', c.subject],
		['Issued by', c.self_signed ? 'itself (self-signed)' : c.issuer],
		['Names', <span class="mono">{c.names.join(', ')}</span>],
		['Key', c.key],
		['Valid until', <>{dateTime(c.not_after)} {left < SOON_MS && <Badge tone={left < 0 ? 'bad' : 'warn'}>{left < 0 ? 'Expired' : 'Soon'}</Badge>}</>],
		['Fingerprint (SHA-256)', <span class="mono small">{c.fingerprint_sha256}</span>],
	];

	return <dl class="facts">{facts.map(([k, v]) => <div key={k}><dt>{k}</dt><dd>{v}</dd></div>)}</dl>;
}

function Install({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
	const [pem, setPem] = useState('');
	const [error, setError] = useState('');
	const [busy, setBusy] = useState(false);
	const read = async (files: FileList | null) => setPem((await Promise.all([...files ?? []].map((f) => f.text()))).join('\n'));
	const submit = async () => {
		setBusy(true);
		setError('');
		try {
			await request('PUT', path, { text: pem });
			onClose();
			onDone();
		} catch (e) {
			setError(e instanceof Problem && e.errors[0]?.detail ? e.errors[0].detail : message(e));
			setBusy(false);
		}
	};

	return (
		<Dialog title="Install a certificate" wide onClose={onClose} onSubmit={() => void submit()} footer={
			<>
				<button type="button" class="btn" onClick={onClose}>Cancel</button>
				<button class="btn primary" disabled={busy || !pem.trim()}><Icon name="check" />Install</button>
			</>
		}>
			{error && <Note tone="bad">{error}</Note>}
			<div class="field">
				<label for="pem-files">Files</label>
				<input id="pem-files" type="file" multiple accept=".pem,.crt,.cer,.key" aria-describedby="pem-help" onChange={(e) => void read(e.currentTarget.files)} />
				<div class="help" id="pem-help">Certificate, chain and key in PEM form, in one file or several; the key without a passphrase.</div>
			</div>
			<div class="field">
				<label for="pem">Or paste them</label>
				<textarea id="pem" class="mono" rows={10} spellcheck={false} autocomplete="off" value={pem} onInput={(e) => setPem(e.currentTarget.value)} placeholder="-----BEGIN CERTIFICATE-----" />
			</div>
			<p class="help">It is checked before it takes the place of the present one; nobody is signed out.</p>
		</Dialog>
	);
}
