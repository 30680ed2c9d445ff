import type {Machine} from './database.ts';
import type {Plan} from './form.ts';
import {openDatabase, transact, type Within} from './indexed.ts';

const LADDER_MS = [250, 1_000, 3_000];
const LOST = new Set(['UnknownError', 'InvalidStateError', 'TransactionInactiveError', 'AbortError']);
const FULL = 'QuotaExceededError';
const NEWER = 'VersionError';

/** The connection cannot be had again; only a reload of the app helps. Nothing that was kept is lost. */
export class StoreLost extends Error {
  override name = 'StoreLost';
}

/** The disk is full. Nothing of the attempted write was kept. */
export class StoreFull extends Error {
  override name = 'StoreFull';
}

/**
 * superseded: another window needs the database in a newer form, and this one has let go of it. emptied: another window
 * deletes it, as the office told it to. blocked: windows with an
 * older version hold it. newer: a newer version has been here. lost: it does not answer. Nothing that was kept is lost.
 */
export type StoreTrouble = 'superseded' | 'emptied' | 'blocked' | 'newer' | 'lost';

/** A newer version of the app has been here, and this one does not know its form. Nothing is touched. */
export class StoreNewer extends Error {
  override name = 'StoreNewer';
}

/**
 * One database, with the patience that Safari needs: it drops connections after the camera was used.
 * A lost one is opened again after ¼, 1 and 3 seconds and the whole transaction repeated.
 */
export class Connection<Records> {
  readonly #name: string;
  readonly #plan: Plan;
  readonly #machine: Machine;
  #database: Promise<IDBDatabase> | null = null;
  /** Why it must not be opened again by this window. */
  #letGo: 'superseded' | 'emptied' | null = null;
  #wasOpen = false;
  /** Called when something stands between the app and its storage, and with null when it is over. */
  onTrouble: (trouble: StoreTrouble | null) => void = () => {};

  constructor(name: string, plan: Plan, machine: Machine) {
    this.#name = name;
    this.#plan = plan;
    this.#machine = machine;
  }

  read<Result>(stores: readonly (keyof Records & string)[], work: (within: Within<Records>) => Promise<Result>): Promise<Result> {
    return this.#patiently(stores, 'readonly', work);
  }

  /** All of `work` or nothing; resolves when it is on the disk. Throws StoreFull, StoreLost, or the fault itself. */
  write<Result>(stores: readonly (keyof Records & string)[], work: (within: Within<Records>) => Promise<Result>): Promise<Result> {
    return this.#patiently(stores, 'readwrite', work);
  }

  close(): void {
    this.#wasOpen = false;
    this.#database?.then((database) => database.close(), () => undefined);
    this.#database = null;
  }

  async #patiently<Result>(stores: readonly (keyof Records & string)[], mode: 'readonly' | 'readwrite', work: (within: Within<Records>) => Promise<Result>): Promise<Result> {
    for (let rung = 0; ; rung += 1) {
      try {
        return await transact(await this.#opened(), this.#machine, stores, mode, work);
      } catch (fault) {
        await this.#recoverFrom(fault, LADDER_MS[rung]);
      }
    }
  }

  async #recoverFrom(fault: unknown, pause: number | undefined): Promise<void> {
    const kind = kindOf(fault);
    if (kind === 'full') throw new StoreFull('the tablet’s storage is full', {cause: fault});
    if (nameOf(fault) === NEWER) {
      this.onTrouble('newer');
      throw new StoreNewer('a newer version of the app has been here', {cause: fault});
    }
    if (kind === 'other' || fault instanceof StoreLost) throw fault;
    this.close();
    if (pause === undefined) {
      this.onTrouble('lost');
      throw new StoreLost('the tablet’s storage does not answer', {cause: fault});
    }
    await this.#machine.wait(pause);
  }

  async #opened(): Promise<IDBDatabase> {
    if (this.#letGo !== null) throw new StoreLost(`this window has let go of the storage (${this.#letGo})`);
    // Kept while it is being opened: two who ask at once must not get a connection each.
    this.#database ??= openDatabase(this.#name, this.#plan, this.#machine, {gone: (why) => this.#gone(why), blocked: () => this.onTrouble('blocked')});
    try {
      const database = await this.#database;
      if (!this.#wasOpen) this.onTrouble(null);
      this.#wasOpen = true;
      return database;
    } catch (fault) {
      this.#database = null;
      throw fault;
    }
  }

  #gone(why: 'superseded' | 'emptied' | 'closed'): void {
    this.close();
    if (why === 'closed') return;
    this.#letGo = why;
    this.onTrouble(why);
  }
}

/** Which of the three kinds of failure an error of IndexedDB or of this file is. */
export function kindOf(fault: unknown): 'full' | 'lost' | 'other' {
  const name = nameOf(fault);
  if (name === FULL || name === 'StoreFull') return 'full';
  return name === 'StoreLost' || LOST.has(name) ? 'lost' : 'other';
}

function nameOf(fault: unknown): string {
  return fault instanceof Object && 'name' in fault && typeof fault.name === 'string' ? fault.name : '';
}
