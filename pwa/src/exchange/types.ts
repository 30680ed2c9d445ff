/**
 * What the engine is told (events), what it asks for (effects), and what the store keeps for it.
 *
 * Everything here is plain data: it survives `structuredClone` and `JSON`. Times are milliseconds since 1970 UTC.
 * Names with underscores travel on the wire or lie in an operation's result; the others stay in the tablet.
 */

import type {OperationResult} from '../sync/outcome.ts';

// ---------------------------------------------------------------------------------------------------- the wire

/** An instruction that rides on any answer, for example `{wipe: "<signed statement>"}`. */
export type Directive = Record<string, unknown>;

export interface PushBody {
  proto: number;
  schema: number;
  epoch: string | null;
  device: string;
  resume: string | null;
  nonce: string;
  first: number;
  prev: string;
  ops: string[];
  isolate?: true;
}

export interface PushAnswer {
  epoch: string;
  nonce: string;
  resume: string;
  ack_n: number;
  durable_n: number;
  durability?: string;
  seq: number;
  results: OperationResult[];
  directives: Directive[];
}

export interface PullBody {
  proto: number;
  schema: number;
  device: string;
  epoch: string | null;
  cursor: string | null;
  limit: number;
  nonce: string;
}

/** One row of the feed. `state` on rows of kind scope, `v` on live rows, `del` on tombstones. */
export interface Change {
  s: number;
  k: string;
  id: string;
  ver?: number;
  v?: Record<string, unknown>;
  del?: true;
  state?: 'in' | 'out';
}

export interface PullAnswer {
  nonce: string;
  epoch: string;
  cursor: string;
  more: boolean;
  head: number;
  journal: string;
  ack_n: number;
  durable_n: number;
  durability?: string;
  changes: Change[];
  sums?: Record<string, string>;
  directives: Directive[];
  min_app?: string;
}

/** What `send` carries out. `id` comes back in `answered` or `failed`. */
export type Request =
  | {kind: 'push'; id: number; body: PushBody}
  | {kind: 'pull'; id: number; body: PullBody}
  | {kind: 'head'; id: number}
  | {kind: 'blob_create'; id: number; visit: string; sha256: string; size: number; filetype: string}
  | {kind: 'blob_head'; id: number; url: string}
  /** The net takes `length` bytes at `offset` of the blob from the store, and adds their checksum. */
  | {kind: 'blob_patch'; id: number; url: string; visit: string; sha256: string; offset: number; length: number};

/** An HTTP answer, already parsed. `body` is null when it was not JSON (a captive portal's page, for example). */
export interface Answer {
  status: number;
  body: unknown;
  /** Only these, names in lower case, as raw text. */
  headers: {date?: string; 'retry-after'?: string; location?: string; 'upload-offset'?: string};
}

// ---------------------------------------------------------------------------------------------- what is stored

/** One operation in the outbox, as the engine needs it. `link` is the chain's hash after this operation. */
export interface OutboxEntry {
  n: number;
  id: string;
  text: string;
  link: string;
}

/** A row of the outbox store. The clear columns only; `text` is the part that lies encrypted. */
export interface OutboxRow {
  n: number;
  id: string;
  kind: string;
  entity: string;
  text: string;
  /** null until the server has answered; then the operation's durable outcome. */
  result: OperationResult | null;
  /** SHA-256 chain after this operation; written by `settle`. */
  link: string | null;
  /** By the server's clock. */
  settledAt: number | null;
  /** True once the base contains its effect, or at once when held or rejected: it is no longer laid on top. */
  retired: boolean;
}

/** Pages that wait to be applied: everything about them but the rows, which lie in the inbox. */
export interface Staged {
  cursor: string;
  head: number;
  journal: string;
  rows: number;
  /** False while more pages are to come; true from the page that said `more: false`. */
  whole: boolean;
  sums: Record<string, string>;
  ackN: number;
}

/** What survives a restart. One row of the meta store; `nextN` is raised by the store when a person acts. */
export interface Meta {
  device: string;
  schema: number;
  epoch: string | null;
  resume: string | null;
  /** The number that the next operation will get; 1 on a fresh device. */
  nextN: number;
  /** All operations up to here have an outcome; 0 on a fresh device. */
  ackedN: number;
  durableN: number;
  durability: string | null;
  /** Of the last pull that was applied whole. */
  cursor: string | null;
  head: number;
  journal: string | null;
  /** Rows of an older generation are swept when a bootstrap is complete. */
  generation: number;
  /** True from the wish for a bootstrap until its sweep. */
  bootstrapping: boolean;
  staged: Staged | null;
  lastContact: number | null;
  minApp: string | null;
}

export interface BlobRow {
  visit: string;
  sha256: string;
  size: number;
  filetype: string;
  url: string | null;
  offset: number;
  /** `refused`: the server will not take it; bytes stay here and the person is told. */
  state: 'waiting' | 'complete' | 'refused';
  code: string | null;
  /** By the server's clock. */
  completedAt: number | null;
  /** `ackedN` when it was complete: a backup that holds a later operation holds the blob too. Absent on rows of before. */
  afterN?: number;
}

/** What net answers itself in the server's place when the bytes of a blob are gone, and the blob's code from then on. */
export const BYTES_GONE = 'bytes_gone';

