// The story of a first day, by hand-like clicks: set-up, sign-in, add a phone, see it register live when a
// real SIP agent (sipp) does, change a setting with a preview, look at revisions and events, sign out.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible, clean, closeBrowser, openPage, PASSWORD, run, Server, shot, signIn, until } from './support.mjs';

const MAC = '0011223344AA';
const DEVICE = `SEP${MAC}`;
let server, page, secret;

before(async () => {
	server = await new Server().start();
	page = await openPage(server);
});
after(async () => {
	await page?.close();
	await closeBrowser();
	await server?.close();
});

const dialog = () => page.getByRole('dialog');
const row = (name) => page.getByRole('row').filter({ hasText: name });

test('set-up refuses a wrong code and says so next to the field', async () => {
	await page.goto(`${server.url}/`);
	await page.getByRole('heading', { name: 'Set up this system' }).waitFor();
	await accessible(page, 'set-up');
	await page.getByLabel('One-time code').fill('22222222');
	await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
	await page.getByLabel('Password again').fill('not the same');
	await page.getByLabel('Address of this machine').fill('127.0.0.1');
	await page.getByRole('button', { name: 'Set up' }).click();
	await page.getByText('The two are not the same.').waitFor();
	await page.getByLabel('Password again').fill(PASSWORD);
	await page.getByRole('button', { name: 'Set up' }).click();
	await page.locator('#code-error').waitFor();
	page.refused = [];
});

test('set-up with the code of the console leads into the phones page', async () => {
	await page.getByLabel('One-time code').fill(await server.code());
	await page.getByLabel('Time zone').selectOption('Europe/Berlin');
	await page.getByRole('button', { name: 'Set up' }).click();
	await page.getByRole('heading', { level: 1, name: 'Phones' }).waitFor();
	await page.getByText('No phones yet').waitFor();
	await page.locator('.side .badge', { hasText: 'Live' }).waitFor();
	await accessible(page, 'phones, none');
	await shot(page, 'phones-empty-light');
});

test('a script may get a token', async () => {
	await server.signInByRest();
});

test('signing out and in, with the wrong password first', async () => {
	await page.getByRole('button', { name: 'Sign out' }).click();
	await page.getByLabel('User name').fill('admin');
	await page.getByLabel('Password').fill('wrong');
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.getByRole('alert').filter({ hasText: 'User name or password is wrong.' }).waitFor();
	await accessible(page, 'sign-in');
	await page.getByLabel('Password').fill(PASSWORD);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.getByRole('heading', { level: 1, name: 'Phones' }).waitFor();
	await page.reload();
	await page.getByText('No phones yet').waitFor();
});

test('adding a phone: faults next to the fields, then a preview of phone and number', async () => {
	await page.getByRole('link', { name: 'Add a phone' }).first().click();
	await dialog().getByLabel('MAC address').fill('0011.2233.44');
	await dialog().getByRole('button', { name: 'Preview' }).click();
	await dialog().getByText('A MAC address has 12 digits; this has 10.').waitFor();
	await dialog().getByText('Which model is it?').waitFor();
	await accessible(page, 'add a phone');
	await dialog().getByLabel('MAC address').fill('0011.2233.44aa');
	await dialog().getByText(DEVICE).waitFor();
	await dialog().getByLabel('Model').fill('7962');
	await dialog().getByLabel('Extension').fill('1001');
	await dialog().getByLabel('Name', { exact: true }).fill('Reception');
	secret = await dialog().getByLabel('Password', { exact: true }).inputValue();
	assert.ok(secret.length >= 12, 'a password is proposed');
	await shot(page, 'add-phone-light');
	await dialog().getByRole('button', { name: 'Preview' }).click();
	await dialog().getByText('voice-register/dns/1').waitFor();
	await dialog().getByText('voice-register/pools/1').waitFor();
	await dialog().getByText(`${DEVICE}.cnf.xml`).waitFor();
	assert.equal(await dialog().getByText(secret).count(), 0, 'the password is not in the preview');
	await accessible(page, 'preview of a phone');
	await shot(page, 'add-phone-preview-light');
	await dialog().getByRole('button', { name: 'Add phone' }).click();
	await row('Reception').getByText('Never seen').waitFor();
	await dialog().waitFor({ state: 'detached' });
});

