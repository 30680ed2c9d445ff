import {createHash} from 'node:crypto';

/**
 * Repeatable random bytes. The n-th draw depends on seed and n alone, never on how much was drawn before, so that an
 * encryption more or less does not change what the dice say of everything after it.
 */
export class Dice {
  readonly #seed: string;
  readonly #draws = new Map<number, number>();

  constructor(seed: string) {
    this.#seed = seed;
  }

  bytes(length: number): Uint8Array<ArrayBuffer> {
    const nth = this.#draws.get(length) ?? 0;
    this.#draws.set(length, nth + 1);
    const parts: Buffer[] = [];
    for (let at = 0; at * 32 < length; at += 1) parts.push(createHash('sha256').update(`${this.#seed}/${length}/${nth}/${at}`).digest());
    return Uint8Array.from(Buffer.concat(parts).subarray(0, length));
  }
}