/** One change to the store. All writes of one `commit` happen in one transaction, in this order, or not at all. */
export type Write =
  | {kind: 'meta'; set: Partial<Omit<Meta, 'device' | 'nextN'>>}
  /** Record outcomes; also overwrites an older outcome of the same n (after a restored server). */
  | {kind: 'settle'; results: OperationResult[]; links: string[]; at: number}
  /** The server lost these: result, link, settledAt to null and retired to false for every n >= from. */
  | {kind: 'reopen'; from: number}
  /**
   * This storage is a copy of one that went on elsewhere: it becomes the device of this id, with a key of its own. Every
   * operation, settled or not, keeps id and bytes and is numbered anew from 1; outcomes stay for the view. ackedN,
   * durableN and resume begin again. Stands alone in its commit.
   */
  | {kind: 'rekey'; device: string}
  /** Retire settled operations whose seq is not null and <= head. */
  | {kind: 'retire'; head: number}
  /** Append to the inbox, in this order. */
  | {kind: 'stage'; changes: Change[]}
  | {kind: 'unstage'}
  /** Take the first `limit` rows out of the inbox into rows, by the rules of `sync/feed.ts` `fate`. */
  | {kind: 'apply'; limit: number; generation: number}
  /** Delete rows of another generation, except of entities with an unretired operation. */
  | {kind: 'sweep'; generation: number}
  | {kind: 'blob'; visit: string; sha256: string; set: Partial<Omit<BlobRow, 'visit' | 'sha256'>>}
  /** Delete retired outbox rows with n <= throughN that were settled before `settledBefore` (always keep the newest
   *  settled row: its link is the next push's `prev`), and the bytes of blobs completed before `blobsBefore`; where
   *  `blobsAfterN` is a number, only of those that were complete when fewer operations were acknowledged. */
  | {kind: 'prune'; throughN: number; settledBefore: number; blobsBefore: number; blobsAfterN: number | null}
  /** The server was put back: what it said it had whole is offered to it again, as far as the bytes are still here. */
  | {kind: 'reoffer'};

/** What the engine asks the store to look up; the answer is a `loaded` event with the same id. */
export type Query =
  /** Oldest operations with n >= from, at most `limit`, and link(from - 1): null when it is no longer known. */
  | {kind: 'outbox'; from: number; limit: number}
  /** For each audience the checksum (`sync/feed.ts` `checksum`) of its base rows. */
  | {kind: 'sums'; audiences: string[]}
  /** Meta and blobs as they lie on the disk: after `rekey` and `reoffer` only the store knows them. */
  | {kind: 'meta'};

export type Loaded =
  | {kind: 'outbox'; prev: string | null; ops: OutboxEntry[]}
  | {kind: 'sums'; sums: Record<string, string>}
  | {kind: 'meta'; meta: Meta; blobs: BlobRow[]};

// ------------------------------------------------------------------------------------------- events and effects

/** Every event says when it happened and brings 32 fresh random hex digits: the engine has no clock and no dice. */
export interface Stamp {
  now: number;
  luck: string;
}

export type Event = Stamp &
  (
    | {kind: 'acted'; n: number; blobs?: BlobRow[]}
    | {kind: 'loaded'; id: number; found: Loaded}
    | {kind: 'load_failed'; id: number; reason: string}
    | {kind: 'committed'; id: number}
    | {kind: 'commit_failed'; id: number; reason: 'quota' | 'lost' | 'other'}
    | {kind: 'answered'; id: number; answer: Answer}
    | {kind: 'failed'; id: number; reason: 'network' | 'timeout'}
    | {kind: 'timer'}
    | {kind: 'online'}
    | {kind: 'offline'}
    | {kind: 'visible'}
    | {kind: 'hidden'}
    | {kind: 'locked'}
    | {kind: 'unlocked'}
    /** Somebody signed in on this tablet: the pause after a 401 ends. */
    | {kind: 'signed_in'}
    /** Photos wait for a network that costs nothing by the megabyte, or need not any more. Documents never wait. */
    | {kind: 'spare'; photos: boolean}
    /** A web push or a person's pull-to-refresh: fetch now. */
    | {kind: 'poked'}
  );

export type Effect =
  | {kind: 'commit'; id: number; writes: Write[]}
  | {kind: 'load'; id: number; query: Query}
  | {kind: 'send'; request: Request}
  /** Replace the one alarm; a `timer` event is due at `at`. */
  | {kind: 'wake'; at: number}
  | {kind: 'say'; status: SyncStatus}
  /** Directives of an answer, handed on as they came. */
  | {kind: 'obey'; directives: Directive[]};

export type Lane = 'push' | 'pull' | 'blob';

/** What the header of the tablet shows. Sent by `say` only when it changed. */
export interface SyncStatus {
  doing: 'nothing' | 'sending' | 'fetching' | 'uploading';
  locked: boolean;
  /** "Sign in to send n changes." */
  signedOut: boolean;
  /** The office has not yet confirmed this device; what is done meanwhile waits here. */
  pending: boolean;
  /** The server does not know this device: it must be enrolled, once more where it was before. */
  stranger: boolean;
  unsent: number;
  unsentBlobs: {count: number; bytes: number};
  /** Not sent any more, the lost ones among them. */
  refusedBlobs: number;
  /** Their bytes are no longer on this tablet, and the server has not got them whole. */
  lostBlobs: number;
  /** Photos wait because the day's share of this tablet is sent; it is given anew then. */
  quotaUntil: number | null;
  /** Photos wait for Wi-Fi, as the person chose. */
  sparing: boolean;
  head: number;
  lastContact: number | null;
  /** A lane that gave up until the app starts again; the work stays on the tablet. */
  closed: Partial<Record<Lane, string>>;
  /** When the next attempt is due, if the last one failed. */
  retryAt: number | null;
  /** The server asks for at least this version of the app. */
  minApp: string | null;
  /** The last write to the tablet's own storage failed with this reason. */
  storage: 'quota' | 'lost' | 'other' | null;
  /** Base rows did not add up to the server's checksum even after everything was fetched again. */
  divergence: string[];
}
