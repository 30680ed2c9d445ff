import {Dexie, type Table} from 'dexie';
import {databaseOf, type Machine} from './database.ts';

/** Who works on this tablet. Clear, because it is shown before anything can be opened: initials and device code, no name. */
export interface Lodger {
  /** The person's id; it names their database. */
  readonly id: string;
  /** For example "AR". */
  readonly initials: string;
  /** Milliseconds; the latest is offered first. */
  readonly lastUsed: number;
}

/** The list of people's databases on this tablet. Nobody's database can be opened with another's PIN. */
export class People {
  readonly #machine: Machine;
  readonly #database: Dexie & {people: Table<Lodger, string>};

  constructor(machine: Machine) {
    this.#machine = machine;
    const {indexedDB, IDBKeyRange} = machine;
    this.#database = new Dexie('singgah-people', {indexedDB, IDBKeyRange}) as Dexie & {people: Table<Lodger, string>};
    this.#database.version(1).stores({people: 'id'});
  }

  /** The latest first. */
  async all(): Promise<Lodger[]> {
    return (await this.#database.people.toArray()).sort((a, b) => b.lastUsed - a.lastUsed);
  }

  async note(id: string, initials: string): Promise<void> {
    await this.#database.people.put({id, initials, lastUsed: this.#machine.now()});
  }

  /** Whether this person's database is still there: Safari may have emptied the storage of a tab. */
  async hasDatabase(id: string): Promise<boolean> {
    const {indexedDB, IDBKeyRange} = this.#machine;
    return Dexie.exists.call({...Dexie, dependencies: {indexedDB, IDBKeyRange}}, databaseOf(id));
  }

  async forget(id: string): Promise<void> {
    await this.#database.people.delete(id);
  }

  close(): void {
    this.#database.close();
  }
}

/** "Aisyah binti Rahman" → "AR": the first and the last word. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends.map((word) => [...(word ?? '')][0] ?? '').join('').toUpperCase();
}
