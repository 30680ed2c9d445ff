import type {StoredDeviceKey} from './device_key.ts';
import type {Place} from './indexed.ts';
import type {PinWrap, RecoveryWrap} from './keyring.ts';
import type {Sealed} from './seal.ts';

/*
 * What lies on the disk. Clear columns are random ids and counting numbers only; everything else is inside `ct`.
 * Names of rows are stable; what `ct` holds is said beside each.
 */

/** Opens the data key. Clear, because it is needed before anything can be opened. */
export interface KeyringRecord {
  key: 'keyring';
  /** The device's id: a forgotten PIN is made good by asking the server for this device's data key. */
  device: string;
  pin: PinWrap;
  recovery: RecoveryWrap;
  /** Wrong PINs in a row. */
  failures: number;
}

export interface DeviceKeyRecord extends StoredDeviceKey {
  key: 'device_key';
}

/** `next_n` and the counters of numbers for people: `counter:T`, `counter:V`. The next free one. */
export interface CounterRecord {
  key: string;
  next: number;
}

/** Names of blobs whose bytes lie here without a manifest; what is still so at the next look goes. */
export interface UnnamedRecord {
  key: 'unnamed';
  names: string[];
}

/** Anything else of meta, sealed: `engine`, `person`, `session`, `naming`, `settings`. */
export interface SealedMeta extends Sealed {
  key: string;
}

/** ct: {ver, generation, v} */
export interface RowRecord extends Sealed {
  kind: string;
  id: string;
  /** The visit it belongs to, or ''. */
  visit: string;
}

/** ct: {text, result, link, settledAt, retired}. `id` is the operation's, `kind` and `entity` name what it changes. */
export interface OutboxRecord extends Sealed {
  n: number;
  id: string;
  kind: string;
  entity: string;
}

/** ct: an array of changes, as they came. */
export interface InboxRecord extends Sealed {
  n: number;
  id: string;
}

/** ct: whatever the screen was holding. */
export interface DraftRecord extends Sealed {
  id: string;
}

/** ct: BlobRow. `name` is a keyed digest of visit and sha256, because a photo's digest would tell what it is. */
export interface BlobRecord extends Sealed {
  name: string;
}

/** ct: 512 KiB of bytes, number `at`. */
export interface ChunkRecord extends Sealed {
  name: string;
  at: number;
}

/** ct: {at, what} */
export interface DiagRecord extends Sealed {
  n?: number;
  id: string;
}

/** Stores and what lies in each. */
export interface Records {
  readonly meta: KeyringRecord | DeviceKeyRecord | CounterRecord | UnnamedRecord | SealedMeta;
  readonly rows: RowRecord;
  readonly outbox: OutboxRecord;
  readonly inbox: InboxRecord;
  readonly drafts: DraftRecord;
  readonly blobs: BlobRecord;
  readonly chunks: ChunkRecord;
  readonly diag: DiagRecord;
}

/** What the store asks of the machine. Tests bring their own. */
export interface Machine extends Place {
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number;
  /** Milliseconds of a clock that never jumps. */
  readonly mono: () => number;
  readonly random: (length: number) => Uint8Array<ArrayBuffer>;
  readonly wait: (ms: number) => Promise<void>;
  /** Bytes that may still be written, or null where the browser does not say. */
  readonly room: () => Promise<number | null>;
}

/** Where a new version's form is tried (rehearsal.ts). */
export const COPY = 'singgah-rehearsal';

export function databaseOf(person: string): string {
  return `singgah-${person}`;
}
