import type {Loaded, OutboxRow, Query, Write} from '../exchange/types.ts';
import {linkOperation, start} from '../sync/chain.ts';
import {checksum} from '../sync/feed.ts';
import {humanNumber, uuid7} from '../sync/ids.ts';
import {audienceOf} from '../sync/policy.ts';
import {type NewBlob, Photos} from './blobs.ts';
import {digestOf} from './bytes.ts';
import type {Connection} from './connection.ts';
import type {CounterRecord, DeviceKeyRecord, Machine, Records, SealedMeta} from './database.ts';
import {Signer} from './device_key.ts';
import {blobKey, type Memory, recall, sealBlobRow, sealMeta, sealOutboxRow, seats} from './memory.ts';
import type {Form} from './form.ts';
import {type InboxPage, plan} from './planning.ts';
import {Salvage} from './salvage.ts';
import type {Vault} from './seal.ts';
import {keepNumbered, Outrun, sealPlan, writePlan} from './writing.ts';

const MOST_NOTES = 500;
const UNSETTLED = {result: null, link: null, settledAt: null, retired: false} as const;

/** One act of a person, ready to be kept: its bytes are made once and never again. */
export interface ReadyOperation {
  readonly id: string;
  readonly kind: string;
  readonly entity: string;
  readonly text: string;
}

/** The unlocked store of one person. All writes of one call are one strict transaction: all of them or none. */
export class Store {
  readonly photos: Photos;
  readonly #connection: Connection<Records>;
  readonly #vault: Vault;
  readonly #machine: Machine;
  #memory: Memory;
  #turn: Promise<unknown> = Promise.resolve();
  #listeners = new Set<() => void>();

  private constructor(connection: Connection<Records>, vault: Vault, machine: Machine, memory: Memory, namingKey: CryptoKey) {
    this.#connection = connection;
    this.#vault = vault;
    this.#machine = machine;
    this.#memory = memory;
    this.photos = new Photos(connection, vault, machine, namingKey);
  }

  /** Read and decrypt everything; then nothing waits. */
  static async open(connection: Connection<Records>, vault: Vault, machine: Machine, namingKey: CryptoKey): Promise<Store> {
    return new Store(connection, vault, machine, await recall(connection, vault), namingKey);
  }

  get memory(): Memory {
    return this.#memory;
  }

