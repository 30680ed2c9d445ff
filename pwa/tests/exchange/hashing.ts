/** The chain of `sync/chain.ts`, synchronous, for a server and a store that answer within one step. */
import {createHash} from 'node:crypto';
import {encode} from '../../src/sync/utf8.ts';

export function digest(...parts: Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export function startOf(device: string): string {
  return digest(encode(device)).toString('hex');
}

export function linkAfter(prev: string, text: string): string {
  return digest(Buffer.from(prev, 'hex'), digest(encode(text))).toString('hex');
}
