// A site moves in from a router and is looked after: import with its report, a change with its preview, a change that
// falls back unless confirmed, several changes as one, revisions compared and restored, export.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { accessible, clean, closeBrowser, openPage, run, Server, shot, signIn, until } from './support.mjs';

const BRANCH = new URL('branch.cfg', import.meta.url).pathname;
let server, page;

before(async () => {
	server = await (await new Server().start()).setUp();
	page = await openPage(server);
	await signIn(page, server);
});
after(async () => {
	await page?.close();
	await closeBrowser();
	await server?.close();
});

const dialog = () => page.getByRole('dialog');
const row = (name) => page.getByRole('row').filter({ hasText: name });
const save = (name = 'Save') => dialog().getByRole('button', { name, exact: true }).click();
const go = (hash) => page.goto(`${server.url}/#/${hash}`);
const config = async (path) => (await server.api('GET', `/config/${path}`)).data;
const newest = async () => (await server.api('GET', '/revisions?limit=1')).data.items[0].revision;
const running = async () => (await fetch(`${server.url}/api/v1/export`, { headers: { Authorization: `Bearer ${server.token}`, Connection: 'close' } })).text();
/** Light and dark, wide and on a telephone's screen: readable, inside the screen; and pictures of it. */
async function everywhere(name) {
	for (const [scheme, width] of [['light', 1280], ['dark', 1280], ['dark', 320], ['light', 320]]) {
		const suffix = `${scheme}${width === 320 ? '-320' : ''}`;

		await page.emulateMedia({ colorScheme: scheme });
		await page.setViewportSize({ width, height: width === 320 ? 720 : 860 });
		assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${name} ${suffix} is wider than the screen`);
		await accessible(page, `${name} ${suffix}`);
		await shot(page, `${name}-${suffix}`);
	}
	await page.emulateMedia({ colorScheme: 'light' });
	await page.setViewportSize({ width: 1280, height: 860 });
}

/** What the steps leave for those behind them. */
const kept = {};

test('a running configuration is dropped, read, and nothing changes yet', async () => {
	const text = readFileSync(BRANCH, 'utf8');

	await page.getByRole('link', { name: 'Import' }).click();
	await page.getByRole('heading', { level: 1, name: 'Import' }).waitFor();
	await page.locator('.drop').evaluate((el, data) => {
		const dt = new DataTransfer();

		dt.items.add(new File([data], 'branch.cfg', { type: 'text/plain' }));
		el.dispatchEvent(new DragEvent('drop', { dataTransfer: dt, bubbles: true, cancelable: true }));
	}, text);
	await page.getByText('branch.cfg').waitFor();
	await page.getByRole('button', { name: 'Read it' }).click();
	await page.getByRole('heading', { name: 'What would become of it' }).and(page.locator(':focus')).waitFor();
	await page.getByRole('button', { name: `${text.trimEnd().split('\n').length} All lines` }).waitFor();
	assert.equal(await newest(), 1, 'a dry run makes no revision');
	await everywhere('import-report');
});

test('the report accounts for every line: what was refused and why, modes, search', async () => {
	const lines = page.getByRole('region', { name: 'Lines', exact: true });

	await lines.getByRole('row').filter({ hasText: 'keepalive 7' }).getByText('10').first().waitFor();
	await lines.getByRole('row').filter({ hasText: 'timeouts busyy 12' }).getByText('Nearest: timeouts busy <0-30>').waitFor();
	await page.getByRole('button', { name: '1 Refused' }).click();
	await until(async () => await lines.getByRole('row').count() === 2, 'one line and the heading');
	await page.getByRole('button', { name: /\d+ Kept/ }).click();
	await lines.getByRole('row').filter({ hasText: 'hostname branch' }).waitFor();
	await page.getByRole('button', { name: /All lines/ }).click();
	await lines.getByRole('row').filter({ hasText: 'button  1:2' }).getByText('Applied').waitFor();
	assert.equal(await page.getByText('Bell-4101').count(), 0, 'no password is shown');
	await page.getByLabel('Search lines').fill('interdigit');
	await until(async () => await lines.getByRole('row').count() === 2, 'one line and the heading');
	await page.getByText(/^\d+ modes$/).click();
	await page.getByRole('table', { name: 'Lines by mode' }).getByRole('row').filter({ hasText: 'telephony-service' }).waitFor();
	await everywhere('import-lines');
});

test('the import is previewed with objects, phones and files, and committed', async () => {
	await page.getByRole('button', { name: 'Preview and import' }).click();
	await dialog().getByText('ephones/2', { exact: true }).waitFor();
	await dialog().getByText('Files that change').waitFor();
	await everywhere('import-preview');
	await dialog().getByLabel('Comment').fill('the branch moves in');
	await save('Import');
	await page.getByText('Imported as revision 2.').first().waitFor();
	assert.equal((await config('telephony-service')).timeouts.busy, 12);
	assert.equal((await config('voice-register/pools/1')).description, 'Front door');
	kept.imported = await running();
});

test('what is not there is found by its shortened command, and set with a preview of the phone files', async () => {
	await go('config');
	await page.getByLabel('Search settings').fill('tel timeo bu 20');
	await row('timeouts busy').getByRole('link').click();
	const field = page.locator('#f_47_timeouts_47_busy');

	await field.and(page.locator(':focus')).waitFor();
	assert.equal(await field.inputValue(), '12');
	await field.fill('20');
	await page.getByRole('button', { name: 'Preview and save' }).click();
	await dialog().getByRole('row').filter({ hasText: 'timeouts busy' }).getByText('12').waitFor();
	await dialog().getByRole('radio', { name: 'IOS lines' }).check({ force: true });
	await dialog().getByRole('region', { name: 'Lines of telephony-service' }).getByText('timeouts busy 20').waitFor();
	await everywhere('preview-lines');
	await page.keyboard.press('Escape');
	await page.getByRole('button', { name: 'Preview and save' }).and(page.locator(':focus')).waitFor();
	await page.keyboard.press('Enter');
	await dialog().getByLabel('Comment').fill('a longer busy tone');
	await save();
	await page.getByText('Saved as revision 3').waitFor();
	assert.equal((await config('telephony-service')).timeouts.busy, 20);
});

test('the same line again is refused as another one would be: next to the field', async () => {
	await page.locator('#f_47_timeouts_47_busy').fill('9999');
	await page.getByRole('button', { name: 'Preview and save' }).click();
	await page.locator('#f_47_timeouts_47_busy-error').waitFor();
	await page.getByRole('button', { name: 'Discard' }).click();
	await page.getByRole('button', { name: 'Preview and save' }).waitFor({ state: 'detached' });
});

test('a long form is narrowed by words and to what is set', async () => {
	await page.getByLabel('Filter these settings').fill('busy');
	await until(async () => await page.locator('.form-section').count() === 1, 'one section');
	await page.getByLabel('Filter these settings').fill('');
	await page.getByLabel('Only what is set').check();
	await page.locator('#f_47_system_message').waitFor();
	assert.equal(await page.locator('#f_47_keepalive').count(), 0, 'has its default');
	await everywhere('form-only-set');
});

test('changes on several pages are one draft, and one revision', async () => {
	await go('config/ephones/1');
	await page.getByRole('textbox', { name: 'Description' }).fill('Warehouse, gate 1');
	await go('config/ephone-dns/2');
	await page.getByLabel('Changes not saved').getByText('1 object changed').waitFor();
	await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Workshop, hall 2');
	await go('config/ephone-dns/new');
	await page.getByRole('textbox', { name: 'Number', exact: true }).fill('4003');
	await page.getByRole('button', { name: 'Keep, and another' }).click();
	await until(async () => await page.getByRole('textbox', { name: 'Number', exact: true }).inputValue() === '', 'a free form');
	await page.getByRole('link', { name: 'Not saved 3' }).click();
	await page.getByRole('heading', { level: 1, name: 'Changes not saved' }).waitFor();
	await page.getByRole('region', { name: 'New ephone-dn' }).getByText('4003').waitFor();
	await everywhere('changes');
	await page.getByRole('button', { name: 'Preview and save' }).click();
	await dialog().getByText('ephone-dns/3').waitFor();
	await dialog().getByText('needs a restart').first().waitFor();
	await dialog().getByText(/other phones? needs? nothing/).waitFor();
	await save();
	await page.getByText('Nothing is waiting').waitFor();
	assert.equal(await newest(), 4);
	assert.equal((await config('ephone-dns/3')).number, '4003');
	assert.equal((await config('ephones/1')).description, 'Warehouse, gate 1');
});

test('a fault in the draft is told at its object, and nothing changes', async () => {
	await go('config/ephones/1');
	await page.getByRole('textbox', { name: 'Description' }).fill('Again');
	await go('config/ephones/2');
	await page.getByLabel('MAC address').fill('00:77:00:00:40:01');
	await go('changes');
	await page.getByRole('button', { name: 'Preview and save' }).click();
	await page.getByRole('region', { name: 'ephone 2' }).getByRole('link', { name: 'MAC address' }).waitFor();
	await accessible(page, 'a draft with a fault');
	await page.getByRole('button', { name: 'Discard all' }).click();
	await dialog().getByRole('button', { name: 'Discard', exact: true }).click();
	await page.getByText('Nothing is waiting').waitFor();
	assert.equal(await newest(), 4);
});

test('fields that do not go with a choice are not shown', async () => {
	await go('config/voice-register/pools/new');
	await page.getByLabel('Known by').selectOption('mac');
	await page.locator('#f_47_id_47_mac').waitFor();
	assert.equal(await page.locator('#f_47_id_47_mask').count(), 0);
	await page.getByLabel('Known by').selectOption('network');
	await page.locator('#f_47_id_47_mask').waitFor();
	assert.equal(await page.locator('#f_47_id_47_mac').count(), 0);
	await page.getByRole('button', { name: 'Discard' }).click();
});

test('a change that could lock one out is seen on every page until it is confirmed', async () => {
	await go('config/telephony-service');
	await page.locator('#f_47_system_message').fill('Confirmed branch');
	await page.getByRole('button', { name: 'Preview and save' }).click();
	await dialog().getByLabel('Fall back by itself unless confirmed').check();
	await dialog().getByLabel('Minutes to confirm').fill('0');
	await save();
	await dialog().getByText('1 to 1440 minutes').waitFor();
	await dialog().getByLabel('Minutes to confirm').fill('5');
	await everywhere('preview-confirm');
	await save();
	const banner = page.getByRole('region', { name: 'Confirmation' });

	await banner.getByText(/Revision 5 falls back to revision 4 in [45]:\d\d/).waitFor();
	await go('phones');
	await banner.getByRole('timer').waitFor();
	await everywhere('banner');
	await page.reload();
	await banner.getByRole('button', { name: 'Confirm' }).click();
	await banner.waitFor({ state: 'detached' });
	assert.equal((await server.api('GET', '/confirmation')).data.pending, false);
	assert.equal((await config('telephony-service')).system_message, 'Confirmed branch');
});

test('and is taken back by a click', async () => {
	await server.api('POST', '/transactions', { comment: 'risky', confirm_minutes: 9, operations: [{ op: 'patch', path: '/config/telephony-service', value: { system_message: 'Risky' }, if_match: '*' }] });
	const banner = page.getByRole('region', { name: 'Confirmation' });

	await banner.getByText('falls back to revision 5').waitFor();     // by the live feed
	await banner.getByRole('button', { name: 'Fall back now' }).click();
	await dialog().getByRole('button', { name: 'Fall back', exact: true }).click();
	await banner.waitFor({ state: 'detached' });
	assert.equal((await config('telephony-service')).system_message, 'Confirmed branch');
});

test('two revisions are compared, by setting and by line', async () => {
	await page.getByRole('link', { name: 'Revisions' }).click();
	await page.getByRole('checkbox', { name: 'Select revision 2' }).check();
	await page.getByRole('checkbox', { name: 'Select revision 4' }).check();
	await page.getByText('Revision 2 against 4').waitFor();
	await accessible(page, 'revisions to compare');
	await page.getByRole('link', { name: 'Compare', exact: true }).click();
	await page.getByRole('row').filter({ hasText: 'timeouts busy' }).getByText('20').waitFor();
	await page.getByRole('radio', { name: 'Running configuration' }).check({ force: true });
	const lines = page.getByRole('region', { name: 'Lines of revision 2 and 4 that differ' });

	await lines.getByText('timeouts busy 20').waitFor();
	await lines.getByText('timeouts busy 12').waitFor();
	await everywhere('revision-lines');
});

test('who changed an object is one click away from it', async () => {
	await go('config/ephones/1');
	await page.getByRole('link', { name: 'History' }).click();
	await page.getByRole('heading', { level: 1, name: 'History' }).waitFor();
	await row('the branch moves in').waitFor();
	assert.equal(await row('a longer busy tone').count(), 0);
	await accessible(page, 'history of an object');
});

test('an older state is restored after a preview, line by line as it was', async () => {
	await go('revisions/2');
	await page.getByRole('button', { name: 'Restore this state' }).click();
	await dialog().getByRole('row').filter({ hasText: 'timeouts busy' }).waitFor();
	await accessible(page, 'preview of a restore');
	await save('Restore');
	await page.getByText(/Restored as revision \d+/).waitFor();
	assert.equal(await running(), kept.imported);
});

test('who was refused becomes a phone by two clicks', async () => {
	await run('sipp', [`127.0.0.1:${await server.port('sip')}`, '-sf', new URL('register.xml', import.meta.url).pathname, '-i', '127.0.0.1', '-m', '1', '-s', '4199',
		'-key', 'device', 'SEP00770000FFAA', '-au', '4199', '-ap', 'nobody', '-nostdin', '-timeout', '5', '-timeout_error']).catch(() => undefined);
	await page.getByRole('link', { name: 'Attempts' }).click();
	await row('00:77:00:00:FF:AA').getByText('No pool match').waitFor();
	await everywhere('attempts');
	await page.getByRole('link', { name: 'Make a phone of 00:77:00:00:FF:AA' }).click();
	assert.equal(await dialog().getByLabel('MAC address').inputValue(), '00:77:00:00:FF:AA');
	await page.keyboard.press('Escape');
	await page.getByRole('link', { name: 'Attempts' }).click();
	await page.getByRole('button', { name: 'Clear the list' }).click();
	await dialog().getByRole('button', { name: 'Clear', exact: true }).click();
	await page.getByText('Nobody was refused').waitFor();
});

test('a change that is applied later stays in sight on the phones page', async () => {
	await go('config/voice-register/pools/1');
	await page.getByRole('textbox', { name: 'Description' }).fill('Back door');
	await page.getByRole('button', { name: 'Preview and save' }).click();
	await dialog().getByRole('radio', { name: 'Later' }).waitFor({ state: 'attached' });
	await save();
	await page.getByText(/Saved as revision/).first().waitFor();
	await go('phones');
	const waiting = page.getByRole('region', { name: 'Changes that phones have not taken' });

	await waiting.getByText(/not taken the latest changes: .*1 needs a reset/).waitFor();
	await everywhere('phones-waiting');
	await waiting.getByRole('button', { name: 'Tell them now' }).click();
	await dialog().getByRole('button', { name: 'Tell them', exact: true }).click();
	await page.getByText(/phones? (is|are) away, and will be told/).waitFor();
});

test('an item whose key holds slashes is made, changed and deleted', async () => {
	await go('config/voice-ports/new');
	await page.getByRole('textbox', { name: 'Port' }).fill('0/2/1:15');
	await page.getByRole('button', { name: 'Preview and save' }).click();
	await save('Create');
	await row('0/2/1:15').getByRole('link').click();
	await page.getByRole('heading', { level: 1, name: 'voice-port 0/2/1:15' }).waitFor();
	await page.getByRole('textbox', { name: 'Rings' }).fill('4');
	await page.getByRole('button', { name: 'Preview and save' }).click();
	await dialog().getByRole('row').filter({ hasText: 'ring number' }).waitFor();
	await save();
	await page.getByText(/Saved as revision/).first().waitFor();
	await page.getByRole('link', { name: 'History' }).click();
	await until(async () => await page.getByRole('row').count() === 3, 'its two revisions');
	await go(`config/voice-ports/${encodeURIComponent('0/2/1:15')}`);
	await page.getByRole('button', { name: 'Delete' }).click();
	await dialog().getByRole('button', { name: 'Keep for later' }).click();
	await page.getByText('This is to be deleted with the draft.').waitFor();
	await go('changes');
	await page.getByRole('region', { name: 'voice-port 0/2/1:15' }).getByText('to be deleted').waitFor();
	await page.getByRole('button', { name: 'Preview and save' }).click();
	await save();
	await page.getByText('Nothing is waiting').waitFor();
	assert.equal((await server.api('GET', '/config/voice-ports')).data.items.length, 0);
});

test('the export shows, copies and downloads it; passwords only after a question', async () => {
	await page.getByRole('link', { name: 'Export' }).click();
	const text = page.getByRole('region', { name: 'Running configuration' });

	await text.getByText('timeouts busy 12').waitFor();
	assert.equal(await text.innerText().then((t) => t.trim()), (await running()).trim());
	assert.ok(!(await text.innerText()).includes('Bell-4101'));
	await page.getByLabel('Show defaults').check();
	await text.getByText('keepalive 30').first().waitFor();
	await page.getByLabel('Show defaults').uncheck();
	await page.getByLabel('With passwords').click();
	await dialog().getByText('everybody who sees the text can read').waitFor();
	await save('Show them');
	await text.getByText('Bell-4101').waitFor();
	await accessible(page, 'export with passwords');
	const download = page.waitForEvent('download');

	await page.getByRole('button', { name: 'Download' }).click();
	assert.match((await download).suggestedFilename(), /^switchroom-.*\.cfg$/);
});

const PORT_IN_USE = 'Invalid port number or port in use by other application';

test('a port that is in use is refused next to its field', async () => {
	await go('config/http');
	await page.locator('#f_47_port').fill('6970');
	await page.getByRole('button', { name: 'Preview and save' }).click();
	await page.locator('#f_47_port-error').filter({ hasText: PORT_IN_USE }).waitFor();
	await page.getByRole('button', { name: 'Discard' }).click();
	page.refused = page.refused.filter((r) => !/409/.test(r));
});

test('a replacement that cannot stand is told with its line, and changes nothing', async () => {
	const was = await newest();

	await go('import');
	await page.getByLabel('Or paste it').fill('ip http server\nip http port 6970\ntelephony-service\n hfs enable port 6970\n');
	await page.getByRole('radio', { name: 'Goes (replace)' }).check({ force: true });
	await page.getByRole('button', { name: 'Read it' }).click();
	await page.getByRole('alert').getByText('Nothing was changed.').waitFor();
	await page.getByRole('alert').getByText(`Line 2: ${PORT_IN_USE}`).waitFor();
	await page.getByRole('heading', { name: 'Lines', exact: true }).waitFor();
	assert.equal(await page.getByRole('button', { name: 'Preview and import' }).count(), 0);
	page.refused = page.refused.filter((r) => !/409|422/.test(r));
	await everywhere('import-refused');
	assert.equal(await newest(), was);
});

test('a report of 10,000 lines is paged and stays quick', async () => {
	const text = Array.from({ length: 10_000 }, (_, i) => `alias exec a${i} show ephone ${i}`).join('\n');

	await page.getByLabel('Or paste it').fill('');
	await page.getByLabel('Or paste it').evaluate((el, data) => {
		const dt = new DataTransfer();

		dt.setData('text', data);
		el.dispatchEvent(new ClipboardEvent('paste', { clipboardData: dt, bubbles: true, cancelable: true }));
	}, text);
	await page.getByText('Pasted text').waitFor();
	await page.getByRole('radio', { name: 'Stays (merge)' }).check({ force: true });
	await page.getByRole('button', { name: 'Read it' }).click();
	await page.getByRole('button', { name: /10000 All lines/ }).click({ timeout: 20_000 });
	await page.getByText('1 to 100 of 10000 lines').waitFor();
	assert.ok(await page.getByRole('row').count() < 250, 'only what can be looked at is drawn');
	await page.getByRole('button', { name: 'Next' }).click();
	await page.getByText('101 to 200 of 10000 lines').waitFor();
	await page.getByText('show ephone 150', { exact: false }).first().waitFor();
});

test('every form gives back what it was given: sites of all kinds are looked at, and nothing is changed', async () => {
	const { objects } = (await server.api('GET', '/schema')).data;
	const look = async (path) => {
		await go(`config/${path}`);
		await page.locator(`form.form[data-path="${path}"]`).waitFor();
		assert.equal(await page.locator('.savebar').count(), 0, `${path}: looking changes nothing`);
	};

	for (const site of ['sccp-phones', 'sip-phones', 'lpcor', 'voice-ports-dsp', 'hunt-groups', 'night-and-after-hours', 'ephone-templates', 'moh-groups']) {
		const text = readFileSync(new URL(`../import/${site}.cfg`, import.meta.url), 'utf8');

		await server.api('POST', '/import?mode=replace', text, { 'Content-Type': 'text/plain' });
		for (const o of objects) {
			if (!o.collection)
				continue;
			const items = (await server.api('GET', `/config/${o.path}?limit=5`)).data.items;

			for (const i of items.slice(0, 3))
				await look(`${o.path}/${encodeURIComponent(i[o.key.name])}`);
		}
		for (const o of objects.filter((x) => !x.collection && ['telephony-service', 'voice-register/global', 'voice-service/voip', 'lpcor', 'sip-ua'].includes(x.path)))
			await look(o.path);
	}
});

test('behind its back nothing went wrong', () => clean(page));
