import {computed, type ReadonlySignal} from '@preact/signals';
import {signal} from '@preact/signals';
import type {OutboxRow} from '../exchange/types.ts';
import type {Memory} from '../store/memory.ts';
import type {Store} from '../store/store.ts';
import type {Operation} from '../sync/operation.ts';
import {view as laidOver} from '../sync/replay.ts';
import type {Value} from '../sync/reducer.ts';
import type {Conflict} from './rows.ts';
import {tablet} from './tablet.ts';

/** A row with its id: what screens draw. */
export type Row<Fields = Value> = Readonly<Fields> & {readonly id: string};

const TROUBLED: ReadonlySet<string> = new Set(['held', 'rejected', 'conflict']);

/** Everything the person may see: the feed's rows with their own pending acts laid on top. Never changes; a new one comes. */
export class View {
  /** What screens hand on to `act` as `base`. */
  readonly head: number;
  readonly #rows: ReadonlyMap<string, Value>;
  readonly #outbox: readonly OutboxRow[];
  readonly #kinds = new Map<string, readonly Row[]>();

  constructor(memory: Memory, person: string) {
    this.head = memory.meta.head;
    this.#outbox = [...memory.outbox.values()];
    const base = new Map([...memory.rows].map(([key, row]) => [key, row.v]));
    this.#rows = laidOver(base, this.#outbox.filter((row) => !row.retired).map(pendingOf), this.head, person);
  }

  /** One row, or null. `Fields` is the caller's word for its shape (app/rows.ts). */
  get<Fields = Value>(kind: string, id: string): Row<Fields> | null {
    const value = this.#rows.get(`${kind}/${id}`);
    return value === undefined ? null : {...value, id} as Row<Fields>;
  }

  /** All rows of a kind, in no order. */
  all<Fields = Value>(kind: string): readonly Row<Fields>[] {
    const known = this.#kinds.get(kind) ?? this.#collect(kind);
    this.#kinds.set(kind, known);
    return known as readonly Row<Fields>[];
  }

  /** Rows of a kind that belong to a visit. */
  ofVisit<Fields = Value>(kind: string, visit: string): readonly Row<Fields>[] {
    return this.all<Fields & {visit: string}>(kind).filter((row) => row.visit === visit);
  }

  /** Two values for one field that wait for the office; while one does, the visit is not signed on this tablet. */
  openConflicts(visit: string): readonly Row<Conflict>[] {
    return this.ofVisit<Conflict>('conflict', visit).filter(({state}) => state === 'open');
  }

  /** Own acts on this entity that the server has not answered yet. */
  unsent(kind: string, id: string): readonly OutboxRow[] {
    return this.#outbox.filter((row) => row.result === null && row.kind === kind && row.entity === id);
  }

  /** Own acts on this entity, oldest first, as far as the tablet still keeps them. */
  acts(kind: string, id: string): readonly OutboxRow[] {
    return this.#outbox.filter((row) => row.kind === kind && row.entity === id).sort((one, other) => one.n - other.n);
  }

  /** Own acts on this entity that need attention. */
  troubled(kind: string, id: string): readonly OutboxRow[] {
    return this.trouble().filter((row) => row.kind === kind && row.entity === id);
  }

  /** All own acts that wait for somebody: held, rejected or in conflict, and not decided yet. */
  trouble(): readonly OutboxRow[] {
    return this.#outbox.filter((row) => row.result !== null && TROUBLED.has(row.result.status) && !this.#isDecided(row));
  }

  /** Own acts of which the office has decided, or that gave way to its plan: to be told, and then to be forgotten. */
  told(): readonly OutboxRow[] {
    return this.#outbox.filter((row) => row.result !== null && (row.result.code === 'overruled' || (TROUBLED.has(row.result.status) && this.#isDecided(row))));
  }

  #isDecided({id, result}: OutboxRow): boolean {
    return this.#rows.has(`held_decision/${id}`) || this.#rows.get(`conflict/${result?.conflict_id ?? ''}`)?.['state'] === 'decided';
  }

  #collect(kind: string): Row[] {
    const prefix = `${kind}/`;
    return [...this.#rows].filter(([key]) => key.startsWith(prefix)).map(([key, value]) => ({...value, id: key.slice(prefix.length)}));
  }
}

function pendingOf({n, text, result}: OutboxRow) {
  return {n, operation: JSON.parse(text) as Operation, status: result?.status ?? null, seq: result?.seq ?? null};
}

const NOTHING = signal<View | null>(null);

const current = computed<ReadonlySignal<View | null>>(() => {
  const open = tablet.value;
  return open === null ? NOTHING : follow(open.store, open.owner.person);
});

function follow(store: Store, person: string): ReadonlySignal<View | null> {
  const view = signal<View | null>(new View(store.memory, person));
  store.onChange(() => { view.value = new View(store.memory, person); });
  return view;
}

/** The view now; a component that reads it is drawn again when it changes. */
export function useView(): View {
  const view = current.value.value;
  if (view === null) throw new Error('the tablet is locked');
  return view;
}

/** How many own acts wait for somebody; 0 while the tablet is locked. */
export function troubledNow(): number {
  return current.value.value?.trouble().length ?? 0;
}

/** The same outside components: for acts and for code that looks once. */
export const viewNow = useView;
