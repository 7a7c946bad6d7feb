// Every change of the configuration goes through POST /transactions: preview and commit are the same call.
import { post, type Options } from './api';
import { awaitConfirmation } from './confirm';
import type { Json } from './json';

export interface Operation {
	op: 'create' | 'put' | 'patch' | 'delete';
	path: string;
	value?: Json;
	if_match?: string;
}
export interface Impact { device: string; pending_action: string; /** The change brings it, or takes it away. */ new?: boolean; gone?: boolean }
export interface FieldChange {
	field: string;
	label?: string | undefined;
	command?: string | undefined;
	apply?: string;
	before?: Json;
	after?: Json;
}
export interface ObjectChange { path: string; change?: string; fields?: FieldChange[]; before?: Json; after?: Json; /** The same as lines of IOS. */ lines?: string }
export interface FileChange { name: string; change: 'created' | 'changed' | 'deleted' | string; diff?: string }
export interface Warning { detail: string; path?: string; field?: string; command?: string }
export interface Outcome {
	revision: number;
	pending_action: string;
	affected_phones: Impact[];
	files: string[];
	file_changes?: FileChange[];
	file_changes_more?: number;
	warnings: (string | Warning)[];
	changes: ObjectChange[];
	confirm?: { revision: number; falls_back_to: number; deadline: string };
}

/** What the person who commits decides. */
export interface CommitOptions { comment?: string; apply?: 'none' | 'affected'; confirmMinutes?: number | undefined }

/** The query of a dry run: nothing is changed, and files and objects are told line by line. */
export const DRY: Options['query'] = { dry_run: true, diff: 'files,lines' };

export async function transact(operations: Operation[], dry: boolean, opt: CommitOptions = {}): Promise<Outcome> {
	const { data } = await post<Partial<Outcome>>('/transactions', {
		operations,
		...(opt.comment && { comment: opt.comment }),
		...(opt.confirmMinutes && { confirm_minutes: opt.confirmMinutes }),
		apply: opt.apply ?? 'none',
	}, dry ? DRY : { confirm: true }); // what the preview asked has been read

	return outcome(data);
}

/** Fill what an answer leaves out, so that pages need not ask. */
export function outcome(data: Partial<Outcome>): Outcome {
	if (data.confirm)
		awaitConfirmation();
	return {
		...data,
		revision: data.revision ?? 0,
		pending_action: data.pending_action ?? 'none',
		affected_phones: data.affected_phones ?? [],
		files: data.files ?? [],
		warnings: data.warnings ?? [],
		changes: data.changes ?? [],
	};
}

/** What a phone has to do to see a change, in words. */
export function actionWords(action: string, n = 1): string {
	const s = n === 1 ? 's' : '';

	return ({
		none: 'nothing to do',
		reregister: n === 1 ? 'registers again by itself' : 'register again by themselves',
		restart: `need${s} a restart`,
		reset: `need${s} a reset`,
		'create+reset': `need${s} new files and a reset`,
		reload: `need${s} Switchroom to start again`,
		new: n === 1 ? 'is new, and reads its files when it comes' : 'are new, and read their files when they come',
		gone: n === 1 ? 'is not configured any more' : 'are not configured any more',
	} as Record<string, string>)[action] ?? action;
}

/** What to mind, each said once, with the objects that it is about. */
export function mind(warnings: Outcome['warnings']): { text: string; paths: string[] }[] {
	const out = new Map<string, Set<string>>();

	for (const w of warnings) {
		const text = typeof w === 'string' ? w : w.detail;
		const paths = out.get(text) ?? new Set();

		if (typeof w !== 'string' && w.path)
			paths.add(w.path);
		out.set(text, paths);
	}
	return [...out].map(([text, paths]) => ({ text, paths: [...paths] }));
}

const ORDER = ['gone', 'reload', 'create+reset', 'reset', 'restart', 'reregister', 'new', 'none'];

/** Phones by what they need, the strongest first. */
export function byAction(phones: Impact[]): [action: string, devices: string[]][] {
	const groups = new Map<string, string[]>();

	for (const p of phones) {
		const action = p.new ? 'new' : p.gone ? 'gone' : p.pending_action;

		groups.set(action, [...(groups.get(action) ?? []), p.device]);
	}
	return [...groups].sort(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b));
}
