// Every change of the configuration goes through POST /transactions: preview and commit are the same call.
import { post, type Options } from './api';
import type { Json } from './json';

export interface Operation {
	op: 'create' | 'put' | 'patch' | 'delete';
	path: string;
	value?: Json;
	if_match?: string;
}
export interface Impact { device: string; pending_action: string }
export interface FieldChange {
	field: string;
	label?: string | undefined;
	command?: string | undefined;
	apply?: string;
	before?: Json;
	after?: Json;
}
export interface ObjectChange { path: string; change?: string; fields?: FieldChange[]; before?: Json; after?: Json }
export interface Outcome {
	revision: number;
	pending_action: string;
	affected_phones: Impact[];
	files: string[];
	warnings: (string | { detail: string })[];
	changes: ObjectChange[];
}

export interface CommitOptions { comment?: string; apply?: 'none' | 'affected'; base?: number }

export async function transact(operations: Operation[], dry: boolean, opt: CommitOptions = {}): Promise<Outcome> {
	const query: Options['query'] = dry ? { dry_run: true } : {};
	const { data } = await post<Partial<Outcome>>('/transactions', {
		operations,
		...(opt.comment && { comment: opt.comment }),
		...(opt.base !== undefined && { base_revision: opt.base }),
		apply: opt.apply ?? 'none',
	}, query);

	return outcome(data);
}

/** Fill what an answer leaves out, so that pages need not ask. */
export function outcome(data: Partial<Outcome>): Outcome {
	return {
		revision: data.revision ?? 0,
		pending_action: data.pending_action ?? 'none',
		affected_phones: data.affected_phones ?? [],
		files: data.files ?? [],
		warnings: data.warnings ?? [],
		changes: data.changes ?? [],
	};
}

/** What a phone has to do to see a change, in words. */
export function actionWords(action: string): string {
	return ({
		none: 'nothing to do',
		reregister: 'registers again by itself',
		restart: 'needs a restart',
		reset: 'needs a reset',
		'create+reset': 'needs new files and a reset',
		reload: 'needs Switchroom to start again',
	} as Record<string, string>)[action] ?? action;
}
