import {type Bytes, fromBase64Url, toBase64Url, utf8} from './bytes.ts';
import type {Random} from './seal.ts';

/** Never fewer digits; a setting may demand a passphrase instead. */
export const LEAST_PIN = 6;
export const MOST_PIN = 12;
/** After this many wrong PINs in a row only an online sign-in opens the tablet. The outbox is never touched by it. */
export const MOST_FAILURES = 10;
const ROUNDS = 600_000;
const RECOVERY_INFO = 'singgah-recovery/1';

export interface PublicJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
}

/** The data key, wrapped by the PIN. */
export interface PinWrap {
  readonly salt: Bytes;
  readonly rounds: number;
  readonly iv: Bytes;
  readonly ct: ArrayBuffer;
}

/** The data key, wrapped to the organisation's recovery key: ephemeral public key, and IV and ciphertext in base64url (backend/core/envelopes.py). */
export interface RecoveryWrap {
  readonly epk: PublicJwk;
  readonly iv: string;
  readonly ct: string;
}

/** 32 fresh bytes. They exist in clear only between being made or unwrapped and `importDataKey`. */
export function newDataKey(random: Random): Bytes {
  return random(32);
}

export function importDataKey(raw: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey']);
}

export async function wrapByPin(raw: Bytes, pin: string, random: Random, rounds = ROUNDS): Promise<PinWrap> {
  if (!new RegExp(`^\\d{${LEAST_PIN},}$`).test(pin)) throw new RangeError(`a PIN has at least ${LEAST_PIN} digits`);
  const salt = random(16);
  const iv = random(12);
  const ct = await crypto.subtle.encrypt({name: 'AES-GCM', iv}, await keyFromPin(pin, salt, rounds), raw);
  return {salt, rounds, iv, ct};
}

/** The data key's bytes, or null for a wrong PIN. */
export async function unwrapByPin(wrap: PinWrap, pin: string): Promise<Bytes | null> {
  const key = await keyFromPin(pin, wrap.salt, wrap.rounds);
  try {
    return new Uint8Array(await crypto.subtle.decrypt({name: 'AES-GCM', iv: wrap.iv}, key, wrap.ct));
  } catch (fault) {
    if (fault instanceof Object && 'name' in fault && fault.name === 'OperationError') return null;
    throw fault;
  }
}

async function keyFromPin(pin: string, salt: Bytes, rounds: number): Promise<CryptoKey> {
  const secret = await crypto.subtle.importKey('raw', utf8(pin), 'PBKDF2', false, ['deriveKey']);
  return crypto.subtle.deriveKey({name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds}, secret,
    {name: 'AES-GCM', length: 256}, false, ['encrypt', 'decrypt']);
}

/** P-256 ECDH with a fresh key, HKDF-SHA256 (no salt), AES-256-GCM bound to the device: only the server can open it, for this device, after a fresh sign-in. */
export async function wrapForRecovery(raw: Bytes, device: string, recoveryKey: PublicJwk, random: Random): Promise<RecoveryWrap> {
  const theirs = await crypto.subtle.importKey('jwk', {...recoveryKey}, {name: 'ECDH', namedCurve: 'P-256'}, false, []);
  const ours = await crypto.subtle.generateKey({name: 'ECDH', namedCurve: 'P-256'}, false, ['deriveBits']);
  const iv = random(12);
  const ct = await crypto.subtle.encrypt({name: 'AES-GCM', iv, additionalData: utf8(device)}, await sharedKey(ours.privateKey, theirs), raw);
  return {epk: await publicJwk(ours.publicKey), iv: toBase64Url(iv), ct: toBase64Url(ct)};
}

/** The other end, as the server does it: for tests. */
export async function unwrapRecovery(wrap: RecoveryWrap, device: string, secret: CryptoKey): Promise<Bytes> {
  const epk = await crypto.subtle.importKey('jwk', {...wrap.epk}, {name: 'ECDH', namedCurve: 'P-256'}, false, []);
  const opened = await crypto.subtle.decrypt({name: 'AES-GCM', iv: fromBase64Url(wrap.iv), additionalData: utf8(device)}, await sharedKey(secret, epk), fromBase64Url(wrap.ct));
  return new Uint8Array(opened);
}

/** The four members that name a P-256 key, and nothing else. */
export async function publicJwk(key: CryptoKey): Promise<PublicJwk> {
  const {x, y} = await crypto.subtle.exportKey('jwk', key);
  if (x === undefined || y === undefined) throw new Error('the browser gave a P-256 key without coordinates');
  return {kty: 'EC', crv: 'P-256', x, y};
}

async function sharedKey(mine: CryptoKey, theirs: CryptoKey): Promise<CryptoKey> {
  const agreed = await crypto.subtle.deriveBits({name: 'ECDH', public: theirs}, mine, 256);
  const secret = await crypto.subtle.importKey('raw', agreed, 'HKDF', false, ['deriveKey']);
  return crypto.subtle.deriveKey({name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: utf8(RECOVERY_INFO)}, secret,
    {name: 'AES-GCM', length: 256}, false, ['encrypt', 'decrypt']);
}
