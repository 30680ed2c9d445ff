/** The tablet's view: base rows with its own pending operations laid on top (rule S21). */
import {DIRECTORY_REDUCERS} from './directory_reducers.ts';
import type {Operation} from './operation.ts';
import type {Status} from './outcome.ts';
import type {Reducer, Rows, Value} from './reducer.ts';
import {TICKET_REDUCERS} from './ticket_reducers.ts';
import {VISIT_REDUCERS} from './visit_reducers.ts';

/** Every operation type that a tablet makes. A type without an entry does not show until the server has spoken. */
export const REDUCERS: Readonly<Record<string, Reducer>> = {...VISIT_REDUCERS, ...TICKET_REDUCERS, ...DIRECTORY_REDUCERS};

/** An operation of the outbox: `status` and `seq` once the server answered, else null. */
export interface Pending {
  readonly n: number;
  readonly operation: Operation;
  readonly status: Status | null;
  readonly seq: number | null;
}

/** Whether it still lies on top: not answered yet, or its effect lies beyond the base's head. */
export function isLaid(pending: Pick<Pending, 'status' | 'seq'>, head: number): boolean {
  return pending.status === null || (pending.seq !== null && pending.seq > head);
}

/** Rows as the person should see them. An operation whose type or row is unknown here changes nothing. */
export function replay(rows: Rows, operations: Iterable<Operation>, person: string): Map<string, Value> {
  const view = new Map(rows);
  for (const operation of operations) {
    const reducer = Object.hasOwn(REDUCERS, operation.type) ? REDUCERS[operation.type] : undefined;
    const changes = reducer?.(operation, view, person) ?? {};
    for (const [key, value] of Object.entries(changes)) view.set(key, value);
  }
  return view;
}

/** Base of `head` with what is still unretired on top, in the order of n. */
export function view(base: Rows, pending: readonly Pending[], head: number, person: string): Map<string, Value> {
  const laid = pending.filter((one) => isLaid(one, head)).sort((one, other) => one.n - other.n);
  return replay(base, laid.map((one) => one.operation), person);
}
