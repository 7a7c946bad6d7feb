// Add a phone: the phone and its directory number in one transaction, with a preview of both.
import { useMemo, useState } from 'preact/hooks';
import { all, message, Problem } from '../lib/api';
import { transact, type Operation, type Outcome } from '../lib/changes';
import type { JsonObject } from '../lib/json';
import { deviceName, formatMac, macFault, parseMac } from '../lib/mac';
import { password as randomPassword } from '../lib/password';
import { lowestFree, phoneOperations, type NewPhone } from '../lib/newphone';
import { href } from '../lib/router';
import { capabilities } from '../lib/session';
import { Difference, Effect, Warnings } from '../form/preview';
import { forgetChoices } from '../form/schema';
import { Icon } from '../ui/icons';
import { Dialog, Note, Segments, TextField, toast } from '../ui/parts';

interface Props { onClose: () => void; mac: string; model: string; protocol: string }

/** Which field of the dialog a fault of the server belongs to. */
function fieldOf(pointer = ''): keyof NewPhone | '' {
	const table: [RegExp, keyof NewPhone][] = [[/mac/, 'mac'], [/phone_type/, 'model'], [/username/, 'username'], [/password/, 'password'], [/^\/number$/, 'extension'], [/^\/(name|label|description)/, 'name']];

	return table.find(([re]) => re.test(pointer))?.[1] ?? '';
}

async function operations(phone: NewPhone): Promise<Operation[]> {
	const [dns, phones] = phone.protocol === 'sip' ? ['voice-register/dns', 'voice-register/pools'] : ['ephone-dns', 'ephones'];
	const tags = async (path: string) => (await all<JsonObject>(`/config/${path}`, { defaults: false })).map((i) => Number(i.tag));
	const numbers = await all<JsonObject>(`/config/${dns}`, { defaults: false });
	const taken = numbers.find((n) => n.number === phone.extension);

	if (taken)
		throw new Problem(409, 'number_in_use', `Extension ${phone.extension} is there already, as number ${taken.tag}.`, [{ field: '/number', detail: `${phone.extension} is there already, as number ${taken.tag}.` }]);
	return phoneOperations(phone, lowestFree(numbers.map((n) => Number(n.tag))), lowestFree(await tags(phones)));
}

