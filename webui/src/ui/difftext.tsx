// Lines that come and go, with signs beside the colours: not everybody sees these.
import { unified, type DiffLine } from '../lib/textdiff';

const WORDS = { '+': 'added: ', '-': 'removed: ' } as Record<string, string>;
const MOST = 3000;

/** `text`: a unified difference; or the lines of one that was made here. */
export function DiffText({ text, lines, label }: { text?: string; lines?: DiffLine[]; label: string }) {
	const all = lines ?? unified(text ?? '');

	return (
		<div class="filebox difftext" tabIndex={0} role="region" aria-label={label}>
			{all.slice(0, MOST).map((l, i) => l.kind === '@'
				? (i > 0 || l.text) && <div class="piece" key={i}>{l.text || '…'}</div>
				: <div class={l.kind === '+' ? 'in' : l.kind === '-' ? 'out' : ''} key={i}><span class="sign" aria-hidden="true">{l.kind}</span>{WORDS[l.kind] && <span class="hidden">{WORDS[l.kind]}</span>}{l.text}</div>)}
			{all.length > MOST && <div class="piece">and {all.length - MOST} more lines</div>}
		</div>
	);
}
