/** What lies on a tablet, for the judges in Python. */
import type {OutboxRow} from '../../src/exchange/types.ts';
import type {Memory} from '../../src/store/memory.ts';
import type {Operation} from '../../src/sync/operation.ts';
import {view} from '../../src/sync/replay.ts';
import type {Window} from './tablet.ts';

/** Everything, as plain data. `null` when the app is not open. */
export function inspect(window: Window | undefined, person: string, {shown = false} = {}): object | null {
  const memory = window?.opened?.store.memory;
  if (memory === undefined) return null;
  return {
    meta: memory.meta,
    status: window?.status ?? null,
    rows: [...memory.rows.values()].map(({kind, id, ver, v}) => [kind, id, ver, v]),
    outbox: [...memory.outbox.values()].sort((one, other) => one.n - other.n),
    blobs: [...memory.blobs.values()],
    ...(shown ? {view: Object.fromEntries(viewOf(memory, person))} : {}),
  };
}

/** Retired too early: an own change that left the view before the base could contain it (I8). */
export function retiredTooEarly(memory: Memory): OutboxRow | null {
  // While everything is fetched anew the base of before is still shown, and the head counts from nothing.
  if (memory.meta.bootstrapping) return null;
  for (const row of memory.outbox.values()) {
    if (row.retired && (row.result === null || (row.result.seq !== null && row.result.seq > memory.meta.head))) return row;
  }
  return null;
}

function viewOf(memory: Memory, person: string): Map<string, unknown> {
  const base = new Map([...memory.rows].map(([key, row]) => [key, row.v]));
  const pending = [...memory.outbox.values()].filter((row) => !row.retired).flatMap((row) => {
    const operation = readable(row.text);
    return operation === null ? [] : [{n: row.n, operation, status: row.result?.status ?? null, seq: row.result?.seq ?? null}];
  });
  return view(base, pending, memory.meta.head, person);
}

function readable(text: string): Operation | null {
  try {
    const value = JSON.parse(text) as Partial<Operation> | null;
    return value !== null && typeof value === 'object' && Array.isArray(value.entity) && value.args instanceof Object ? value as Operation : null;
  } catch (fault) {
    if (fault instanceof SyntaxError) return null;
    throw fault;
  }
}
