import {Connection, type StoreTrouble} from './connection.ts';
import type {Machine} from './database.ts';
import type {Plan} from './form.ts';

/** Who works on this tablet. Clear, because it is shown before anything can be opened: initials, no name. */
export interface Lodger {
  /** The person's id; it names their database. */
  readonly id: string;
  /** For example "AR". */
  readonly initials: string;
  /** Milliseconds; the latest is offered first. */
  readonly lastUsed: number;
}

const PEOPLE: Plan = [{people: {keyPath: 'id'}}];

/** The list of people's databases on this tablet. Nobody's database can be opened with another's PIN. */
export class People {
  readonly #machine: Machine;
  readonly #connection: Connection<{people: Lodger}>;

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#connection = new Connection('singgah-people', PEOPLE, machine);
  }

  /** As that of a lodging. */
  onTrouble(tell: (trouble: StoreTrouble | null) => void): void {
    this.#connection.onTrouble = tell;
  }

  /** The latest first. */
  async all(): Promise<Lodger[]> {
    const found = await this.#connection.read(['people'], (within) => within.all('people'));
    return found.sort((a, b) => b.lastUsed - a.lastUsed);
  }

  note(id: string, initials: string): Promise<void> {
    return this.#connection.write(['people'], (within) => within.put('people', {id, initials, lastUsed: this.#machine.now()}));
  }

  forget(id: string): Promise<void> {
    return this.#connection.write(['people'], (within) => within.delete('people', id));
  }
}

/** "Aisyah binti Rahman" → "AR": the first and the last word. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends.map((word) => [...(word ?? '')][0] ?? '').join('').toUpperCase();
}
