/** The feed's pure half: cursors, checksums, and what becomes of a row that arrives (rules S17 to S20). */
import {audienceOf} from './policy.ts';
import {encode} from './utf8.ts';

export type Value = Readonly<Record<string, unknown>>;

/** One row of the feed: `v` on live rows, `del` on tombstones. */
export interface Change {
  readonly s: number;
  readonly k: string;
  readonly id: string;
  readonly ver: number;
  readonly v?: Value;
  readonly del?: true;
}

/** A cursor that this program never gave out. */
export class BadCursor extends Error {}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const PLAIN = /^1:(0|[1-9][0-9]{0,15})$/;

/** The opaque text for "everything up to and including seq". The tablet never looks inside. */
export function encodeCursor(seq: number): string {
  if (!Number.isInteger(seq) || seq < 0 || seq >= 1e16) throw new RangeError('a feed position is between 0 and 10^16');
  const bits = [...encode(`1:${seq}`)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,6}/g) ?? []).map((six) => DIGITS[Number.parseInt(six.padEnd(6, '0'), 2)]).join('');
}

/** The seq of a cursor; throws BadCursor. */
export function decodeCursor(text: string): number {
  const bits = [...text].map((sign) => Math.max(0, DIGITS.indexOf(sign)).toString(2).padStart(6, '0')).join('');
  const plain = (bits.match(/.{8}/g) ?? []).map((byte) => String.fromCharCode(Number.parseInt(byte, 2))).join('');
  const found = PLAIN.exec(plain);
  const seq = Number(found?.[1]);
  if (found === null || encodeCursor(seq) !== text) throw new BadCursor(text);
  return seq;
}

/** The 64-bit FNV-1a hash as two unsigned halves of 32 bits: BigInt would cost seconds over 20,000 rows. */
export function fnv1a64(data: Uint8Array): [high: number, low: number] {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  for (const byte of data) {
    low = (low ^ byte) >>> 0;
    // The prime is 2^40 + 0x1b3; every product stays below 2^53.
    const product = low * 0x1b3;
    high = (high * 0x1b3 + Math.floor(product / 2 ** 32) + low * 2 ** 8) % 2 ** 32;
    low = product % 2 ** 32;
  }
  return [high, low];
}

/** The sum over (kind, id, ver) of live rows: FNV-1a 64 of "kind/id/ver", modulo 2^64, 16 hex digits. */
export function checksum(rows: Iterable<readonly [kind: string, id: string, ver: number]>): string {
  let high = 0;
  let low = 0;
  for (const [kind, id, ver] of rows) {
    const [more, less] = fnv1a64(encode(`${kind}/${id}/${ver}`));
    low += less;
    high = (high + more + Math.floor(low / 2 ** 32)) % 2 ** 32;
    low %= 2 ** 32;
  }
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}

export type Fate = 'put' | 'remove' | 'keep';

/** What a tablet has of a row: the content version and the generation it came with. */
export interface Held {
  readonly ver: number;
  readonly generation: number;
}

/** Rule S18: an older version never replaces a newer one, unless a bootstrap began a new generation. */
export function fate(held: Held | null, change: Change, generation: number): Fate {
  if (held !== null && held.generation === generation && held.ver > change.ver) return 'keep';
  return change.del === true ? 'remove' : 'put';
}

/** The audience that a scope row says the person has left, else null. */
export function leftAudience(change: Change): string | null {
  const audience = change.v?.['audience'];
  const left = change.k === 'scope' && change.v?.['state'] === 'out';
  return left && typeof audience === 'string' ? audience : null;
}

/**
 * Rule S19: the "kind/id" to drop when `audience` is left: its whole tree, or nothing while it is busy.
 * `busy` holds the "kind/id" that an unretired operation names, and the visit or site which those belong to.
 */
export function leaving(
  rows: Iterable<readonly [kind: string, id: string, value: Value]>,
  audience: string,
  busy: ReadonlySet<string>,
): string[] {
  const tree = [...rows].filter(([kind, id, value]) => audienceOf(kind, id, value) === audience);
  const keys = tree.map(([kind, id]) => `${kind}/${id}`);
  return keys.some((key) => busy.has(key)) ? [] : keys;
}

/** Rule S19: the audience that must hear of a tombstone when a row moves from one to another. */
export function tombstoneFor(before: string | null, after: string | null): string | null {
  return before !== null && before !== after ? before : null;
}
