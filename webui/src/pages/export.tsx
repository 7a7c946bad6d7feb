// The configuration as an IOS running configuration: to read, copy and keep.
import { useState } from 'preact/hooks';
import { get, request } from '../lib/api';
import { plural } from '../lib/format';
import { href, route, setQuery } from '../lib/router';
import { copy, download, today } from '../lib/save';
import { isAdmin } from '../lib/session';
import { Icon } from '../ui/icons';
import { Confirm, Note, Page, toast, useLoad, Wait } from '../ui/parts';

export interface ExportOptions { all?: boolean; secrets?: boolean; revision?: number | undefined }

export const runningConfig = async (o: ExportOptions, signal?: AbortSignal): Promise<string> =>
	(await request<string>('GET', '/export', { plain: true, headers: { Accept: 'text/plain' }, ...(signal && { signal }), query: { all: o.all || undefined, secrets: o.secrets || undefined, revision: o.revision } })).data;

export function Export() {
	const q = route.value.query;
	const all = q.get('all') === 'true';
	const revision = Number(q.get('revision')) || undefined;
	const [secrets, setSecrets] = useState(false);
	const [asking, ask] = useState(false);
	const text = useLoad((s) => runningConfig({ all, secrets, revision }, s), [all, secrets, revision]);
	const last = useLoad((s) => get<{ items: { revision: number }[] }>('/revisions', { limit: 1 }, s).then((a) => a.data.items[0]?.revision ?? 0), []);
	const name = `switchroom-${revision ? `revision-${revision}` : today()}.cfg`;
	const toClipboard = async () => toast(await copy(text.data ?? '') ? 'The text is copied.' : 'This browser does not let pages copy. Select the text by hand.');

	return (
		<Page title="Export" lead="The configuration as a running configuration of IOS, in its order. It can be imported again, here or elsewhere."
			actions={text.data !== undefined && <><button class="btn" onClick={() => void toClipboard()}><Icon name="copy" />Copy</button><button class="btn primary" onClick={() => download(name, text.data!)}><Icon name="download" />Download</button></>}>
			<div class="card pad stack">
				<div class="row filter options">
					<label class="check"><input type="checkbox" checked={all} onChange={(e) => setQuery({ all: e.currentTarget.checked ? 'true' : undefined })} /> Show defaults</label>
					{isAdmin() && <label class="check"><input type="checkbox" checked={secrets} onChange={(e) => { if (e.currentTarget.checked) { e.currentTarget.checked = false; ask(true); } else setSecrets(false); }} /> With passwords</label>}
					<span class="grow" />
					<label class="row one" for="revision">Revision <input id="revision" class="short" inputMode="numeric" placeholder={last.data ? `${last.data}, newest` : ''} value={revision ?? ''} onInput={(e) => setQuery({ revision: /^\d+$/.test(e.currentTarget.value) ? e.currentTarget.value : undefined })} /></label>
				</div>
				{secrets && <Note tone="warn">This text holds passwords that can be read. Keep it where only administrators come.</Note>}
				<Wait on={text} what="running configuration">
					{(t) => (
						<>
							<pre class="filebox tall" tabIndex={0} role="region" aria-label="Running configuration">{t}</pre>
							<p class="muted small">{plural(t ? t.split('\n').length - 1 : 0, 'line')}. <a href={href(['import'])}>Import a text</a></p>
						</>
					)}
				</Wait>
			</div>
			{asking && <Confirm title="Show passwords?" action="Show them" danger onClose={() => ask(false)} run={async () => setSecrets(true)}>
				<p>The text will hold the passwords of phones, which everybody who sees the text can read. The audit log notes that you took it.</p>
			</Confirm>}
		</Page>
	);
}
