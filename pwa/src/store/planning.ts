import type {BlobRow, Change, Meta, OutboxRow, Write} from '../exchange/types.ts';
import type {OperationResult} from '../sync/outcome.ts';
import {fate, leaving, leftAudience} from '../sync/feed.ts';
import {audienceOf} from '../sync/policy.ts';
import {type BaseRow, blobKey, type Memory, rowKey} from './memory.ts';

/** A page of the inbox as it is being consumed or added. */
export interface InboxPage {
  readonly n: number;
  readonly changes: readonly Change[];
}

/** What a list of writes comes to: the new memory, and which keys of the disk differ from before. */
export interface Plan {
  readonly memory: Memory;
  readonly rows: ReadonlySet<string>;
  readonly outbox: ReadonlySet<number>;
  /** A blob that is gone takes its bytes with it. */
  readonly blobs: ReadonlySet<string>;
  readonly inboxPut: readonly InboxPage[];
  readonly inboxGone: readonly number[];
  readonly meta: boolean;
  /** The device that this storage becomes; the outbox is then written whole, under new numbers. */
  readonly rekey: string | null;
}

const PAGE = 200;

/** The writes of one commit, in their order, over a copy of the memory. Pure: nothing is read or written elsewhere. */
export function plan(before: Memory, inbox: readonly InboxPage[], writes: readonly Write[]): Plan {
  const draft = new Draft(before, inbox);
  for (const write of writes) draft.take(write);
  return draft.done();
}

class Draft {
  readonly #rows: Map<string, BaseRow>;
  #outbox: Map<number, OutboxRow>;
  readonly #blobs: Map<string, BlobRow>;
  #meta: Meta;
  #metaTouched = false;
  #rekeyed: string | null = null;
  #inbox: InboxPage[];
  readonly #inboxBefore: ReadonlySet<number>;
  readonly #inboxTouched = new Set<number>();
  readonly #touchedRows = new Set<string>();
  readonly #touchedOutbox = new Set<number>();
  readonly #touchedBlobs = new Set<string>();

  constructor(before: Memory, inbox: readonly InboxPage[]) {
    this.#rows = new Map(before.rows);
    this.#outbox = new Map(before.outbox);
    this.#blobs = new Map(before.blobs);
    this.#meta = before.meta;
    this.#inbox = [...inbox];
    this.#inboxBefore = new Set(inbox.map((page) => page.n));
  }

  take(write: Write): void {
    switch (write.kind) {
      case 'meta': return this.#setMeta(write.set);
      case 'settle': return this.#settle(write.results, write.links, write.at);
      case 'reopen': return this.#reopen(write.from);
      case 'rekey': return this.#rekey(write.device);
      case 'retire': return this.#retire(write.head);
      case 'stage': return this.#stage(write.changes);
      case 'unstage': return this.#unstage();
      case 'apply': return this.#apply(write.limit, write.generation);
      case 'sweep': return this.#sweep(write.generation);
      case 'blob': return this.#setBlob(write.visit, write.sha256, write.set);
      case 'prune': return this.#prune(write);
      case 'reoffer': return this.#reoffer();
      default: return unknownWrite(write);
    }
  }

  done(): Plan {
    const kept = new Set(this.#inbox.map((page) => page.n));
    return {
      memory: {rows: this.#rows, outbox: this.#outbox, blobs: this.#blobs, meta: this.#meta},
      rows: this.#touchedRows, outbox: this.#touchedOutbox, blobs: this.#touchedBlobs,
      inboxPut: this.#inbox.filter((page) => this.#inboxTouched.has(page.n)),
      inboxGone: [...this.#inboxBefore].filter((n) => !kept.has(n)),
      meta: this.#metaTouched, rekey: this.#rekeyed,
    };
  }

  #setMeta(set: Partial<Omit<Meta, 'device' | 'nextN'>>): void {
    this.#meta = {...this.#meta, ...set};
    this.#metaTouched = true;
  }

  #settle(results: readonly OperationResult[], links: readonly string[], at: number): void {
    results.forEach((result, place) => {
      const retired = result.seq === null;
      this.#changeOperation(result.n, (row) => ({...row, result, link: links[place] ?? row.link, settledAt: at, retired}));
    });
    this.#leaveNow();
  }

  #reopen(from: number): void {
    for (const n of this.#outbox.keys()) {
      if (n >= from) this.#changeOperation(n, (row) => ({...row, result: null, link: null, settledAt: null, retired: false}));
    }
  }

  /** Numbers begin again; the chain is computed when it is sent. Bytes, ids, outcomes and what is laid on top stay. */
  #rekey(device: string): void {
    const rows = [...this.#outbox.values()].sort((one, other) => one.n - other.n);
    this.#outbox = new Map(rows.map((row, at) => [at + 1, {...row, n: at + 1, link: null}]));
    for (const n of this.#outbox.keys()) this.#touchedOutbox.add(n);
    this.#rekeyed = device;
    this.#meta = {...this.#meta, device, resume: null, nextN: rows.length + 1, ackedN: 0, durableN: 0};
    this.#metaTouched = true;
  }

  #retire(head: number): void {
    for (const row of this.#outbox.values()) {
      const seq = row.result?.seq ?? null;
      if (!row.retired && seq !== null && seq <= head) this.#changeOperation(row.n, (was) => ({...was, retired: true}));
    }
    this.#leaveNow();
  }

