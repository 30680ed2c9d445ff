/** The bytes that name a definition (rule C9). Its digest, SHA-256 in hex, is made where there is a digest to call. */

import canonicalize from 'canonicalize';

/** RFC 8785 bytes of a plain form exactly as written; no default is filled in. Throws on what JSON cannot hold. */
export function canonicalBytes(definition: unknown): Uint8Array<ArrayBuffer> {
  const text = canonicalize(definition);
  if (text === undefined) throw new TypeError('not a JSON value');
  return new TextEncoder().encode(text);
}
