import type {BlobRow} from '../exchange/types.ts';
import {type Bytes, sha256, toHex, utf8} from './bytes.ts';
import {type Connection, StoreFull} from './connection.ts';
import type {ChunkRecord, Machine, Records, UnnamedRecord} from './database.ts';
import {seats} from './memory.ts';
import type {Vault} from './seal.ts';

/** As sync.md 3.5. */
const CHUNK = 512 * 1024;
/** Kept free beside what a capture needs, so that the act itself, and the signature, always fit. */
const RESERVE = 50_000_000;
/** What a signature is made of. The reserve is kept for it. */
const DOCUMENT = 'application/json';

/** A blob whose bytes lie on the disk and wait for the act that names them. */
export interface NewBlob {
  readonly name: string;
  readonly row: BlobRow;
}

/** Bytes of photos and documents: sealed ArrayBuffer chunks (Safari loses Blobs), read back before anyone relies on them. */
export class Photos {
  readonly #connection: Connection<Records>;
  readonly #vault: Vault;
  readonly #machine: Machine;
  readonly #namingKey: CryptoKey;

  constructor(connection: Connection<Records>, vault: Vault, machine: Machine, namingKey: CryptoKey) {
    this.#connection = connection;
    this.#vault = vault;
    this.#machine = machine;
    this.#namingKey = namingKey;
  }

  /** Before the camera opens: throws StoreFull when `bytes` would not fit beside the reserve. */
  async checkRoom(bytes: number, reserve = RESERVE): Promise<void> {
    const room = await this.#machine.room();
    if (room !== null && room < bytes + reserve) throw new StoreFull('the tablet has not enough room for this');
  }

  /** Write the bytes, read them back and compare digests. Hand the result to `keep` with the act that names the blob. */
  async put(visit: string, bytes: Bytes, filetype: string): Promise<NewBlob> {
    await this.checkRoom(bytes.length, filetype === DOCUMENT ? 0 : RESERVE);
    const digest = toHex(await sha256(bytes));
    const name = await this.nameOf(visit, digest);
    const records = await Promise.all(Array.from({length: Math.ceil(bytes.length / CHUNK)}, async (_, at): Promise<ChunkRecord> =>
      ({name, at, ...await this.#vault.sealBytes(seats.chunk(name, at), bytes.slice(at * CHUNK, (at + 1) * CHUNK))})));
    await this.#connection.write(['chunks'], (within) => within.put('chunks', ...records));
    const back = await this.bytes(visit, digest);
    if (back === null || toHex(await sha256(back)) !== digest) throw new Error('the tablet’s storage did not keep these bytes');
    return {name, row: {visit, sha256: digest, size: bytes.length, filetype, url: null, offset: 0, state: 'waiting', code: null, completedAt: null}};
  }

  /** All bytes, or null when they are not (or no longer) on this tablet, or cannot be read any more. */
  async bytes(visit: string, digest: string): Promise<Bytes | null> {
    const name = await this.nameOf(visit, digest);
    const records = await this.#connection.read(['chunks'], (within) => within.all('chunks', name));
    if (records.length === 0) return null;
    const parts = await Promise.all(records.map((record) => this.#part(name, record)));
    if (!parts.every((part) => part !== null)) return null;
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
    parts.reduce((offset, part) => { whole.set(new Uint8Array(part), offset); return offset + part.byteLength; }, 0);
    return whole;
  }

  /** null where the disk has spoilt it. */
  async #part(name: string, record: ChunkRecord): Promise<ArrayBuffer | null> {
    try {
      return await this.#vault.openBytes(seats.chunk(name, record.at), record);
    } catch (fault) {
      if (fault instanceof Object && 'name' in fault && fault.name === 'OperationError') return null;
      throw fault;
    }
  }

  /**
   * Drop bytes that no manifest names: the app was closed between the camera and the act. Only those that had none the
   * last time either: at this moment another window may stand between its camera and its act.
   */
  async sweep(): Promise<void> {
    await this.#connection.write(['meta', 'blobs', 'chunks'], async (within) => {
      const [keys, named, before] = await Promise.all([
        within.keys('chunks') as Promise<[name: string, at: number][]>, within.keys('blobs'), within.get('meta', 'unnamed') as Promise<UnnamedRecord | undefined>,
      ]);
      const known = new Set(named);
      const unnamed = keys.filter(([name]) => !known.has(name));
      const [old, fresh] = [new Set(before?.names), new Set<string>()];
      for (const [name] of unnamed) if (!old.has(name)) fresh.add(name);
      await within.delete('chunks', ...unnamed.filter(([name]) => old.has(name)));
      await within.put('meta', {key: 'unnamed', names: [...fresh]});
    });
  }

  /** The clear name of a blob: HMAC, because the digest itself would tell which picture it is. */
  async nameOf(visit: string, digest: string): Promise<string> {
    return toHex(await crypto.subtle.sign('HMAC', this.#namingKey, utf8(`${visit}/${digest}`))).slice(0, 32);
  }
}

export function importNamingKey(raw: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', raw, {name: 'HMAC', hash: 'SHA-256'}, false, ['sign']);
}
