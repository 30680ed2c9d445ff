import type {BlobRow, Meta} from '../exchange/types.ts';
import type {Bytes} from './bytes.ts';
import type {Connection} from './connection.ts';
import type {BlobRecord, ChunkRecord, DeviceKeyRecord, KeyringRecord, OutboxRecord, Records, SealedMeta} from './database.ts';
import {Signer} from './device_key.ts';
import type {PublicJwk} from './keyring.ts';
import {openOutboxRow, seats} from './memory.ts';
import type {Vault} from './seal.ts';

/** A photo or document that the server does not have whole. */
export interface LeftBlob {
  readonly name: string;
  readonly row: BlobRow;
}

/** What could still be read of a person's database. Null where it could not, or was never kept. */
export interface Salvaged {
  readonly device: string | null;
  readonly organisation: string | null;
  readonly recoveryKey: PublicJwk | null;
  readonly signer: Signer | null;
  /** In order of n: all that is kept here, sent or not. */
  readonly operations: readonly (readonly [n: number, text: string])[];
  readonly unsent: number;
  readonly blobs: readonly LeftBlob[];
  /** Operations and blobs that are there and do not open. */
  readonly unreadable: number;
}

/** Reads an unlocked database that may be half broken: record by record, and whatever fails is counted and passed over. */
export class Salvage {
  readonly #connection: Connection<Records>;
  readonly #vault: Vault;

  constructor(connection: Connection<Records>, vault: Vault) {
    this.#connection = connection;
    this.#vault = vault;
  }

  async read(): Promise<Salvaged> {
    const [engine, owner, recoveryKey, keyring, key] = await Promise.all([
      this.#meta<Meta>('engine'), this.#meta<{organisation: string}>('owner'), this.#meta<PublicJwk>('recovery_key'),
      this.#get<KeyringRecord>('keyring'), this.#get<DeviceKeyRecord>('device_key'),
    ]);
    const [outbox, lostOperations] = await this.#all<OutboxRecord, Awaited<ReturnType<typeof openOutboxRow>>>('outbox', (record) => openOutboxRow(this.#vault, record));
    const [blobs, lostBlobs] = await this.#all<BlobRecord, LeftBlob>('blobs', async (record) =>
      ({name: record.name, row: await this.#vault.openJson<BlobRow>(seats.blob(record.name), record)}));
    return {
      device: engine?.device ?? keyring?.device ?? null, organisation: owner?.organisation ?? null, recoveryKey,
      signer: key === null ? null : await orNull(Signer.unlock(this.#vault, key)),
      operations: outbox.sort((a, b) => a.n - b.n).map(({n, text}) => [n, text] as const),
      unsent: outbox.filter(({result}) => result === null).length,
      blobs: blobs.filter(({row}) => row.state !== 'complete'), unreadable: lostOperations + lostBlobs,
    };
  }

  /** The bytes of a blob, part by part; rejects where one does not open. */
  async* parts({name}: LeftBlob): AsyncGenerator<Bytes> {
    const keys = await this.#connection.read(['chunks'], (within) => within.keys('chunks')) as [name: string, at: number][];
    for (const [, at] of keys.filter(([of]) => of === name).sort((a, b) => a[1] - b[1])) {
      const record = await this.#connection.read(['chunks'], (within) => within.get('chunks', [name, at])) as ChunkRecord | undefined;
      if (record === undefined) throw new Error('a part of a photo is gone');
      yield new Uint8Array(await this.#vault.openBytes(seats.chunk(name, at), record));
    }
  }

  async #meta<T>(key: string): Promise<T | null> {
    const record = await this.#get<SealedMeta>(key);
    return record === null ? null : orNull(this.#vault.openJson<T>(seats.meta(key), record));
  }

  async #get<Kind>(key: string): Promise<Kind | null> {
    const record = await orNull(this.#connection.read(['meta'], (within) => within.get('meta', key)));
    return (record ?? null) as Kind | null;
  }

  /** Everything of a store that opens, and how many records do not. */
  async #all<Kind, Open>(store: 'outbox' | 'blobs', open: (record: Kind) => Promise<Open>): Promise<[Open[], number]> {
    const keys = await orNull(this.#connection.read([store], (within) => within.keys(store)));
    if (keys === null) return [[], 1];
    const found = await Promise.all(keys.map((key) => orNull(this.#connection.read([store], (within) => within.get(store, key)).then((record) => open(record as Kind)))));
    const good = found.filter((each) => each !== null);
    return [good, keys.length - good.length];
  }
}

/** What fails here is what the file is for: it is passed over and counted. */
function orNull<T>(work: Promise<T>): Promise<T | null> {
  return work.catch(() => null);
}
