// Texts leave the page: as a file, or by the clipboard.
export function download(name: string, data: string | Blob, type = 'text/plain'): void {
	const link = document.createElement('a');

	link.href = URL.createObjectURL(typeof data === 'string' ? new Blob([data], { type }) : data);
	link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Without TLS a browser has no clipboard for pages; then the old way. */
export async function copy(text: string): Promise<boolean> {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		const box = document.createElement('textarea');
		const back = document.activeElement as HTMLElement | null;

		box.value = text;
		document.body.append(box);
		box.select();
		const done = document.execCommand('copy');

		box.remove();
		back?.focus();
		return done;
	}
}

export const today = (): string => new Date().toISOString().slice(0, 10);