export function AddPhone({ onClose, mac, model, protocol }: Props) {
	const [v, set] = useState<NewPhone>({ mac: parseMac(mac) ? formatMac(parseMac(mac)!) : '', model, protocol: protocol === 'sccp' ? 'sccp' : 'sip', extension: '', name: '', username: '', password: randomPassword() });
	const [errors, setErrors] = useState<Partial<Record<keyof NewPhone, string>>>({});
	const [trouble, setTrouble] = useState('');
	const [busy, setBusy] = useState(false);
	const [preview, setPreview] = useState<{ ops: Operation[]; outcome: Outcome } | null>(null);
	const put = (name: keyof NewPhone) => (x: string) => set((old) => ({ ...old, [name]: x }));
	const models = useMemo(() => (capabilities.value.models ?? []).filter((m) => m[v.protocol]), [v.protocol]);
	const phone = { ...v, username: v.username.trim() || v.extension.trim() };

	const refuse = (e: unknown) => {
		const found: typeof errors = {};
		const stray: string[] = [];

		for (const f of e instanceof Problem ? e.errors : []) {
			const name = fieldOf(f.field);

			if (name)
				found[name] ??= f.detail ?? 'This is refused.';
			else
				stray.push(f.detail ?? '');
		}
		setErrors(found);
		setTrouble([...new Set(stray)].join(' ') || (Object.keys(found).length ? '' : message(e)));
		setPreview(null);
	};
	const look = async () => {
		const found: typeof errors = {};
		const fault = macFault(v.mac);

		if (fault)
			found.mac = v.mac.trim() ? fault : 'It is on the label under the phone, and on its box.';
		if (!v.model.trim())
			found.model = 'Which model is it?';
		if (!/^[0-9A-Za-z*#+.]{1,16}$/.test(v.extension.trim()))
			found.extension = 'Up to 16 digits, such as 1001.';
		if (v.protocol === 'sip' && v.password.length < 4)
			found.password = 'At least 4 characters.';
		setErrors(found);
		setTrouble('');
		const first = (['mac', 'model', 'extension', 'name', 'username', 'password'] as const).find((n) => found[n]);

		if (first) {
			document.getElementById(`new-${first}`)?.focus();
			return;
		}
		setBusy(true);
		try {
			const ops = await operations(phone);

			setPreview({ ops, outcome: await transact(ops, true) });
		} catch (e) {
			refuse(e);
		}
		setBusy(false);
	};
	const save = async () => {
		setBusy(true);
		try {
			await transact(preview!.ops, false, { comment: `Add phone ${v.extension.trim()}` });
			forgetChoices();
			toast('The phone is added. It shows up as registered when it comes.', 'ok', { text: 'Open it', href: href(['phones', deviceName(v.mac)]) });
			onClose();
		} catch (e) {
			refuse(e);
			setBusy(false);
		}
	};

	if (preview)
		return (
			<Dialog title={`Add ${v.name.trim() || v.extension}?`} onClose={onClose} onSubmit={save} footer={
				<>
					<button type="button" class="btn" onClick={() => setPreview(null)}>Back</button>
					<button class="btn primary" disabled={busy}>Add phone</button>
				</>
			}>
				<Warnings of={preview.outcome} />
				<Difference changes={preview.outcome.changes} />
				<Effect outcome={preview.outcome} />
			</Dialog>
		);
	return (
		<Dialog title="Add a phone" onClose={onClose} onSubmit={look} footer={
			<>
				<button type="button" class="btn" onClick={onClose}>Cancel</button>
				<button class="btn primary" disabled={busy}><Icon name="eye" />Preview</button>
			</>
		}>
			{trouble && <Note tone="bad">{trouble}</Note>}
			<TextField id="new-mac" label="MAC address" mono value={v.mac} set={put('mac')} error={errors.mac} placeholder="00:11:22:33:44:55" help={parseMac(v.mac) ? <>Device name <code>{deviceName(v.mac)}</code></> : 'In any spelling, also 0011.2233.4455.'} />
			<div class="field">
				<span class="label" id="new-protocol">Protocol</span>
				<div><Segments name="protocol" label="Protocol" value={v.protocol} set={put('protocol')} options={[{ value: 'sip', text: 'SIP' }, { value: 'sccp', text: 'SCCP (Skinny)' }]} /></div>
				<div class="help">What the phone's firmware speaks.</div>
			</div>
			<div class="fields">
				<TextField id="new-model" label="Model" value={v.model} set={put('model')} error={errors.model} list="models" placeholder="7962" help={models.find((m) => m.type === v.model)?.name ?? 'Type or pick.'} />
				<TextField id="new-extension" label="Extension" value={v.extension} set={put('extension')} error={errors.extension} placeholder="1001" inputmode="numeric" help="The number of its first line." />
				<TextField id="new-name" label="Name" value={v.name} set={put('name')} error={errors.name} placeholder="Reception" help="Who or where; shown to others on calls." />
			</div>
			<datalist id="models">{models.map((m) => <option key={m.type} value={m.type}>{m.name}</option>)}</datalist>
			{v.protocol === 'sip' && (
				<div class="fields">
					<TextField id="new-username" label="User name" mono value={v.username} set={put('username')} error={errors.username} placeholder={v.extension || 'as the extension'} help="The phone signs in with it." />
					<TextField id="new-password" label="Password" mono value={v.password} set={put('password')} error={errors.password} help="Random; travels in the phone's own file."
						after={<button type="button" class="btn icon-only" aria-label="Make another password" onClick={() => put('password')(randomPassword())}><Icon name="dice" /></button>} />
				</div>
			)}
		</Dialog>
	);
}

