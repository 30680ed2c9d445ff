/** Ids for machines and numbers for people (rules S4, S5). Time and random bytes are arguments. */

/** Crockford's base 32: no I, L, O, U. */
export const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const NUMBER = /^([TV])-([0-9A-HJKMNP-TV-Z]{3})-([1-9][0-9]{0,8})$/;
const DEVICE_CODE = /^[0-9A-HJKMNP-TV-Z]{3}$/;

/** A UUID version 7 (RFC 9562) in lower case, of milliseconds since 1970 UTC and ten random bytes. */
export function uuid7(ms: number, random: Uint8Array): string {
  if (!Number.isInteger(ms) || ms < 0 || ms >= 2 ** 48) throw new RangeError('milliseconds do not fit into 48 bits');
  if (random.length !== 10) throw new RangeError('ten random bytes are needed');
  const tail = Uint8Array.from(random);
  tail[0] = 0x70 | ((tail[0] ?? 0) & 0x0f);
  tail[2] = 0x80 | ((tail[2] ?? 0) & 0x3f);
  const digits = ms.toString(16).padStart(12, '0') + hex(tail);
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join('-');
}

/** Whether it is an id in the one form that is allowed: version 7, lower case, with hyphens. */
export function isUuid7(text: unknown): text is string {
  return typeof text === 'string' && UUID7.test(text);
}

/** The milliseconds inside an id. Evidence of nothing: the maker's clock may be wrong. */
export function uuid7Ms(text: string): number {
  return Number.parseInt(text.slice(0, 8) + text.slice(9, 13), 16);
}

/** The bytes in Crockford's base 32; the number of bits must be a multiple of five. */
export function crockford(data: Uint8Array): string {
  if ((data.length * 8) % 5 !== 0) throw new RangeError('the number of bits is no multiple of five');
  const bits = [...data].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five, 2)]).join('');
}

/** Three Crockford characters, for example 7K3. */
export function isDeviceCode(text: unknown): text is string {
  return typeof text === 'string' && DEVICE_CODE.test(text);
}

/** `T-7K3-42` for a ticket, `V-7K3-9` for a visit: made offline, never changed. */
export function humanNumber(letter: string, deviceCode: string, counter: number): string {
  const number = `${letter}-${deviceCode}-${counter}`;
  if (!NUMBER.test(number)) throw new RangeError(`${number} is not a number for people`);
  return number;
}

/** Letter, device code and counter of a number for people, or null when it has another form. */
export function parseNumber(text: unknown): [string, string, number] | null {
  const found = typeof text === 'string' ? NUMBER.exec(text) : null;
  return found ? [found[1] ?? '', found[2] ?? '', Number(found[3])] : null;
}

/** A report carries the visit's number; revision 2 is its first amendment, `V-7K3-9-A1`. */
export function reportNumber(visitNumber: string, revision: number): string {
  if (!Number.isInteger(revision) || revision < 1) throw new RangeError('revisions count from 1');
  return revision === 1 ? visitNumber : `${visitNumber}-A${revision - 1}`;
}

/** Bytes as lower-case hex digits. */
export function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Hex digits as bytes. */
export function unhex(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