  /** Called after every change of `memory`; returns how to stop. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Keep an act with the manifests of its new blobs and settings that change with it, and give it its number. Resolves when it is on the disk. */
  async keep(operation: ReadyOperation, blobs: readonly NewBlob[] = [], settings: Readonly<Record<string, unknown>> = {}): Promise<OutboxRow> {
    const row: OutboxRow = {n: 0, ...operation, ...UNSETTLED};
    // In its turn from the first moment: whoever looks at the disk afterwards sees it.
    return this.#inTurn(async () => {
      const [{n: _, ...sealed}, sealedBlobs, sealedSettings] = await Promise.all([
        sealOutboxRow(this.#vault, row),
        Promise.all(blobs.map((blob) => sealBlobRow(this.#vault, blob.name, blob.row))),
        Promise.all(Object.entries(settings).map(([key, value]) => sealMeta(this.#vault, key, value))),
      ]);
      const n = await this.#connection.write(['meta', 'outbox', 'blobs'], async (within) => {
        await within.put('blobs', ...sealedBlobs);
        await within.put('meta', ...sealedSettings);
        return keepNumbered(within, sealed);
      });
      const kept = {...row, n};
      this.#become({
        ...this.#memory,
        outbox: new Map(this.#memory.outbox).set(n, kept),
        blobs: new Map([...this.#memory.blobs, ...blobs.map(({row: blob}) => [blobKey(blob.visit, blob.sha256), blob] as const)]),
        meta: {...this.#memory.meta, nextN: n + 1},
      });
      return kept;
    });
  }

  /**
   * Take what the same person did on another device into this outbox, byte for byte, each under the next number here; what is
   * here already stays as it is. One strict transaction, so that an import that broke off is simply repeated. Resolves to how many were new.
   */
  async takeIn(operations: readonly ReadyOperation[], blobs: readonly NewBlob[] = []): Promise<number> {
    const [sealed, sealedBlobs] = await Promise.all([
      Promise.all(operations.map((each) => sealOutboxRow(this.#vault, {n: 0, ...each, ...UNSETTLED}))),
      Promise.all(blobs.map((blob) => sealBlobRow(this.#vault, blob.name, blob.row))),
    ]);
    return this.#inTurn(async () => {
      const before = new Set([...this.#memory.outbox.values()].map(({id}) => id));
      await this.#connection.write(['meta', 'outbox', 'blobs'], async (within) => {
        await within.put('blobs', ...sealedBlobs);
        for (const {n: _, ...record} of sealed) await keepNumbered(within, record);
      });
      this.#become(await recall(this.#connection, this.#vault));
      return operations.filter(({id}) => !before.has(id)).length;
    });
  }

  /** Carry out one `commit` effect of the engine. */
  commit(writes: readonly Write[]): Promise<void> {
    return this.#inTurn(() => this.#committed(writes));
  }

  async #committed(writes: readonly Write[]): Promise<void> {
    const needsInbox = writes.some(({kind}) => kind === 'stage' || kind === 'apply' || kind === 'unstage');
    const planned = plan(this.#memory, needsInbox ? await this.#inbox() : [], writes);
    const sealed = await sealPlan(this.#memory, planned, this.#vault, this.photos, () => this.#newId());
    try {
      await this.#connection.write(['meta', 'rows', 'outbox', 'inbox', 'blobs', 'chunks'], (within) => writePlan(within, sealed));
    } catch (fault) {
      if (!(fault instanceof Outrun)) throw fault;
      this.#become(await recall(this.#connection, this.#vault));
      return this.#committed(writes);
    }
    // An act of another window may have moved nextN meanwhile; the disk is right, `refresh` reads it.
    this.#become(planned.memory);
  }

  /** Try a new version's form of the database on a copy. Rejects with RehearsalFailed. */
  async rehearse(person: string, next: Form): Promise<void> {
    const {rehearse} = await import('./rehearsal.ts');
    await rehearse(person, next, this.#machine, this.#vault, this.#memory);
  }

  /** The device's signature as it is now: `rekey` makes another. */
  async signer(): Promise<Signer> {
    const stored = await this.#connection.read(['meta'], (within) => within.get('meta', 'device_key')) as DeviceKeyRecord | undefined;
    if (stored === undefined) throw new Error('this database was never set up');
    return Signer.unlock(this.#vault, stored);
  }

  /** What lies on the disk, read record by record. */
  salvage(): Salvage {
    return new Salvage(this.#connection, this.#vault);
  }

  /** Whether what is written is there again after the database was closed and opened. */
  async survivesReopening(): Promise<boolean> {
    // Each look has a probe of its own: two at once, or two windows, must not miss each other's for theirs.
    const id = this.#newId();
    const key = `probe:${id}`;
    await this.keepSetting(key, id);
    this.#connection.close();
    const kept = await this.setting<string>(key) === id;
    await this.#connection.write(['meta'], (within) => within.delete('meta', key));
    return kept;
  }

  /** Answer one `load` effect of the engine. */
  async load(query: Query): Promise<Loaded> {
    if (query.kind === 'meta') return {kind: 'meta', meta: this.#memory.meta, blobs: [...this.#memory.blobs.values()]};
    if (query.kind === 'sums') return {kind: 'sums', sums: this.#sums(query.audiences)};
    const {outbox, meta} = this.#memory;
    const prev = query.from === 1 ? await start(meta.device, digestOf) : outbox.get(query.from - 1)?.link ?? null;
    const ops = [];
    let link = prev;
    for (let n = query.from; ops.length < query.limit; n += 1) {
      const row = outbox.get(n);
      if (row === undefined || link === null) break;
      link = await linkOperation(link, row.text, digestOf);
      ops.push({n, id: row.id, text: row.text, link});
    }
    return {kind: 'outbox', prev, ops};
  }

  /** Read everything again: another window has written. */
  refresh(): Promise<void> {
    return this.#inTurn(async () => this.#become(await recall(this.#connection, this.#vault)));
  }

  /** The next number for people with this letter, made offline and final: "T-7K3-42". A gap is possible, a repetition is not. */
  async nextNumber(letter: 'T' | 'V', deviceCode: string): Promise<string> {
    const key = `counter:${letter}`;
    const counter = await this.#connection.write(['meta'], async (within) => {
      const next = ((await within.get('meta', key)) as CounterRecord | undefined)?.next ?? 1;
      await within.put('meta', {key, next: next + 1});
      return next;
    });
    return humanNumber(letter, deviceCode, counter);
  }

  /** Keep what a screen holds before it is an act, so that a dead battery loses no sentence. */
  async keepDraft(id: string, value: unknown): Promise<void> {
    const record = {id, ...await this.#vault.sealJson(seats.draft(id), value)};
    await this.#connection.write(['drafts'], (within) => within.put('drafts', record));
  }

  async draft<T>(id: string): Promise<T | null> {
    const record = await this.#connection.read(['drafts'], (within) => within.get('drafts', id));
    return record === undefined ? null : this.#vault.openJson<T>(seats.draft(id), record);
  }

  async dropDraft(id: string): Promise<void> {
    await this.#connection.write(['drafts'], (within) => within.delete('drafts', id));
  }

  /** A sealed value of meta: `person`, `session`, `settings`. */
  async setting<T>(key: string): Promise<T | null> {
    const record = await this.#connection.read(['meta'], (within) => within.get('meta', key)) as SealedMeta | undefined;
    return record === undefined ? null : this.#vault.openJson<T>(seats.meta(key), record);
  }

  async keepSetting(key: string, value: unknown): Promise<void> {
    const record = await sealMeta(this.#vault, key, value);
    await this.#connection.write(['meta'], (within) => within.put('meta', record));
  }

  /** A line for whoever looks for a fault later: no names, no answers. The oldest go. */
  async note(what: string): Promise<void> {
    const id = this.#newId();
    const record = {id, ...await this.#vault.sealJson(seats.diag(id), {at: this.#machine.now(), what})};
    await this.#connection.write(['diag'], async (within) => {
      await within.add('diag', record);
      await within.delete('diag', ...(await within.keys('diag')).slice(0, -MOST_NOTES));
    });
  }

  close(): void {
    this.#listeners.clear();
    this.#connection.close();
  }

  #become(memory: Memory): void {
    this.#memory = memory;
    for (const listener of this.#listeners) listener();
  }

  // One write after another: a commit plans over the memory, so an act must not slip in between.
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #inbox(): Promise<InboxPage[]> {
    const records = await this.#connection.read(['inbox'], (within) => within.all('inbox'));
    return Promise.all(records.map(async (record) => ({n: record.n, changes: await this.#vault.openJson<InboxPage['changes']>(seats.inbox(record.id), record)})));
  }

  #sums(audiences: readonly string[]): Record<string, string> {
    const found = new Map<string, [string, string, number][]>(audiences.map((audience) => [audience, []]));
    for (const {kind, id, ver, v} of this.#memory.rows.values()) found.get(audienceOf(kind, id, v) ?? '')?.push([kind, id, ver]);
    return Object.fromEntries([...found].map(([audience, rows]) => [audience, checksum(rows)]));
  }

  #newId(): string {
    return uuid7(this.#machine.now(), this.#machine.random(10));
  }
}
