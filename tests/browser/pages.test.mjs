// Every page in both themes and on a telephone's screen: pictures to look at, no accessibility violation, nothing
// wider than the screen, nothing refused by the content security policy. And the keyboard alone.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { accessible, clean, closeBrowser, openPage, run, Server, shot, signIn } from './support.mjs';

let server;

const PAGES = [
	['phones', '#/phones', 'Phones'],
	['phone', '#/phones/SEP00112233440A', 'Reception'],
	['phone-waiting', '#/phones/SEP00112233440B', 'Workshop'],
	['config', '#/config', 'Configuration'],
	['config-search', '#/config?q=timeo%20bu', 'Configuration'],
	['import', '#/import', 'Import'],
	['export', '#/export', 'Export'],
	['attempts', '#/attempts', 'Attempted registrations'],
	['changes', '#/changes', 'Changes not saved'],
	['revision-lines', '#/revisions/2?view=text', 'Revision 2'],
	['ephones-choose', '#/config/ephones?at=/speed_dials', /.+/],
	['telephony-service', '#/config/telephony-service', /.+/],
	['voice-register-global', '#/config/voice-register/global', /.+/],
	['voip', '#/config/voice-service/voip', /.+/],
	['ephones', '#/config/ephones', /.+/],
	['ephone', '#/config/ephones/1', /1/],
	['ephone-new', '#/config/ephones/new', /^New/],
	['pool', '#/config/voice-register/pools/1', /1/],
	['ephone-dn', '#/config/ephone-dns/1', /1/],
	['revisions', '#/revisions', 'Revisions'],
	['revision', '#/revisions/2', 'Revision 2'],
	['events', '#/events', 'Events'],
	['status', '#/status', 'Status'],
	['accounts', '#/accounts', 'Accounts'],
	['tokens', '#/tokens', 'Tokens'],
	['audit', '#/audit', 'Audit log'],
	['backup', '#/backup', 'Backup'],
	['nowhere', '#/nowhere', 'Not here'],
];

before(async () => {
	server = await (await new Server().start()).setUp();
	const add = (comment, operations) => server.api('POST', '/transactions', { comment, operations });

	await add('Reception: SIP phone', [
		{ op: 'create', path: '/config/voice-register/dns', value: { tag: 1, number: '1001', name: 'Reception' } },
		{ op: 'create', path: '/config/voice-register/pools', value: { tag: 1, id: { kind: 'mac', mac: '00112233440A' }, phone_type: '7962', numbers: { 1: 1 }, username: '1001', password: 'secret-1001', description: 'Reception' } },
	]);
	await add('Workshop: SCCP phone', [
		{ op: 'create', path: '/config/ephone-dns', value: { tag: 1, number: '2001', name: 'Workshop' } },
		{ op: 'create', path: '/config/ephones', value: { tag: 1, mac_address: '00112233440B', phone_type: '7941', buttons: { 1: { separator: ':', dns: [1] } }, description: 'Workshop' } },
	]);
	const sip = await server.port('sip');
	const hfs = await server.port('hfs');

	await run('sipp', [`127.0.0.1:${sip}`, '-sf', new URL('register.xml', import.meta.url).pathname, '-i', '127.0.0.1', '-m', '1', '-s', '1001',
		'-key', 'device', 'SEP00112233440A', '-au', '1001', '-ap', 'secret-1001', '-nostdin', '-timeout', '20', '-timeout_error']);
	for (const name of ['SEP00112233440B.cnf.xml', 'SEP00112233440B.tlv', 'SEPAABBCCDDEE01.cnf.xml'])
		await fetch(`http://127.0.0.1:${hfs}/${name}`);
	await server.api('POST', '/tokens', { name: 'monitoring', role: 'viewer', addresses: ['10.20.0.0/24'] });
});
after(async () => {
	await closeBrowser();
	await server?.close();
});

