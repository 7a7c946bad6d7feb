// Times, sizes and numbers for people, in the language and zone of their browser.
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });

export function dateTime(t: string | number | null | undefined): string {
	const d = new Date(t ?? NaN);

	return Number.isNaN(d.getTime()) ? '' : exact.format(d);
}

export function timeOfDay(t: string | number): string {
	const d = new Date(t);

	return Number.isNaN(d.getTime()) ? '' : clock.format(d);
}

export function ago(t: string | number | null | undefined, now = Date.now()): string {
	const at = new Date(t ?? NaN).getTime();

	if (Number.isNaN(at))
		return '';
	const s = Math.round((at - now) / 1000);
	const steps: [Intl.RelativeTimeFormatUnit, number][] = [['day', 86400], ['hour', 3600], ['minute', 60]];

	for (const [unit, len] of steps)
		if (Math.abs(s) >= len)
			return relative.format(Math.trunc(s / len), unit);
	return Math.abs(s) < 5 ? 'just now' : relative.format(s, 'second');
}

export function bytes(n: number): string {
	return n < 1000 ? `${n} B` : n < 1e6 ? `${(n / 1e3).toFixed(1)} kB` : `${(n / 1e6).toFixed(1)} MB`;
}

export function plural(n: number, one: string, many = one + 's'): string {
	return `${n} ${n === 1 ? one : many}`;
}

export function sentence(s: string): string {
	return s ? s[0]!.toUpperCase() + s.slice(1) : s;
}

/** A label within a sentence: "SIP phones", "dial peers". */
export const inText = (s: string): string => (/^[A-Z][a-z ]/.test(s) ? s[0]!.toLowerCase() + s.slice(1) : s);

/** With a full stop, when another sentence follows. */
export const stop = (s: string): string => (/[.!?:]$/.test(s) ? s : `${s}.`);

/** "auto_reg_ephone" as words. */
export function words(name: string): string {
	return sentence(name.replace(/_/g, ' '));
}