test('an extension that is there already is refused next to its field', async () => {
	await page.getByRole('link', { name: 'Add a phone' }).first().click();
	await dialog().getByLabel('MAC address').fill('00:11:22:33:44:ab');
	await dialog().getByLabel('Model').fill('7962');
	await dialog().getByLabel('Extension').fill('1001');
	await dialog().getByRole('button', { name: 'Preview' }).click();
	await dialog().locator('#new-extension-error').filter({ hasText: '1001' }).waitFor();
	await page.keyboard.press('Escape');
	await dialog().waitFor({ state: 'detached' });
});

test('the phone becomes registered in the list by itself when it registers', async () => {
	await page.evaluate(() => { window.notReloaded = true; });
	const port = await server.port('sip');

	await run('sipp', [`127.0.0.1:${port}`, '-sf', new URL('register.xml', import.meta.url).pathname, '-i', '127.0.0.1', '-m', '1', '-s', '1001',
		'-key', 'device', DEVICE, '-au', '1001', '-ap', secret, '-nostdin', '-timeout', '20', '-timeout_error']);
	await row('Reception').getByText('Registered', { exact: true }).waitFor({ timeout: 5000 });
	assert.equal(await page.evaluate(() => window.notReloaded), true, 'without loading the page again');
	await shot(page, 'phones-registered-light');
});

test('several phones are picked and told to restart at once, after a question', async () => {
	await page.getByRole('checkbox', { name: 'Select Reception' }).check();
	await page.getByText('1 phone selected').waitFor();
	await page.getByRole('button', { name: 'Restart' }).click();
	await dialog().getByText('Calls in progress may break off').waitFor();
	await accessible(page, 'a question before a restart');
	await dialog().getByRole('button', { name: 'Restart' }).click();
	await page.getByText('1 phone told to restart.').waitFor();
	await dialog().waitFor({ state: 'detached' });
	const { data } = await server.api('GET', `/phones/${DEVICE}/timeline`);

	assert.ok(data.steps.some((s) => s.step === 'action'), 'the timeline has it');
});

test('its page tells the story, with files and facts', async () => {
	await page.getByRole('link', { name: 'Reception' }).click();
	await page.getByRole('heading', { level: 1, name: 'Reception' }).waitFor();
	await page.getByRole('region', { name: 'Verdict' }).getByText('Registered').waitFor();
	await page.getByRole('region', { name: 'Timeline' }).getByText(/^Registered: /).first().waitFor();
	await page.getByText(`${DEVICE}.cnf.xml`).first().waitFor();
	await accessible(page, 'phone');
	await page.getByRole('button', { name: `Look into ${DEVICE}.cnf.xml` }).click();
	await dialog().getByText('<deviceProtocol>SIP</deviceProtocol>').waitFor();
	assert.equal(await dialog().getByText(secret).count(), 0, 'no password is shown');
	await shot(page, 'phone-file-light');
	await dialog().getByRole('button', { name: 'Close' }).last().click();
});

test('a setting is found by its IOS command, changed, previewed and saved', async () => {
	await page.getByRole('link', { name: 'Settings' }).click();
	await page.getByLabel('Search settings').fill('system message');
	await row('system message').getByRole('link').click();
	const field = page.locator('#f_47_system_message');

	await field.and(page.locator(':focus')).waitFor();
	await field.fill('Werk Nord');
	await page.getByRole('button', { name: 'Preview and save' }).click();
	await dialog().getByText('Werk Nord').waitFor();
	await dialog().getByLabel('Comment').fill('name of the site');
	await accessible(page, 'preview of a setting');
	await shot(page, 'preview-light');
	await dialog().getByRole('button', { name: 'Save', exact: true }).click();
	await page.getByText(/Saved as revision \d+/).waitFor();
	await page.reload();
	assert.equal(await field.inputValue(), 'Werk Nord');
});

test('a value out of range is refused next to the field, and nothing changes', async () => {
	await page.goto(`${server.url}/#/config/telephony-service`);
	const field = page.locator('#f_47_keepalive');

	await field.fill('9');
	await page.getByRole('button', { name: 'Preview and save' }).click();
	await page.locator('#f_47_keepalive-error').filter({ hasText: '10 to 65535' }).waitFor();
	await accessible(page, 'a form with a fault');
	await page.getByRole('button', { name: 'Discard' }).click();
	assert.equal(await page.locator('#f_47_keepalive').inputValue(), '');
});

test('a change of a phone says what it means for that phone only, and may be applied at once', async () => {
	await page.goto(`${server.url}/#/config/voice-register/pools/1`);
	await page.getByRole('textbox', { name: 'Description' }).fill('Front desk');
	await page.getByRole('button', { name: 'Preview and save' }).click();
	await dialog().getByText('Front desk').waitFor();
	const affected = await dialog().getByText(/SEP[0-9A-F]{12}/).allInnerTexts();

	assert.ok(affected.every((t) => t.includes(DEVICE)), 'no other phone is named');
	await dialog().getByRole('button', { name: 'Save', exact: true }).click();
	await page.getByText(/Saved as revision \d+/).waitFor();
});