async function visit(page, [name, hash, title], suffix) {
	await page.goto('about:blank');
	await page.goto(`${server.url}/${hash}`);
	await page.getByRole('heading', { level: 1, name: title }).waitFor();
	await page.getByText(/^Loading /).first().waitFor({ state: 'detached' });
	assert.equal(await page.getByText('This could not be loaded').count(), 0, name);
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${name} is wider than the screen`);
	await shot(page, `${name}-${suffix}`);
	await accessible(page, `${name} ${suffix}`);
}

for (const [suffix, options] of [['light', { theme: 'light' }], ['dark', { theme: 'dark' }], ['320', { theme: 'light', width: 320, height: 720 }], ['320-dark', { theme: 'dark', width: 320, height: 720 }]])
	test(`every page, ${suffix}: complete, readable, inside the screen`, async (t) => {
		const page = await openPage(server, options);

		await page.goto(`${server.url}/`);
		await page.getByRole('heading', { name: 'Sign in' }).waitFor();
		await shot(page, `sign-in-${suffix}`);
		await accessible(page, `sign-in ${suffix}`);
		await signIn(page, server);
		for (const p of PAGES)
			await t.test(p[0], () => visit(page, p, suffix));
		await clean(page);
		assert.deepEqual(page.refused, []);
		await page.close();
	});

for (const [suffix, options] of [['light', { theme: 'light' }], ['320-dark', { theme: 'dark', width: 320, height: 720 }]])
	test(`every part of the configuration has its form, ${suffix}`, async () => {
		const page = await openPage(server, options);
		const { objects } = (await server.api('GET', '/schema')).data;

		await signIn(page, server);
		for (const o of objects) {
			const where = o.path.replace(/\//g, '-');

			await visit(page, [`config-${where}`, `#/config/${o.path}`, o.label], suffix);
			if (o.collection)
				await visit(page, [`config-${where}-new`, `#/config/${o.path}/new`, /^New /], suffix);
			else
				assert.equal(await page.getByRole('button', { name: 'Preview and save' }).count(), 0, `${o.path}: nothing is changed by looking`);
		}
		await clean(page);
		await page.close();
	});

test('the theme can be chosen and is kept', async () => {
	const page = await openPage(server, { theme: 'light' });
	const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

	await signIn(page, server);
	const light = await ground();

	await page.getByRole('radio', { name: 'Dark' }).check({ force: true });
	const dark = await ground();

	assert.notEqual(dark, light);
	await page.reload();
	await page.getByRole('heading', { level: 1, name: 'Phones' }).waitFor();
	assert.equal(await ground(), dark);
	await clean(page);
	await page.close();
});

test('the keyboard alone: skip link, menu, dialog, and back', async () => {
	const page = await openPage(server);
	const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() || document.activeElement?.getAttribute('aria-label') || document.activeElement?.id || '');

	await signIn(page, server);
	await page.reload();
	await page.getByRole('link', { name: 'Reception' }).waitFor();
	await page.keyboard.press('Tab');
	assert.equal(await focused(), 'Skip to content');
	await page.keyboard.press('Enter');
	await page.keyboard.press('Tab');
	assert.equal(await focused(), 'Add a phone');
	await page.keyboard.press('Enter');
	await page.getByRole('dialog').waitFor();
	assert.equal(await focused(), 'new-mac');
	for (let i = 0; i < 30; i++) {
		await page.keyboard.press('Tab');
		assert.ok(await page.evaluate(() => document.activeElement === document.body || document.querySelector('dialog').contains(document.activeElement)), 'focus stays in the dialog');
	}
	await page.keyboard.press('Escape');
	await page.getByRole('dialog').waitFor({ state: 'detached' });
	await clean(page);
	await page.close();
});

test('the keyboard alone: rows of a list come and go, and the focus with them', async () => {
	const page = await openPage(server);
	const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.id);

	await signIn(page, server);
	await page.goto(`${server.url}/#/config/ephones/1`);
	await page.getByRole('button', { name: 'Add to Speed dials', exact: true }).press('Enter');
	await page.getByRole('textbox', { name: 'Tag' }).and(page.locator(':focus')).waitFor();
	await page.keyboard.type('1');
	await page.keyboard.press('Tab');
	await page.keyboard.type('5551234');
	await page.getByRole('button', { name: 'Remove Speed dials 1' }).press('Enter');
	assert.equal(await focused(), 'f_47_speed_dials');
	await page.getByRole('button', { name: 'Add to Directory numbers', exact: true }).press('Enter');
	await page.locator('#f_47_buttons_47_1_47_dns_47_1:focus').waitFor();
	await page.getByRole('button', { name: 'Remove Directory numbers 2' }).press('Enter');
	await page.locator('.list:focus').getByRole('combobox', { name: 'Directory numbers 1' }).waitFor();
	await clean(page);
	await page.close();
});

