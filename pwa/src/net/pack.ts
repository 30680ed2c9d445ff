import {type Bytes, utf8} from '../store/bytes.ts';
import {LIMITS} from '../sync/protocol.ts';
import type {Asked} from './http.ts';

/** Below it a packed body is hardly smaller, and not worth the work. */
const LEAST = 1_024;
/** The numbers say which operation a line is about: its id need not come back (RFC 7240). */
const BRIEF = {Prefer: 'return=minimal'};

/** A push as it travels: its body as gzip, unless it is small, this browser cannot, or the server would not unpack so much. */
export async function packed(body: unknown): Promise<Pick<Asked, 'json' | 'bytes' | 'headers'>> {
  const plain = utf8(JSON.stringify(body));
  if (plain.length < LEAST || !('CompressionStream' in globalThis)) return {json: body, headers: BRIEF};
  const bytes = await gzip(plain);
  if (plain.length > bytes.length * LIMITS.decompression_ratio) return {json: body, headers: BRIEF};
  return {bytes, headers: {...BRIEF, 'Content-Type': 'application/json', 'Content-Encoding': 'gzip'}};
}

async function gzip(plain: Bytes): Promise<Bytes> {
  const stream = new Blob([plain]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
