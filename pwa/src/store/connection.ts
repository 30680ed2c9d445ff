import {Database, type Machine} from './database.ts';

const LADDER_MS = [250, 1_000, 3_000];
const LOST = new Set(['UnknownError', 'InvalidStateError', 'DatabaseClosedError', 'DatabaseClosed', 'OpenFailedError', 'TransactionInactiveError']);
const FULL = 'QuotaExceededError';

/** The connection cannot be had again; only a reload of the app helps. Nothing that was kept is lost. */
export class StoreLost extends Error {
  override name = 'StoreLost';
}

/** The disk is full. Nothing of the attempted write was kept. */
export class StoreFull extends Error {
  override name = 'StoreFull';
}

/**
 * One person's database, with the patience that Safari needs: it drops connections after the camera was used.
 * A lost one is opened again after ¼, 1 and 3 seconds and the work repeated, so `work` must be whole in one transaction.
 */
export class Connection {
  readonly #name: string;
  readonly #machine: Machine;
  #database: Database | null = null;
  #superseded = false;
  /** Another window needs the database in a newer form; this one has let go of it. */
  onSuperseded: () => void = () => {};

  constructor(name: string, machine: Machine) {
    this.#name = name;
    this.#machine = machine;
  }

  async run<T>(work: (database: Database) => Promise<T>): Promise<T> {
    for (const pause of [...LADDER_MS, null]) {
      try {
        return await work(await this.#opened());
      } catch (fault) {
        const kind = kindOf(fault);
        if (kind === 'full') throw new StoreFull('the tablet’s storage is full', {cause: fault});
        if (kind === 'other' || this.#superseded) throw fault;
        this.close();
        if (pause === null) throw new StoreLost('the tablet’s storage does not answer', {cause: fault});
        await this.#machine.wait(pause);
      }
    }
    throw new StoreLost('the tablet’s storage does not answer');
  }

  close(): void {
    this.#database?.close();
    this.#database = null;
  }

  async #opened(): Promise<Database> {
    if (this.#superseded) throw new StoreLost('another window uses a newer version of the app');
    if (this.#database === null) {
      const database = new Database(this.#name, this.#machine);
      database.on('versionchange', () => { this.#supersede(); });
      await database.open();
      this.#database = database;
    }
    return this.#database;
  }

  #supersede(): void {
    this.#superseded = true;
    this.close();
    this.onSuperseded();
  }
}

/** Which of the three kinds of failure an error of IndexedDB or Dexie is, also when it is wrapped. */
export function kindOf(fault: unknown): 'full' | 'lost' | 'other' {
  for (let at = fault, depth = 0; at instanceof Object && depth < 5; depth += 1) {
    const {name, inner} = at as {name?: string; inner?: unknown};
    if (name === FULL || name === 'StoreFull') return 'full';
    if (name === 'StoreLost' || (name !== undefined && LOST.has(name))) return 'lost';
    at = inner;
  }
  return 'other';
}