test('on a small screen the menu opens, closes by Escape and by a choice', async () => {
	const page = await openPage(server, { width: 320, height: 720 });

	await signIn(page, server);
	await page.getByRole('button', { name: 'Menu', exact: true }).click();
	await shot(page, 'menu-320');
	await accessible(page, 'menu');
	await page.keyboard.press('Escape');
	await page.getByRole('navigation', { name: 'Main' }).waitFor({ state: 'hidden' });
	await page.getByRole('button', { name: 'Menu', exact: true }).click();
	await page.getByRole('link', { name: 'Events' }).click();
	await page.getByRole('heading', { level: 1, name: 'Events' }).waitFor();
	await page.getByRole('navigation', { name: 'Main' }).waitFor({ state: 'hidden' });
	await clean(page);
	await page.close();
});

test('a stranger is added from its own page', async () => {
	const page = await openPage(server);

	await signIn(page, server);
	await page.goto(`${server.url}/#/phones?state=unknown`);
	await page.getByRole('link', { name: 'AA:BB:CC:DD:EE:01' }).click();
	await page.getByRole('link', { name: 'Add this phone' }).click();
	assert.equal(await page.getByRole('dialog').getByLabel('MAC address').inputValue(), 'AA:BB:CC:DD:EE:01');
	await clean(page);
	await page.close();
});

test('a viewer sees everything but changes nothing', async () => {
	await server.api('POST', '/accounts', { username: 'viewer', password: 'looking around', role: 'viewer' });
	const page = await openPage(server);

	await page.goto(`${server.url}/`);
	await page.getByLabel('User name').fill('viewer');
	await page.getByLabel('Password').fill('looking around');
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.getByRole('link', { name: 'Reception' }).waitFor();
	assert.equal(await page.getByRole('link', { name: 'Add a phone' }).count(), 0);
	assert.equal(await page.getByRole('link', { name: 'Tokens' }).count(), 0);
	await page.goto(`${server.url}/#/config/telephony-service`);
	await page.getByText('You may look, but not change').waitFor();
	assert.equal(await page.locator('.form-section input:enabled').count(), 0);
	await accessible(page, 'a form that may not be changed');
	for (const name of ['tokens', 'audit', 'backup']) {
		await page.goto(`${server.url}/#/${name}`);
		await page.getByRole('heading', { level: 1, name: 'For administrators' }).waitFor();
	}
	await accessible(page, 'a page for administrators');
	await page.getByRole('link', { name: 'Accounts' }).click();
	await page.getByRole('button', { name: 'Change my password' }).click();
	await page.getByRole('dialog').getByLabel('Current password').fill('looking around');
	await page.getByRole('dialog').getByLabel('New password').fill('looking elsewhere');
	await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
	await page.getByText('Your password is changed.').waitFor();
	await page.getByLabel('User name').fill('viewer');
	await page.getByLabel('Password').fill('looking elsewhere');
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.getByRole('heading', { level: 1, name: 'Accounts' }).waitFor();
	await accessible(page, 'accounts of a viewer');
	await clean(page);
	await page.close();
});

test('tokens and backup: made by clicks, used as a script would', async () => {
	const page = await openPage(server);

	await signIn(page, server);
	await page.goto(`${server.url}/#/tokens`);
	await page.getByRole('button', { name: 'New token' }).click();
	await page.getByRole('dialog').getByLabel('Name').fill('by-hand');
	await page.getByRole('dialog').getByRole('button', { name: 'Make token' }).click();
	const token = await page.getByTestId('token').innerText();
	const res = await fetch(`${server.url}/api/v1/phones`, { headers: { Authorization: `Bearer ${token}` } });

	assert.equal(res.status, 200);
	await page.getByRole('button', { name: 'Done' }).click();
	await page.goto(`${server.url}/#/backup`);
	const download = page.waitForEvent('download');

	await page.getByRole('button', { name: 'Download backup' }).click();
	const file = await (await download).path();

	await page.getByLabel('Backup file').setInputFiles(file);
	await page.getByRole('button', { name: 'See what it would bring back' }).click();
	await page.getByRole('dialog').getByText(/It holds \d+ objects/).waitFor();
	await clean(page);
	await page.close();
});