  /** Rule S19: what had to stay while an operation was unretired goes as soon as none is. */
  #leaveNow(): void {
    const out = this.#audiencesLeft();
    if (out.size === 0) return;
    const trees = new Map<string, string[]>();
    for (const [name, row] of this.#rows) {
      const audience = audienceOf(row.kind, row.id, row.v);
      if (audience !== null && out.has(audience)) trees.set(audience, [...trees.get(audience) ?? [], name]);
    }
    if (trees.size === 0) return;
    const busy = this.#busy();
    for (const tree of trees.values()) if (!tree.some((name) => busy.has(name))) tree.forEach((name) => this.#drop(name));
  }

  #audiencesLeft(): Set<unknown> {
    const scopes = [...this.#rows.values()].filter(({kind}) => kind === 'scope');
    const entered = new Set(scopes.filter(({v}) => v['state'] === 'in').map(({v}) => v['audience']));
    return new Set(scopes.filter(({v}) => v['state'] === 'out').map(({v}) => v['audience']).filter((audience) => !entered.has(audience)));
  }

  #changeOperation(n: number, change: (row: OutboxRow) => OutboxRow): void {
    const row = this.#outbox.get(n);
    if (row === undefined) return;
    this.#outbox.set(n, change(row));
    this.#touchedOutbox.add(n);
  }

  #stage(changes: readonly Change[]): void {
    const first = (this.#inbox.at(-1)?.n ?? 0) + 1;
    for (let at = 0; at < changes.length; at += PAGE) this.#putPage({n: first + at / PAGE, changes: changes.slice(at, at + PAGE)});
  }

  #unstage(): void {
    this.#inbox = [];
    this.#inboxTouched.clear();
  }

  #putPage(page: InboxPage): void {
    this.#inbox = [...this.#inbox.filter((each) => each.n !== page.n), page].sort((a, b) => a.n - b.n);
    this.#inboxTouched.add(page.n);
  }

  #apply(limit: number, generation: number): void {
    let room = limit;
    while (room > 0 && this.#inbox[0] !== undefined) {
      const {n, changes} = this.#inbox[0];
      changes.slice(0, room).forEach((change) => this.#arrive(change, generation));
      this.#inbox = this.#inbox.slice(1);
      if (changes.length > room) this.#putPage({n, changes: changes.slice(room)});
      room -= changes.length;
    }
  }

  #arrive(change: Change, generation: number): void {
    const name = rowKey(change.k, change.id);
    const row = {...change, ver: change.ver ?? change.s};
    const becomes = fate(this.#rows.get(name) ?? null, row, generation);
    if (becomes === 'remove') this.#drop(name);
    if (becomes === 'put') this.#put({kind: change.k, id: change.id, ver: row.ver, generation, v: change.v ?? {}});
    const left = leftAudience(row);
    if (left !== null) leaving(this.#triples(), left, this.#busy()).forEach((each) => this.#drop(each));
  }

  #sweep(generation: number): void {
    const busy = this.#busy();
    for (const [name, row] of this.#rows) if (row.generation !== generation && !busy.has(name)) this.#drop(name);
  }

  #put(row: BaseRow): void {
    const name = rowKey(row.kind, row.id);
    this.#rows.set(name, row);
    this.#touchedRows.add(name);
  }

  #drop(name: string): void {
    if (this.#rows.delete(name)) this.#touchedRows.add(name);
  }

  * #triples(): Iterable<[string, string, Readonly<Record<string, unknown>>]> {
    for (const row of this.#rows.values()) yield [row.kind, row.id, row.v];
  }

  /** "kind/id" of what an unretired operation names, and of the visit or site which that belongs to. */
  #busy(): Set<string> {
    const busy = new Set<string>();
    for (const {retired, kind, entity} of this.#outbox.values()) {
      if (retired) continue;
      const name = rowKey(kind, entity);
      const row = this.#rows.get(name);
      busy.add(name);
      if (row !== undefined) busy.add(belongsTo(audienceOf(row.kind, row.id, row.v)));
    }
    return busy;
  }

  #setBlob(visit: string, sha256: string, set: Partial<Omit<BlobRow, 'visit' | 'sha256'>>): void {
    const name = blobKey(visit, sha256);
    const row = this.#blobs.get(name);
    if (row === undefined) return;
    this.#blobs.set(name, {...row, ...set});
    this.#touchedBlobs.add(name);
  }

  #reoffer(): void {
    for (const [name, row] of this.#blobs) {
      if (row.state !== 'complete') continue;
      this.#blobs.set(name, {...row, state: 'waiting', url: null, offset: 0, completedAt: null});
      this.#touchedBlobs.add(name);
    }
  }

  #prune({throughN, settledBefore, blobsBefore, blobsAfterN}: Extract<Write, {kind: 'prune'}>): void {
    const newest = Math.max(0, ...[...this.#outbox.values()].filter((row) => row.link !== null).map((row) => row.n));
    for (const row of [...this.#outbox.values()]) {
      const old = row.retired && row.n <= throughN && (row.settledAt ?? Infinity) < settledBefore;
      if (old && row.n !== newest) { this.#outbox.delete(row.n); this.#touchedOutbox.add(row.n); }
    }
    for (const [name, blob] of [...this.#blobs]) {
      if (blob.state !== 'complete' || (blob.completedAt ?? Infinity) >= blobsBefore) continue;
      if (blobsAfterN !== null && (blob.afterN ?? Infinity) >= blobsAfterN) continue;
      this.#blobs.delete(name);
      this.#touchedBlobs.add(name);
    }
  }
}

/** "visit/<id>" of an audience "v:<id>", "site/<id>" of "s:<id>", '' of others. */
function belongsTo(audience: string | null): string {
  const found = /^([vs]):(.+)$/.exec(audience ?? '');
  return found === null ? '' : `${found[1] === 'v' ? 'visit' : 'site'}/${found[2]}`;
}

function unknownWrite(write: never): never {
  throw new Error(`the store does not know the write ${JSON.stringify(write)}`);
}
