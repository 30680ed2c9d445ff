import {fromBase64Url, utf8} from './bytes.ts';
import type {PublicJwk} from './keyring.ts';

/** The claims of a compact JWS of this type (`Signer.signWord`, or the server's statements), or null when it does not hold. */
export async function readWord(text: string, typ: string, jwk: PublicJwk): Promise<unknown> {
  const [head = '', payload = '', signature = '', ...more] = text.split('.');
  if (more.length > 0) return null;
  try {
    const said = jsonOf(head) as {alg?: unknown; typ?: unknown};
    if (said.alg !== 'ES256' || said.typ !== typ) return null;
    const key = await crypto.subtle.importKey('jwk', {...jwk}, {name: 'ECDSA', namedCurve: 'P-256'}, false, ['verify']);
    const holds = await crypto.subtle.verify({name: 'ECDSA', hash: 'SHA-256'}, key, fromBase64Url(signature), utf8(`${head}.${payload}`));
    return holds ? jsonOf(payload) : null;
  } catch {
    // Not even in its form.
    return null;
  }
}

function jsonOf(part: string): unknown {
  return JSON.parse(new TextDecoder('utf-8', {fatal: true}).decode(fromBase64Url(part)));
}