test('an operator changes the configuration', async () => {
	await server.api('POST', '/accounts', { username: 'operator', password: 'switching calls', role: 'operator' });
	const page = await openPage(server);

	await page.goto(`${server.url}/#/config/ephone-dns/1`);
	await page.getByLabel('User name').fill('operator');
	await page.getByLabel('Password').fill('switching calls');
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Workshop 2');
	await page.getByRole('button', { name: 'Preview and save' }).click();
	await page.getByRole('dialog').getByText('needs a restart').waitFor();
	await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
	await page.getByText(/Saved as revision \d+/).waitFor();
	await page.goto(`${server.url}/#/events`);
	await page.getByText(/^Revision \d+ by operator$/).waitFor();
	await clean(page);
	await page.close();
});

test('who loses a race keeps his change and sees the other', async () => {
	const page = await openPage(server);
	const put = (value) => server.api('PATCH', '/config/voice-register/pools/1', value, { 'If-Match': '*' });

	await signIn(page, server);
	await page.goto(`${server.url}/#/config/voice-register/pools/1`);
	await page.getByRole('textbox', { name: 'Description' }).fill('Mine');
	await put({ dnd: true });
	await page.getByRole('button', { name: 'Preview and save' }).click();
	await page.getByText('Somebody else changed this in the meantime.').waitFor();
	await accessible(page, 'a lost race');
	await page.getByRole('button', { name: 'Load their change and keep mine' }).click();
	await page.getByText('1 setting changed, not saved.').waitFor();
	await page.locator('#f_47_dnd:checked').waitFor();
	assert.equal(await page.getByRole('textbox', { name: 'Description' }).inputValue(), 'Mine');
	await page.getByRole('button', { name: 'Preview and save' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
	await page.getByText(/Saved as revision \d+/).waitFor();
	await put({ description: 'Reception' });
	await clean(page);
	await page.close();
});

test('a time zone is told in words, and what an unused part would need is not asked for', async () => {
	const page = await openPage(server);

	await signIn(page, server);
	await page.goto(`${server.url}/#/config/telephony-service`);
	await page.getByLabel('Time zone', { exact: true }).fill('23');
	await page.getByText(/Berlin.*UTC\+01:00/).first().waitFor();
	await page.getByRole('group', { name: 'IPv4' }).getByText('(needed)').waitFor();
	const six = page.getByRole('group', { name: 'IPv6' });

	assert.equal(await six.getByText('(needed)').count(), 0);
	await six.getByLabel('Port').fill('2000');
	await six.getByText('(needed)').waitFor();
	await page.getByRole('button', { name: 'Discard' }).click();
	await clean(page);
	await page.close();
});

test('a certificate of your own is installed, and taken away again', async () => {
	const page = await openPage(server);
	const card = page.getByRole('region', { name: 'Certificate' });
	const files = ['cert', 'key'].map((n) => `${server.data}-${n}.pem`);

	await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '365', '-subj', '/CN=phones.example.org',
		'-addext', 'subjectAltName=DNS:phones.example.org', '-out', files[0], '-keyout', files[1]]);
	await signIn(page, server);
	await page.goto(`${server.url}/#/status`);
	await card.getByText('itself (self-signed)').waitFor();
	await card.getByRole('button', { name: 'Install your own' }).click();
	await page.getByLabel('Or paste them').fill('nonsense');
	await page.getByRole('dialog').getByRole('button', { name: 'Install' }).click();
	await page.getByRole('alert').getByText('There is no certificate in PEM form').waitFor();
	await accessible(page, 'install a certificate');
	await page.getByLabel('Files').setInputFiles(files);
	await page.getByRole('dialog').getByRole('button', { name: 'Install' }).click();
	await card.getByText('CN = phones.example.org').first().waitFor();
	await shot(page, 'certificate-light');
	await card.getByRole('button', { name: 'Back to the built-in one' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Go back' }).click();
	await card.getByText('CN = phones.example.org').first().waitFor({ state: 'detached' });
	files.forEach((f) => rmSync(f));
	await clean(page);
	await page.close();
});
