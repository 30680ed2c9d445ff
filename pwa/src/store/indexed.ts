import type {Plan} from './form.ts';

/*
 * IndexedDB with promises, as little as the store needs. Hand-made because the usual library weighs as much as
 * the rest of the first screen; what it must do is small and written here.
 */

export interface Place {
  readonly indexedDB: IDBFactory;
  readonly IDBKeyRange: typeof IDBKeyRange;
}

/** What a connection tells while it is made and after. */
export interface Told {
  /** It must not be used any more: another window needs the database in a newer form, or deletes it, or the browser closed it. */
  readonly gone: (why: 'superseded' | 'emptied' | 'closed') => void;
  /** Other windows still hold it in an older form; opening goes on when they are closed. */
  readonly blocked: () => void;
}

/** Open a database in its newest form. Rejects with VersionError when a newer app has been here: it is left as it is. */
export function openDatabase(name: string, plan: Plan, {indexedDB}: Place, {gone, blocked}: Told): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, plan.length);
    request.onblocked = blocked;
    request.onupgradeneeded = ({oldVersion}) => plan.slice(oldVersion).forEach((step) => extend(request, step));
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const database = request.result;
      database.onversionchange = ({newVersion}) => gone(newVersion === null ? 'emptied' : 'superseded');
      database.onclose = () => gone('closed');
      resolve(database);
    };
  });
}

function extend({result: database, transaction}: IDBOpenDBRequest, step: Plan[number]): void {
  for (const [name, {keyPath = null, autoIncrement = false, indexes = {}}] of Object.entries(step)) {
    const store = transaction !== null && database.objectStoreNames.contains(name)
      ? transaction.objectStore(name)
      : database.createObjectStore(name, {keyPath: keyPath as string | string[] | null, autoIncrement});
    for (const [index, {on, unique = false}] of Object.entries(indexes)) store.createIndex(index, on, {unique});
  }
}

/**
 * One transaction over the named stores: all of `work`, or nothing. Resolves when it is on the disk.
 * `work` may await only what it is given, or the transaction ends under its feet.
 */
export async function transact<Records, Result>(
  database: IDBDatabase, place: Place, stores: readonly (keyof Records & string)[], mode: 'readonly' | 'readwrite', work: (within: Within<Records>) => Promise<Result>,
): Promise<Result> {
  const transaction = database.transaction([...stores], mode, {durability: 'strict'});
  const ended = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new DOMException('the transaction was aborted', 'AbortError'));
  });
  // Heard below; but it may fail while `work` still waits for its own answer, and then nobody would listen yet.
  ended.catch(() => undefined);
  try {
    const result = await work(new Within<Records>(transaction, place));
    await ended;
    return result;
  } catch (fault) {
    await abandon(transaction, ended);
    throw fault;
  }
}

async function abandon(transaction: IDBTransaction, ended: Promise<void>): Promise<void> {
  try {
    transaction.abort();
  } catch (fault) {
    // It has ended by itself already, for the reason that the caller is about to hear.
    if (!(fault instanceof DOMException && fault.name === 'InvalidStateError')) throw fault;
  }
  await ended.catch(() => undefined);
}

/** The inside of one transaction. */
export class Within<Records> {
  readonly #transaction: IDBTransaction;
  readonly #place: Place;

  constructor(transaction: IDBTransaction, place: Place) {
    this.#transaction = transaction;
    this.#place = place;
  }

  get<Name extends keyof Records & string>(store: Name, key: IDBValidKey): Promise<Records[Name] | undefined> {
    return answered<Records[Name] | undefined>(this.#transaction.objectStore(store).get(key));
  }

  /** By an index that names one record. */
  find<Name extends keyof Records & string>(store: Name, index: string, key: IDBValidKey): Promise<Records[Name] | undefined> {
    return answered<Records[Name] | undefined>(this.#transaction.objectStore(store).index(index).get(key));
  }

  /** All records in the order of their keys; with `under`, those whose two-part key begins with it. */
  all<Name extends keyof Records & string>(store: Name, under?: string): Promise<Records[Name][]> {
    return answered<Records[Name][]>(this.#transaction.objectStore(store).getAll(this.#under(under)));
  }

  keys(store: keyof Records & string): Promise<IDBValidKey[]> {
    return answered(this.#transaction.objectStore(store).getAllKeys());
  }

  /** Fails when the key is taken. */
  async add<Name extends keyof Records & string>(store: Name, record: Records[Name]): Promise<void> {
    await answered(this.#transaction.objectStore(store).add(record));
  }

  async put<Name extends keyof Records & string>(store: Name, ...records: readonly Records[Name][]): Promise<void> {
    const into = this.#transaction.objectStore(store);
    await Promise.all(records.map(async (record) => answered(into.put(record))));
  }

  async delete(store: keyof Records & string, ...keys: readonly IDBValidKey[]): Promise<void> {
    const from = this.#transaction.objectStore(store);
    await Promise.all(keys.map(async (key) => answered(from.delete(key))));
  }

  /** Every record whose two-part key begins with `first`. */
  async deleteUnder(store: keyof Records & string, first: string): Promise<void> {
    const range = this.#under(first);
    if (range !== null) await answered(this.#transaction.objectStore(store).delete(range));
  }

  #under(first: string | undefined): IDBKeyRange | null {
    // An array sorts after every string and number, so this ends behind the last second part.
    return first === undefined ? null : this.#place.IDBKeyRange.bound([first], [first, []]);
  }
}

function answered<T>(request: IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result as T);
    request.onerror = () => reject(request.error);
  });
}
