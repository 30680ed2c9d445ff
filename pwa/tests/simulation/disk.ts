/** A tablet's storage: an IndexedDB in memory that loses power, fills up, drops connections and is put back to an older copy. */
import {IDBFactory} from 'fake-indexeddb';

/**
 * What happens to one transaction. `before`: the power fails as it begins. `middle`: while it runs. `after`: it is on
 * the disk and the app never hears. `abort`, `quota`, `lost`: the app lives and hears of it.
 */
export type Mishap = 'before' | 'middle' | 'after' | 'abort' | 'quota' | 'lost';

/** A copy of everything on the disk. */
export type Image = readonly {readonly name: string; readonly version: number; readonly stores: readonly StoreImage[]}[];

interface StoreImage {
  readonly name: string;
  readonly keyPath: string | string[] | null;
  readonly autoIncrement: boolean;
  readonly indexes: readonly {readonly name: string; readonly keyPath: string | string[]; readonly unique: boolean}[];
  readonly records: readonly {readonly key: IDBValidKey; readonly value: unknown}[];
}

/** The app that has a connection open. It may be dead while its promises still stir. */
export interface Holder {
  readonly dead: boolean;
  /** Forms of the database beyond the app's newest: an update (1) or what it left for an older app (0). */
  readonly form: number;
  die(): void;
}

export class PowerFailed extends Error {
  override name = 'PowerFailed';
}

/** What the mirror of fake-indexeddb 6 shows of its inside; read only to copy a disk quickly. */
interface RawStore {
  readonly name: string;
  readonly keyPath: string | string[] | null;
  readonly autoIncrement: boolean;
  readonly rawIndexes: Map<string, {name: string; keyPath: string | string[]; unique: boolean}>;
  readonly records: {values(): Iterable<{key: IDBValidKey; value: unknown}>};
}
interface RawDatabase {
  readonly name: string;
  readonly version: number;
  readonly rawObjectStores: Map<string, RawStore>;
}

export class Disk {
  #factory = new IDBFactory();
  #open = new Set<{database: IDBDatabase; holder: Holder; running: Set<IDBTransaction>}>();
  /** The mishap of a coming transaction, by how many come before it. */
  #coming = new Map<number, Mishap>();
  /** Transactions begun so far, by mode. */
  began = 0;
  readonly met: Mishap[] = [];

  /** The k-th transaction from now (0 is the next) meets this. */
  expect(k: number, mishap: Mishap): void {
    this.#coming.set(this.began + k, mishap);
  }

  forgive(): void {
    this.#coming.clear();
  }

  /** `indexedDB` as one app sees it. */
  seenBy(holder: Holder): IDBFactory {
    const open = (name: string, version?: number): IDBOpenDBRequest => {
      if (holder.dead) throw new PowerFailed('the app is not running');
      const request = this.#factory.open(name, version === undefined ? undefined : version + holder.form);
      request.addEventListener('success', () => this.#connected(request.result, holder));
      return request;
    };
    return new Proxy(this.#factory, {get: (factory, name) => {
      if (name === 'open') return open;
      const value = Reflect.get(factory, name, factory) as unknown;
      return typeof value === 'function' ? value.bind(factory) as unknown : value;
    }});
  }

  /** Every connection of this app ends; what had not completed is undone. */
  drop(holder: Holder): void {
    for (const one of [...this.#open]) {
      if (one.holder !== holder) continue;
      for (const transaction of one.running) undo(transaction);
      one.database.close();
      this.#open.delete(one);
    }
  }

  copy(): Image {
    const {_databases: databases} = this.#factory as unknown as {_databases: Map<string, RawDatabase>};
    return [...databases.values()].map(({name, version, rawObjectStores}) => ({name, version, stores: [...rawObjectStores.values()].map((store) => ({
      name: store.name, keyPath: store.keyPath, autoIncrement: store.autoIncrement,
      indexes: [...store.rawIndexes.values()].map(({name: index, keyPath, unique}) => ({name: index, keyPath, unique})),
      records: [...store.records.values()].map(({key, value}) => ({key, value})),
    }))}));
  }

  /** Nothing but this is on the disk; null leaves it empty. Every app must be closed. */
  async become(image: Image | null): Promise<void> {
    this.#factory = new IDBFactory();
    this.#open.clear();
    for (const {name, version, stores} of image ?? []) (await restored(this.#factory, name, version, stores)).close();
  }

  #connected(database: IDBDatabase, holder: Holder): void {
    const connection = {database, holder, running: new Set<IDBTransaction>()};
    this.#open.add(connection);
    const begin = database.transaction.bind(database);
    database.transaction = (stores, mode, options) => {
      if (holder.dead) throw new PowerFailed('the app is not running');
      const mishap = this.#next(mode ?? 'readonly');
      if (mishap === 'before') { holder.die(); throw new PowerFailed('the power failed before a transaction'); }
      if (mishap === 'lost') { database.close(); throw new DOMException('Connection to Indexed Database server lost', 'UnknownError'); }
      const transaction = begin(stores, mode, options);
      connection.running.add(transaction);
      for (const end of ['complete', 'abort'] as const) transaction.addEventListener(end, () => connection.running.delete(transaction));
      if (mishap === 'after') transaction.addEventListener('complete', () => holder.die());
      if (mishap === 'middle') setImmediate(() => { undo(transaction); holder.die(); });
      if (mishap === 'abort') setImmediate(() => undo(transaction));
      return mishap === 'quota' ? full(transaction) : transaction;
    };
  }

  #next(mode: IDBTransactionMode): Mishap | null {
    const mishap = this.#coming.get(this.began) ?? null;
    this.#coming.delete(this.began);
    this.began += 1;
    // A disk is full for writers only: the next one meets it.
    if (mishap === 'quota' && mode === 'readonly') { this.#coming.set(this.began, mishap); return null; }
    if (mishap !== null) this.met.push(mishap);
    return mishap;
  }
}

function undo(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch (fault) {
    // It had completed already: then nothing is to be undone.
    if (!(fault instanceof DOMException && fault.name === 'InvalidStateError')) throw fault;
  }
}

function full(transaction: IDBTransaction): IDBTransaction {
  const objectStore = transaction.objectStore.bind(transaction);
  transaction.objectStore = (name) => {
    const store = objectStore(name);
    const refuse = (): never => { throw new DOMException('the disk is full', 'QuotaExceededError'); };
    Object.assign(store, {put: refuse, add: refuse});
    return store;
  };
  return transaction;
}

function restored(factory: IDBFactory, name: string, version: number, stores: readonly StoreImage[]): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, version);
    request.onupgradeneeded = () => stores.forEach(({name: store, keyPath, autoIncrement, indexes, records}) => {
      const made = request.result.createObjectStore(store, {keyPath, autoIncrement});
      indexes.forEach((index) => made.createIndex(index.name, index.keyPath, {unique: index.unique}));
      records.forEach(({key, value}) => made.put(value, keyPath === null ? key : undefined));
    });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
