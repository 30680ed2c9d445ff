/** One tablet in memory: the real engine, and the real store's planning over memory that survives a crash. */
import {begin, step, type State} from '../../src/exchange/engine.ts';
import type {Answer, BlobRow, Effect, Event, Loaded, Meta, OutboxRow, Query, Request, SyncStatus, Write} from '../../src/exchange/types.ts';
import type {Memory} from '../../src/store/memory.ts';
import {type InboxPage, plan} from '../../src/store/planning.ts';
import {checksum} from '../../src/sync/feed.ts';
import {writeOperation, type Operation} from '../../src/sync/operation.ts';
import {audienceOf} from '../../src/sync/policy.ts';
import {view} from '../../src/sync/replay.ts';
import {linkAfter, startOf} from './hashing.ts';
import {RUN, VISIT} from './small_server.ts';

type Happening = Event extends infer E ? (E extends Event ? Omit<E, 'now' | 'luck'> : never) : never;

export const PERSON = '019a0000-0000-7000-8000-00000000cccc';

export function freshMeta(device: string): Meta {
  return {
    device, schema: 1, epoch: null, resume: null, nextN: 1, ackedN: 0, durableN: 0, durability: null, cursor: null, head: 0,
    journal: null, generation: 1, bootstrapping: false, staged: null, lastContact: null, minApp: null,
  };
}

export function waitingBlob(sha256: string, size: number): BlobRow {
  return {visit: VISIT, sha256, size, filetype: 'image/jpeg', url: null, offset: 0, state: 'waiting', code: null, completedAt: null};
}

export class SmallTablet {
  memory: Memory;
  inbox: InboxPage[] = [];
  state: State;
  status: SyncStatus | null = null;
  alarm: number | null = null;
  /** Effects that nobody has carried out yet; a crash forgets them. */
  todo: Effect[] = [];
  /** What the person did, by item. */
  readonly acts = new Map<string, string>();

  constructor(device: string) {
    this.memory = {rows: new Map(), outbox: new Map(), blobs: new Map(), meta: freshMeta(device)};
    this.state = begin(this.memory.meta, []);
  }

  /** Changes when this storage becomes another device. */
  get device(): string {
    return this.memory.meta.device;
  }

  /** Another tablet whose storage is a copy of this one's, as it lies on the disk. */
  clone(): SmallTablet {
    const copy = new SmallTablet(this.device);
    copy.memory = structuredClone(this.memory);
    copy.inbox = structuredClone(this.inbox);
    for (const [item, value] of this.acts) copy.acts.set(item, value);
    copy.crash();
    return copy;
  }

  tell(happening: Happening, now: number, luck: string): void {
    const {state, effects} = step(this.state, {...happening, now, luck} as Event);
    this.state = state;
    for (const effect of effects) {
      if (effect.kind === 'wake') this.alarm = effect.at;
      else if (effect.kind === 'say') this.status = effect.status;
      else this.todo.push(effect);
    }
  }

  /** The app was killed and is opened again: only the disk is left. */
  crash(): void {
    this.todo = [];
    this.alarm = null;
    this.state = begin(this.memory.meta, [...this.memory.blobs.values()]);
  }

  /** Keep an answer of the person, and perhaps a photo, as the store would: one transaction. */
  act(id: string, item: string, value: string, blobs: BlobRow[] = []): number {
    const n = this.memory.meta.nextN;
    const base = this.memory.meta.head;
    const at = '2026-11-23T09:14:05.120Z';
    const text = writeOperation({id, type: 'answer.set', v: 1, entity: ['run', RUN], base, args: {item, value}, at, mono: 1, off: null});
    const row: OutboxRow = {n, id, kind: 'run', entity: RUN, text, result: null, link: null, settledAt: null, retired: false};
    const kept = blobs.map((blob) => [`${blob.visit}/${blob.sha256}`, blob] as const);
    this.memory = {
      ...this.memory,
      outbox: new Map(this.memory.outbox).set(n, row),
      blobs: new Map([...this.memory.blobs, ...kept]),
      meta: {...this.memory.meta, nextN: n + 1},
    };
    this.acts.set(item, value);
    return n;
  }

  /** One transaction of the store. */
  commit(writes: Write[]): void {
    const done = plan(this.memory, this.inbox, writes);
    const gone = new Set(done.inboxGone);
    const put = new Set(done.inboxPut.map((page) => page.n));
    const rest = this.inbox.filter((page) => !gone.has(page.n) && !put.has(page.n));
    this.inbox = [...rest, ...done.inboxPut].sort((one, other) => one.n - other.n);
    this.memory = done.memory;
  }

  load(query: Query): Loaded {
    if (query.kind === 'sums') return {kind: 'sums', sums: Object.fromEntries(query.audiences.map((one) => [one, this.sum(one)]))};
    if (query.kind === 'meta') return {kind: 'meta', meta: this.memory.meta, blobs: [...this.memory.blobs.values()]};
    const prev = query.from === 1 ? startOf(this.device) : (this.memory.outbox.get(query.from - 1)?.link ?? null);
    const ops = [];
    let link = prev;
    for (let n = query.from; link !== null && ops.length < query.limit; n++) {
      const row = this.memory.outbox.get(n);
      if (row === undefined) break;
      link = linkAfter(link, row.text);
      ops.push({n, id: row.id, text: row.text, link});
    }
    return {kind: 'outbox', prev, ops};
  }

  private sum(audience: string): string {
    const rows = [...this.memory.rows.values()].filter((row) => audienceOf(row.kind, row.id, row.v) === audience);
    return checksum(rows.map((row) => [row.kind, row.id, row.ver] as const));
  }

  /** What the person sees of the run: item -> value. */
  shown(): Record<string, unknown> {
    const base = new Map([...this.memory.rows].map(([key, row]) => [key, row.v]));
    const pending = [...this.memory.outbox.values()].filter((row) => !row.retired).map((row) => ({
      n: row.n, operation: JSON.parse(row.text) as Operation, status: row.result?.status ?? null, seq: row.result?.seq ?? null,
    }));
    return (view(base, pending, this.memory.meta.head, PERSON).get(`run/${RUN}`)?.['answers'] ?? {}) as Record<string, unknown>;
  }

  base(): Record<string, unknown> {
    return Object.fromEntries([...this.memory.rows].map(([key, row]) => [key, row.v]));
  }
}

export type {Answer, Happening, Request};
