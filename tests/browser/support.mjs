// What the browser tests share: one appliance with fresh data, one Chromium, and eyes for what must never
// happen: a request that leaves the origin, a violation of the content security policy, an error in the page.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium } from 'playwright-core';

const ROOT = new URL('../..', import.meta.url).pathname;
const BINARY = process.env.SWITCHROOM ?? join(ROOT, 'build/switchroom');
const SHOTS = process.env.SCREENSHOTS ?? join(ROOT, 'build/screenshots');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const PASSWORD = 'correct horse battery';

export async function until(check, what, ms = 15_000) {
	const end = Date.now() + ms;

	for (;;) {
		const value = await check();

		if (value)
			return value;
		if (Date.now() > end)
			assert.fail(`no ${what} within ${ms} ms`);
		await pause(30);
	}
}

/** One running appliance on free ports. */
export class Server {
	async start(options = []) {
		this.data ??= mkdtempSync(join(tmpdir(), 'switchroom-browser-'));
		this.logFile = `${this.data}.log`;
		const log = openSync(this.logFile, 'a');
		const run = join(this.data, 'switchroom.run');

		rmSync(run, { force: true });
		this.process = spawn(BINARY, ['serve', '--data', this.data, '--test', '--listen', '127.0.0.1',
			...['admin', 'admin-tls', 'feed', 'feed-tls', 'tftp', 'ntp', 'sip', 'sccp', 'hfs'].flatMap((p) => [`--${p}-port`, '0']),
			...options], { stdio: ['ignore', log, log] });
		this.gone = new Promise((done) => this.process.once('exit', done));
		await until(() => existsSync(run) || this.process.exitCode !== null, 'start', 60_000);
		assert.equal(this.process.exitCode, null, `switchroom ended at start:\n${this.log()}`);
		this.ports = JSON.parse(readFileSync(run, 'utf8')).ports;
		this.url = `http://127.0.0.1:${this.ports.admin}`;
		return this;
	}

	log() { return readFileSync(this.logFile, 'utf8'); }

	port(name) {
		return until(() => JSON.parse(readFileSync(join(this.data, 'switchroom.run'), 'utf8')).ports[name], `port of ${name}`);
	}

	async code() {
		return (await until(() => /set-up code:?\s+([A-Z2-7]{8})/.exec(this.log()), 'set-up code'))[1];
	}

	async stop() {
		this.process?.kill('SIGTERM');
		await this.gone;
	}

	async close() {
		await this.stop();
		rmSync(this.data, { recursive: true, force: true });
		rmSync(this.logFile, { force: true });
	}

	/** REST as a script would use it; each request on a connection of its own, which the server cannot have closed. */
	async api(method, path, body, headers = {}) {
		const res = await fetch(`${this.url}/api/v1${path}`, {
			method, body: typeof body === 'string' || body === undefined ? body : JSON.stringify(body),
			headers: { 'Content-Type': 'application/json', Connection: 'close', ...(this.token && { Authorization: `Bearer ${this.token}` }), ...headers },
		});
		const text = await res.text();

		assert.ok(res.ok, `${method} ${path}: ${res.status} ${text}`);
		return { data: text ? JSON.parse(text) : null, headers: res.headers };
	}

	/** Set-up and a token by REST, for tests that are about something else. */
	async setUp() {
		await this.api('POST', '/setup', { code: await this.code(), username: 'admin', password: PASSWORD, site: { address: '127.0.0.1', time_zone: 'Etc/UTC', profile: 'site' } });
		return this.signInByRest();
	}

	async signInByRest() {
		const { data, headers } = await this.api('POST', '/sessions', { username: 'admin', password: PASSWORD });
		const cookie = headers.get('set-cookie').split(';')[0];

		this.token = (await this.api('POST', '/tokens', { name: 'browser-tests', role: 'admin' }, { Cookie: cookie, 'X-CSRF-Token': data.csrf_token })).data.token;
		return this;
	}
}

let browser;

export async function openBrowser() {
	browser ??= await chromium.launch({
		executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
		args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
	});
	return browser;
}

export async function closeBrowser() {
	await browser?.close();
	browser = undefined;
}

/** A window that notes everything that must not happen. `allowed`: console errors a test provokes. */
export async function openPage(server, { theme = 'light', width = 1280, height = 860, ...more } = {}) {
	const context = await (await openBrowser()).newContext({ colorScheme: theme, viewport: { width, height }, reducedMotion: 'reduce', ...more });
	const page = await context.newPage();
	const hosts = new Set([`127.0.0.1:${server.ports.admin}`, `127.0.0.1:${server.ports.feed}`]);

	page.faults = [];
	page.refused = [];
	page.on('pageerror', (e) => page.faults.push(`error in the page: ${e.stack}`));
	page.on('console', (m) => {
		if (m.type() !== 'error' && m.type() !== 'warning')
			return;
		if (/Failed to load resource/.test(m.text()))
			page.refused.push(`${m.text()} ${m.location().url}`);
		else
			page.faults.push(`console: ${m.text()}`);
	});
	page.on('request', (r) => { if (!/^(data|blob|about):/.test(r.url()) && !hosts.has(new URL(r.url()).host)) page.faults.push(`left the origin: ${r.url()}`); });
	page.on('websocket', (w) => { if (!hosts.has(new URL(w.url()).host)) page.faults.push(`left the origin: ${w.url()}`); });
	await context.addInitScript(() => {
		window.cspViolations = [];
		document.addEventListener('securitypolicyviolation', (e) => window.cspViolations.push(`${e.violatedDirective} ${e.blockedURI}`));
	});
	page.close = () => context.close();
	return page;
}

/** Nothing went wrong behind the page's back. */
export async function clean(page) {
	const csp = await page.evaluate(() => window.cspViolations);

	assert.deepEqual([...page.faults, ...csp.map((v) => `content security policy: ${v}`)], []);
}

export async function signIn(page, server) {
	await page.goto(`${server.url}/#/phones`);
	await page.getByLabel('User name').fill('admin');
	await page.getByLabel('Password').fill(PASSWORD);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.getByRole('heading', { level: 1, name: 'Phones' }).waitFor();
	page.refused = page.refused.filter((r) => !/401/.test(r));      // nobody was signed in before
}

/** Accessibility: no violation of WCAG 2.2 AA that axe can see. */
export async function accessible(page, what) {
	await page.evaluate(AXE);
	const found = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));

	assert.deepEqual(found.violations.map((v) => `${v.id} ${v.nodes.length}: ${v.nodes[0].target} ${v.nodes[0].failureSummary}`), [], what);
	assert.ok(found.passes.length > 5, `${what}: axe looked at something`);
}

export async function shot(page, name) {
	mkdirSync(SHOTS, { recursive: true });
	await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

/** A program of its own; its output is in the error when it fails. */
export function run(command, args, options = {}) {
	return new Promise((done, fail) => {
		const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
		let out = '';

		child.stdout.on('data', (d) => { out += d; });
		child.stderr.on('data', (d) => { out += d; });
		child.on('error', fail);
		child.on('exit', (code) => (code === 0 ? done(out) : fail(new Error(`${command} ${args.join(' ')}: exit ${code}\n${out.slice(-3000)}`))));
	});
}
