// The start of the application: who is here decides which page is shown.
import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import './style/tokens.css';
import './style/base.css';
import './style/shell.css';
import './style/parts.css';
import { onSignedOut } from './lib/api';
import { startFeed, stopFeed } from './lib/feed';
import { href, route } from './lib/router';
import { begin, isAdmin, left, stage } from './lib/session';
import { Accounts, Audit, Tokens } from './pages/access';
import { Attempts } from './pages/attempts';
import { Changes } from './pages/changes';
import { Config } from './pages/config';
import { SetUp, SignIn, Unreachable } from './pages/door';
import { Events } from './pages/events';
import { Export } from './pages/export';
import { Import } from './pages/import';
import { PhonePage } from './pages/phone';
import { Phones } from './pages/phones';
import { RevisionPage, Revisions } from './pages/revisions';
import { Backup, Status } from './pages/system';
import { Shell } from './shell';
import { Empty, Page, Toasts } from './ui/parts';

const number = (s: string | null | undefined): number | null => (s && /^\d+$/.test(s) ? Number(s) : null);

const FOR_ADMINS = new Set(['tokens', 'audit', 'backup']);

function Here() {
	const { path, query } = route.value;
	const [page = 'phones', item] = path;
	const revision = number(item);

	if (FOR_ADMINS.has(page) && !isAdmin())
		return <Page title="For administrators"><div class="card"><Empty icon="shield" title="This page is for administrators"><p>Your account has another role. An administrator can change it.</p><a class="btn" href={href(['phones'])}>Show phones</a></Empty></div></Page>;
	switch (page) {
	case 'phones': return item ? <PhonePage key={item} device={item} /> : <Phones />;
	case 'events': return <Events />;
	case 'attempts': return <Attempts />;
	case 'changes': return <Changes />;
	case 'import': return <Import />;
	case 'export': return <Export />;
	case 'config': return <Config key={path.join('/')} path={path.slice(1)} />;
	case 'revisions': return revision !== null ? <RevisionPage key={item} number={revision} against={number(query.get('against'))} /> : <Revisions />;
	case 'status': return <Status />;
	case 'accounts': return <Accounts />;
	case 'tokens': return <Tokens />;
	case 'audit': return <Audit />;
	case 'backup': return <Backup />;
	default: return <Page title="Not here"><div class="card"><Empty icon="search" title="There is no such page"><a class="btn" href={href(['phones'])}>Show phones</a></Empty></div></Page>;
	}
}

function Inside() {
	useEffect(() => {
		startFeed();
		return stopFeed;
	}, []);
	return <Shell><Here /></Shell>;
}

function App() {
	const shown = { starting: null, unreachable: <Unreachable />, setup: <SetUp />, 'sign-in': <SignIn />, in: <Inside /> }[stage.value];

	return <>{shown}<Toasts /></>;
}

onSignedOut.call = left;
render(<App />, document.getElementById('app')!);
void begin();