test('revisions tell who and why, and bring an older state back', async () => {
	await page.getByRole('link', { name: 'Revisions' }).click();
	await row('name of the site').getByRole('rowheader').getByRole('link').click();
	await page.getByText('Werk Nord').waitFor();
	await accessible(page, 'revision');
	await page.getByRole('button', { name: 'Restore this state' }).click();
	await dialog().getByText('Front desk').waitFor();
	await dialog().getByRole('button', { name: 'Restore', exact: true }).click();
	await page.getByText(/Restored as revision \d+/).waitFor();
	await page.goto(`${server.url}/#/config/voice-register/pools/1`);
	await until(async () => await page.getByRole('textbox', { name: 'Description' }).inputValue() === 'Reception', 'the old description');
});

test('events came in live, and are filtered', async () => {
	await page.getByRole('link', { name: 'Events' }).click();
	await row('phone.registered').first().waitFor();
	await row('config.committed').first().waitFor();
	await page.getByLabel('Kind of event').selectOption('phone');
	await row('config.committed').first().waitFor({ state: 'detached' });
	await page.getByLabel('Search events').fill(DEVICE.slice(-4));
	await row('phone.registered').first().waitFor();
	assert.match(page.url(), /kind=phone/);
});

test('a feed that was cut off goes on where it was and misses nothing', async () => {
	const other = await openPage(server);
	const opened = [];
	let cut;

	await other.routeWebSocket(/:\d+\//, (ws) => {
		opened.push(ws.url());
		ws.connectToServer();
		cut = () => ws.close();
	});
	await signIn(other, server);
	await other.goto(`${server.url}/#/events`);
	await other.locator('.side .badge', { hasText: 'Live' }).waitFor();
	await other.getByRole('row').filter({ hasText: 'account.signed_in' }).first().waitFor();
	const last = Number(await other.getByRole('row').nth(1).getByRole('cell').last().innerText());

	cut();
	for (const name of ['cut-1', 'cut-2', 'cut-3'])
		await server.api('POST', '/transactions', { comment: name, operations: [{ op: 'patch', path: '/config/telephony-service', value: { system_message: name }, if_match: '*' }] });
	for (const name of ['cut-1', 'cut-2', 'cut-3'])
		await other.getByRole('row').filter({ hasText: name }).waitFor();
	assert.ok(opened.length >= 2, 'the feed was opened again');
	assert.ok(Number(new URL(opened[1]).searchParams.get('after')) >= last, `resumed by number: ${opened[1]}`);
	const numbers = (await other.locator('tbody tr td:last-child').allInnerTexts()).map(Number);

	assert.deepEqual(numbers, Array.from(numbers, (_, i) => numbers[0] - i), 'no gap, nothing twice');
	await clean(other);
	await other.close();
});

test('without the feed port events come by polling', async () => {
	const other = await openPage(server);

	await other.routeWebSocket(/:\d+\//, (ws) => ws.close());
	await signIn(other, server);
	await other.locator('.side .badge', { hasText: 'Live' }).waitFor();
	await other.goto(`${server.url}/#/events`);
	await server.api('POST', '/transactions', { comment: 'polled', operations: [{ op: 'patch', path: '/config/telephony-service', value: { system_message: 'polled' }, if_match: '*' }] });
	await other.getByRole('row').filter({ hasText: 'polled' }).waitFor({ timeout: 10_000 });
	await clean(other);
	await other.close();
});

test('when the server was started again the page asks to sign in, and goes on', async () => {
	const { admin, feed } = server.ports;

	await clean(page);
	await page.goto(`${server.url}/#/phones`);
	await server.stop();
	await page.locator('.side .badge', { hasText: 'Offline' }).waitFor();
	await server.start(['--admin-port', String(admin), '--feed-port', String(feed)]);
	await page.getByRole('heading', { name: 'Sign in' }).waitFor({ timeout: 30_000 });
	page.faults = page.faults.filter((f) => !/WebSocket connection to/.test(f));    // it was away
	await signIn(page, server);
	await row('Reception').getByText(/Not registered|Never seen/).waitFor();
});

test('behind its back nothing went wrong: no foreign request, no refused policy, no error', () => clean(page));
