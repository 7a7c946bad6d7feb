// The one table: sorting, picking rows, cards on a narrow screen, words for the empty case.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icons';

export interface Column<T> {
	id: string;
	label: string;
	render: (row: T) => ComponentChildren;
	/** Value to sort by; without it the column cannot be sorted. */
	sort?: (row: T) => string | number;
	class?: string;
	/** This column names the row. */
	head?: boolean;
}

interface Props<T> {
	label: string;
	columns: Column<T>[];
	rows: T[];
	id: (row: T) => string;
	picked?: { set: Set<string>; change: (s: Set<string>) => void; name: (row: T) => string };
	fresh?: Set<string>;
	empty: ComponentChildren;
	foot?: ComponentChildren;
	start?: { by: string; down?: boolean };
	/** Rows drawn at once; more on demand. */
	page?: number;
}

export function compare(a: string | number, b: string | number): number {
	return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true });
}

export function Table<T>({ label, columns, rows, id, picked, fresh, empty, foot, start, page = Infinity }: Props<T>) {
	const [most, setMost] = useState(page);
	const [order, setOrder] = useState(start);
	const by = columns.find((c) => c.id === order?.by);
	const sorted = by?.sort
		? [...rows].sort((a, b) => compare(by.sort!(a), by.sort!(b)) * (order?.down ? -1 : 1))
		: rows;

	if (rows.length === 0)
		return <>{empty}</>;
	return (
		<>
			<div class="table-wrap">
				<table class="cards" role="table" aria-label={label}>
					<thead role="rowgroup">
						<tr role="row">
							{picked && <th role="columnheader" class="pick"><PickAll rows={sorted} id={id} picked={picked} /></th>}
							{columns.map((c) => <Head key={c.id} column={c} order={order} set={setOrder} />)}
						</tr>
					</thead>
					<tbody role="rowgroup">
						{sorted.slice(0, most).map((r) => (
							<tr role="row" key={id(r)} class={fresh?.has(id(r)) ? 'fresh' : undefined}>
								{picked && <td role="cell" class="pick"><Pick row={r} id={id} picked={picked} /></td>}
								{columns.map((c) => c.head
									? <th role="rowheader" scope="row" class={c.class} key={c.id}>{c.render(r)}</th>
									: <td role="cell" class={c.class} data-label={c.label} key={c.id}>{c.render(r)}</td>)}
							</tr>
						))}
					</tbody>
				</table>
			</div>
			{(foot || sorted.length > most) && <div class="table-foot"><span class="grow">{foot}</span>{sorted.length > most && <button type="button" class="btn small" onClick={() => setMost(most + page)}>Show more</button>}</div>}
		</>
	);
}

type Order = { by: string; down?: boolean } | undefined;

function Head<T>({ column: c, order, set }: { column: Column<T>; order: Order; set: (o: Order) => void }) {
	const active = order?.by === c.id;

	if (!c.sort)
		return <th role="columnheader" scope="col" class={c.class}>{c.label || <span class="hidden">Actions</span>}</th>;
	return (
		<th role="columnheader" scope="col" class={c.class} aria-sort={active ? (order?.down ? 'descending' : 'ascending') : undefined}>
			<button type="button" onClick={() => set({ by: c.id, down: active && !order?.down })}>
				{c.label}{active && <Icon name={order?.down ? 'down' : 'up'} />}
			</button>
		</th>
	);
}

type Picked<T> = NonNullable<Props<T>['picked']>;

function Pick<T>({ row, id, picked }: { row: T; id: (r: T) => string; picked: Picked<T> }) {
	const change = (on: boolean) => {
		const s = new Set(picked.set);

		if (on)
			s.add(id(row));
		else
			s.delete(id(row));
		picked.change(s);
	};

	return <input type="checkbox" aria-label={`Select ${picked.name(row)}`} checked={picked.set.has(id(row))} onChange={(e) => change(e.currentTarget.checked)} />;
}

function PickAll<T>({ rows, id, picked }: { rows: T[]; id: (r: T) => string; picked: Picked<T> }) {
	const ref = useRef<HTMLInputElement>(null);
	const n = rows.filter((r) => picked.set.has(id(r))).length;

	useEffect(() => { if (ref.current) ref.current.indeterminate = n > 0 && n < rows.length; });
	return <input ref={ref} type="checkbox" aria-label="Select all rows" checked={n === rows.length}
		onChange={(e) => picked.change(new Set(e.currentTarget.checked ? rows.map(id) : []))} />;
}
