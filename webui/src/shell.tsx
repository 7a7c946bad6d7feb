// The frame around every page: where one is, where one can go, who one is.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { followConfirmation } from './lib/confirm';
import { drafted } from './lib/draft';
import { live } from './lib/feed';
import { href, route } from './lib/router';
import { isAdmin, mayWrite, session, signOut, theme, type Theme } from './lib/session';
import { Icon, type IconName } from './ui/icons';
import { Banners } from './ui/banners';
import { Badge, Segments } from './ui/parts';

interface Link { path: string; text: string; icon: IconName; admin?: boolean; write?: boolean }
const NAV: { title: string; links: Link[] }[] = [
	{ title: 'Site', links: [{ path: 'phones', text: 'Phones', icon: 'phone' }, { path: 'attempts', text: 'Attempts', icon: 'ban' }, { path: 'events', text: 'Events', icon: 'activity' }] },
	{ title: 'Configuration', links: [
		{ path: 'config', text: 'Settings', icon: 'settings' },
		{ path: 'changes', text: 'Not saved', icon: 'edit' },
		{ path: 'revisions', text: 'Revisions', icon: 'history' },
		{ path: 'import', text: 'Import', icon: 'upload', write: true },
		{ path: 'export', text: 'Export', icon: 'download' },
	] },
	{
		title: 'System',
		links: [
			{ path: 'status', text: 'Status', icon: 'heart' },
			{ path: 'accounts', text: 'Accounts', icon: 'person' },
			{ path: 'tokens', text: 'Tokens', icon: 'key', admin: true },
			{ path: 'audit', text: 'Audit log', icon: 'shield', admin: true },
			{ path: 'backup', text: 'Backup', icon: 'box', admin: true },
		],
	},
];

/** Changes that are not saved are in the list while there are any. */
const mine = (l: Link) => (!l.admin || isAdmin()) && (!l.write || mayWrite()) && (l.path !== 'changes' || drafted.value > 0);

const Brand = () => <a class="brand" href={href(['phones'])}><img src="/favicon.svg" alt="" />Switchroom</a>;
const LIVE = { off: ['idle', 'Not live'], connecting: ['warn', 'Offline'], socket: ['ok', 'Live'], poll: ['ok', 'Live, by polling'] } as const;

export function Shell({ children }: { children: ComponentChildren }) {
	const [open, setOpen] = useState(false);
	const main = useRef<HTMLElement>(null);
	const here = route.value.path[0] ?? 'phones';
	const [tone, text] = LIVE[live.value];

	useEffect(() => setOpen(false), [route.value]);
	useEffect(followConfirmation, []);
	useEffect(() => {
		const esc = (e: KeyboardEvent) => { if (e.key === 'Escape') setOpen(false); };

		window.addEventListener('keydown', esc);
		return () => window.removeEventListener('keydown', esc);
	}, []);
	return (
		<>
			<a class="skip" href="#main" onClick={(e) => { e.preventDefault(); main.current?.focus(); }}>Skip to content</a>
			<section class="topbar" aria-label="Top bar">
				<button class="btn quiet icon-only" onClick={() => setOpen(true)} aria-expanded={open} aria-label="Menu"><Icon name="menu" /></button>
				<Brand />
				<Badge tone={tone}>{text}</Badge>
			</section>
			<div class="shell">
				<header class={`side ${open ? 'open' : ''}`}>
					<div class="row">
						<div class="grow"><Brand /></div>
						{open && <button class="btn quiet icon-only" onClick={() => setOpen(false)} aria-label="Close menu"><Icon name="close" /></button>}
					</div>
					<nav class="nav" aria-label="Main">
						{NAV.map((g) => (
							<div key={g.title}>
								<h2>{g.title}</h2>
								<ul>{g.links.filter(mine).map((l) => <li key={l.path}><a href={href([l.path])} aria-current={here === l.path ? 'page' : undefined}><Icon name={l.icon} />{l.text}{l.path === 'changes' && <span class="count num">{drafted}</span>}</a></li>)}</ul>
							</div>
						))}
					</nav>
					<div class="side-end">
						<div class="who"><Badge tone={tone}>{text}</Badge></div>
						<Appearance />
						<div class="who"><Icon name="person" /><span class="grow">{session.value?.username}<br /><span class="small muted">{session.value?.role}</span></span><button class="btn quiet icon-only" onClick={() => void signOut()} aria-label="Sign out"><Icon name="exit" /></button></div>
					</div>
				</header>
				<main id="main" class="content" ref={main} tabIndex={-1}><Banners />{children}</main>
			</div>
		</>
	);
}

function Appearance() {
	const word = (icon: IconName, text: string) => <><Icon name={icon} /><span class="hidden">{text}</span></>;

	return <Segments<Theme> name="theme" label="Appearance" value={theme.value} set={(t) => { theme.value = t; }}
		options={[{ value: 'auto', text: word('auto', 'As the system') }, { value: 'light', text: word('sun', 'Light') }, { value: 'dark', text: word('moon', 'Dark') }]} />;
}
