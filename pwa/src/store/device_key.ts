import {type Bytes, sha256, toBase64Url, utf8} from './bytes.ts';
import {type PublicJwk, publicJwk} from './keyring.ts';
import type {Sealed, Seat, Vault} from './seal.ts';

const SEAT: Seat = {store: 'meta', kind: 'device_key', id: 'device_key'};

/** What lies on the disk: the private half only under the data key. */
export interface StoredDeviceKey {
  readonly jwk: PublicJwk;
  readonly jkt: string;
  readonly sealed: Sealed;
}

/** A flattened JWS. */
export interface Envelope {
  readonly payload: string;
  readonly protected: string;
  readonly signature: string;
}

/** Made extractable, exported once into its wrapping, then dropped: the key that is used afterwards cannot be read. */
export async function makeDeviceKey(vault: Vault): Promise<StoredDeviceKey> {
  const pair = await crypto.subtle.generateKey({name: 'ECDSA', namedCurve: 'P-256'}, true, ['sign', 'verify']);
  const jwk = await publicJwk(pair.publicKey);
  return {jwk, jkt: await thumbprint(jwk), sealed: await vault.sealSigningKey(SEAT, pair.privateKey)};
}

/** RFC 7638. */
export async function thumbprint(jwk: PublicJwk): Promise<string> {
  return toBase64Url(await sha256(utf8(JSON.stringify({crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y}))));
}

export interface ProofOf {
  /** Upper case. */
  readonly method: string;
  /** Absolute, without query. */
  readonly url: string;
  readonly jti: string;
  /** Seconds since 1970. */
  readonly iat: number;
  readonly nonce: string | null;
  /** `session_hash` of the sign-in; null says that there is none. */
  readonly ath: string | null;
}

/** The tablet's signature, unlocked. */
export class Signer {
  readonly jwk: PublicJwk;
  readonly jkt: string;
  readonly #key: CryptoKey;

  private constructor(stored: StoredDeviceKey, key: CryptoKey) {
    this.jwk = stored.jwk;
    this.jkt = stored.jkt;
    this.#key = key;
  }

  static async unlock(vault: Vault, stored: StoredDeviceKey): Promise<Signer> {
    return new Signer(stored, await vault.openSigningKey(SEAT, stored.sealed));
  }

  /** The value of a DPoP header (RFC 9449): this device makes this request in this session. */
  async proof({method, url, jti, iat, nonce, ath}: ProofOf): Promise<string> {
    const claims = {htm: method, htu: url, jti, iat, ...(ath === null ? {} : {ath}), ...(nonce === null ? {} : {nonce})};
    const {protected: head, payload, signature} = await this.#sign({typ: 'dpop+jwt', alg: 'ES256', jwk: this.jwk}, utf8(JSON.stringify(claims)));
    return `${head}.${payload}.${signature}`;
  }

  /** This device's word on something, as a compact JWS of that type. */
  async signWord(typ: string, claims: object): Promise<string> {
    const {protected: head, payload, signature} = await this.#sign({alg: 'ES256', typ, kid: this.jkt}, utf8(JSON.stringify(claims)));
    return `${head}.${payload}.${signature}`;
  }

  /** Sign a record's canonical bytes (evidence.md 4.2). */
  signEnvelope(bytes: Bytes): Promise<Envelope> {
    return this.#sign({alg: 'ES256', typ: 'singgah-signoff+json', kid: this.jkt}, bytes);
  }

  async #sign(header: object, bytes: Bytes): Promise<Envelope> {
    const head = toBase64Url(utf8(JSON.stringify(header)));
    const payload = toBase64Url(bytes);
    const signature = await crypto.subtle.sign({name: 'ECDSA', hash: 'SHA-256'}, this.#key, utf8(`${head}.${payload}`));
    return {payload, protected: head, signature: toBase64Url(signature)};
  }
}
