import {FORMAT} from './form.ts';
import {type Bytes, utf8} from './bytes.ts';

export interface Sealed {
  readonly iv: Bytes;
  readonly ct: ArrayBuffer;
}

/** Which row a ciphertext belongs to. It opens nowhere else, so that rows cannot be swapped on the disk. */
export interface Seat {
  readonly store: string;
  readonly kind: string;
  readonly id: string;
}

export type Random = (length: number) => Bytes;

/** Seals and opens values under one data key (AES-256-GCM, a fresh IV each time). */
export class Vault {
  readonly #key: CryptoKey;
  readonly #random: Random;

  constructor(key: CryptoKey, random: Random) {
    this.#key = key;
    this.#random = random;
  }

  sealJson(seat: Seat, value: unknown): Promise<Sealed> {
    return this.sealBytes(seat, utf8(JSON.stringify(value)));
  }

  async sealBytes(seat: Seat, bytes: Bytes): Promise<Sealed> {
    const iv = this.#random(12);
    return {iv, ct: await crypto.subtle.encrypt(boundTo(seat, iv), this.#key, bytes)};
  }

  async openJson<T>(seat: Seat, sealed: Sealed): Promise<T> {
    return JSON.parse(decoder.decode(await this.openBytes(seat, sealed))) as T;
  }

  /** Rejects with OperationError when the row is damaged, from another seat or under another key. */
  openBytes(seat: Seat, sealed: Sealed): Promise<ArrayBuffer> {
    return crypto.subtle.decrypt(boundTo(seat, sealed.iv), this.#key, sealed.ct);
  }

  /** A private key that the page can use and never read. */
  openSigningKey(seat: Seat, sealed: Sealed): Promise<CryptoKey> {
    return crypto.subtle.unwrapKey('pkcs8', sealed.ct, this.#key, boundTo(seat, sealed.iv), {name: 'ECDSA', namedCurve: 'P-256'}, false, ['sign']);
  }

  async sealSigningKey(seat: Seat, key: CryptoKey): Promise<Sealed> {
    const iv = this.#random(12);
    return {iv, ct: await crypto.subtle.wrapKey('pkcs8', key, this.#key, boundTo(seat, iv))};
  }
}

const decoder = new TextDecoder('utf-8', {fatal: true});

function boundTo(seat: Seat, iv: Bytes): AesGcmParams {
  return {name: 'AES-GCM', iv, additionalData: utf8(JSON.stringify([seat.store, seat.kind, seat.id, FORMAT]))};
}
