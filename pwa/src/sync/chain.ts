/** Chains of digests (rule S3): each device's operations, and the journal of an organisation. */
import {write} from './canonical.ts';
import {hex, unhex} from './ids.ts';
import {encode} from './utf8.ts';

/** SHA-256 of bytes, given by the caller: WebCrypto's is asynchronous, Node's is not. */
export type Sha256 = (data: Uint8Array) => Uint8Array | Promise<Uint8Array>;

/** link(0): the digest of the id that owns the chain (a device, or the organisation of a journal). */
export async function start(owner: string, sha256: Sha256): Promise<string> {
  return hex(await sha256(encode(owner)));
}

/** link(n) = SHA-256(link(n-1) ‖ SHA-256(bytes n)), over raw digests of 32 bytes; hex in, hex out. */
export async function link(prev: string, data: Uint8Array, sha256: Sha256): Promise<string> {
  const both = new Uint8Array(64);
  both.set(unhex(prev));
  both.set(await sha256(data), 32);
  return hex(await sha256(both));
}

/** The link after one operation string, over its UTF-8 bytes. */
export function linkOperation(prev: string, text: string, sha256: Sha256): Promise<string> {
  return link(prev, encode(text), sha256);
}

/** The link after each operation of a push that begins behind `prev`. */
export async function links(prev: string, texts: Iterable<string>, sha256: Sha256): Promise<string[]> {
  const found: string[] = [];
  let last = prev;
  for (const text of texts) {
    last = await linkOperation(last, text, sha256);
    found.push(last);
  }
  return found;
}

/** The hash of a journal line behind `prev`: the same link, over the line's canonical bytes. */
export function journalLink(prev: string, line: Record<string, unknown>, sha256: Sha256): Promise<string> {
  return link(prev, write(line), sha256);
}
