/** The eight characters that both screens show while a device is enrolled (rule S5). */
import type {Sha256} from './chain.ts';
import {crockford} from './ids.ts';
import {encode} from './utf8.ts';

/** The first 40 bits of SHA-256 over purpose, device id and RFC 7638 thumbprint of its key, in base 32. */
export async function fingerprint(deviceId: string, jkt: string, sha256: Sha256): Promise<string> {
  const digest = await sha256(encode(`singgah-enrol\n${deviceId}\n${jkt}`));
  return crockford(digest.slice(0, 5));
}
