// Difference of two texts by lines, for people: what both have in common around a change is shown, the rest is left out. Pure.

export interface DiffLine { kind: ' ' | '+' | '-' | '@'; text: string }

/** Too different to be worth the search (a whole configuration against another one): all out, all in. */
const MAX_COST = 2000;

/** Myers' shortest edit script between a and b; null when it costs too much. */
function script(a: string[], b: string[]): ('=' | '-' | '+')[] | null {
	const max = Math.min(a.length + b.length, MAX_COST);
	const rows: Int32Array[] = [];
	let v = new Int32Array(2 * max + 3);

	for (let d = 0; d <= max; d++) {
		rows.push(v.slice(max - d, max + d + 3));
		for (let k = -d; k <= d; k += 2) {
			const at = max + 1 + k;
			let x = k === -d || (k !== d && v[at - 1]! < v[at + 1]!) ? v[at + 1]! : v[at - 1]! + 1;

			while (x < a.length && x - k < b.length && a[x] === b[x - k])
				x++;
			v[at] = x;
			if (x >= a.length && x - k >= b.length)
				return trace(rows, a.length, b.length);
		}
	}
	return null;
}

/** The way back through the rows of the search. Row d holds diagonals -d-1 to d+1. */
function trace(rows: Int32Array[], x: number, y: number): ('=' | '-' | '+')[] {
	const out: ('=' | '-' | '+')[] = [];

	for (let d = rows.length - 1; d > 0; d--) {
		const row = (k: number) => rows[d]![k + d + 1]!;
		const k = x - y;
		const from = k === -d || (k !== d && row(k - 1) < row(k + 1)) ? k + 1 : k - 1;
		const fx = row(from);
		const fy = fx - from;

		while (x > fx && y > fy) {
			out.push('=');
			x--;
			y--;
		}
		out.push(from === k + 1 ? '+' : '-');
		x = fx;
		y = fy;
	}
	for (; x > 0; x--)
		out.push('=');
	return out.reverse();
}

function lines(a: string[], b: string[]): DiffLine[] {
	const ops = script(a, b);
	const out: DiffLine[] = [];
	let i = 0;
	let j = 0;

	if (!ops)
		return [...a.map((text) => ({ kind: '-' as const, text })), ...b.map((text) => ({ kind: '+' as const, text }))];
	for (const op of ops) {
		if (op === '+')
			out.push({ kind: '+', text: b[j++]! });
		else if (op === '-')
			out.push({ kind: '-', text: a[i++]! });
		else {
			out.push({ kind: ' ', text: a[i++]! });
			j++;
		}
	}
	return out;
}

const split = (s: string): string[] => s.replace(/\n$/, '').split('\n');

/** Empty when they are equal. A line of kind '@' says where a piece begins: the last line before it that is not indented. */
export function textDiff(before: string, after: string, context = 3): DiffLine[] {
	const a = split(before);
	const b = split(after);
	let head = 0;
	let tail = 0;

	if (before === after)
		return [];
	while (head < a.length && head < b.length && a[head] === b[head])
		head++;
	while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail])
		tail++;
	const same = (text: string): DiffLine => ({ kind: ' ', text });
	const whole = [...a.slice(0, head).map(same), ...lines(a.slice(head, a.length - tail), b.slice(head, b.length - tail)), ...a.slice(a.length - tail).map(same)];

	return pieces(whole, context);
}

function pieces(whole: DiffLine[], context: number): DiffLine[] {
	const near = new Uint8Array(whole.length);
	const out: DiffLine[] = [];
	let mode = '';
	let open = false;

	whole.forEach((l, i) => {
		if (l.kind !== ' ')
			near.fill(1, Math.max(0, i - context), i + context + 1);
	});
	whole.forEach((l, i) => {
		if (near[i]) {
			if (!open)
				out.push({ kind: '@', text: /^\s/.test(l.text) ? mode : '' });
			out.push(l);
		}
		open = near[i] === 1;
		if (l.text && !/^[\s!]/.test(l.text))
			mode = l.text;
	});
	return out;
}

/** A unified difference of the server, line by line. */
export function unified(text: string): DiffLine[] {
	return split(text).filter((l) => !/^(---|\+\+\+) /.test(l)).map((l) => {
		if (l.startsWith('@@'))
			return { kind: '@', text: l.replace(/^@@.*?@@ ?/, '') };
		return l[0] === '+' || l[0] === '-' ? { kind: l[0], text: l.slice(1) } : { kind: ' ', text: l.slice(l[0] === ' ' ? 1 : 0) };
	});
}
