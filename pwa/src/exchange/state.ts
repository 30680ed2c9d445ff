/** The engine's memory: plain data, made anew from the store at every unlock. */
import type {BlobRow, Effect, Lane as LaneName, Meta, PushBody, Query, Request, Stamp, SyncStatus, Write} from './types.ts';

/** What a lane waits for. `renewed`: this request has already been repeated with a fresh proof. */
export type Busy = {readonly id: number; readonly since: number} & (
  | {readonly doing: 'load'}
  | {readonly doing: 'send'; readonly request: Request; readonly renewed: boolean}
  | {readonly doing: 'commit'; readonly set: MetaChange; readonly then: Next}
);

export type MetaChange = Partial<Omit<Meta, 'device' | 'nextN'>>;

/** What follows a commit. */
export type Next =
  | {readonly kind: 'settled'; readonly seq: number}
  | {readonly kind: 'rewound'}
  | {readonly kind: 'begun_anew'}
  | {readonly kind: 'rekeyed'}
  | {readonly kind: 'staged'}
  | {readonly kind: 'applied'; readonly sums: Readonly<Record<string, string>>}
  | {readonly kind: 'blob'; readonly row: BlobRow};

export interface Lane {
  busy: Busy | null;
  /** Not before then; for pull also: wanted at all. */
  due: number | null;
  failures: number;
  retryAt: number | null;
  /** The server's own word: nothing hurries it before then. */
  firmUntil: number | null;
  /** Gave up with this code until the next unlock or sign-in; the work stays. */
  closed: string | null;
}

export interface PushLane extends Lane {
  /** A push whose outcome is unknown or under way: it is repeated byte for byte. */
  sent: {readonly body: PushBody; readonly ids: readonly string[]; readonly links: readonly string[]} | null;
  /** At most so many operations in the next push. */
  batch: number;
  /** It became another device, or began anew, and the state does not know yet what the store made of it. */
  stale: boolean;
  /** How often it became another device since anything was last accepted from it. */
  rekeyed: number;
  /** How often the single operation at the front made the server fail. */
  strikes: number;
}

export interface PullLane extends Lane {
  pollAt: number;
  /** When the last page was asked for. */
  askedAt: number;
  /** A write failed: what lies in the inbox is not to be relied on. */
  doubtful: boolean;
  /** Checksums that the base must have; null when nothing is to be compared. */
  expected: Readonly<Record<string, string>> | null;
  /** The bootstrap under way was begun because checksums differed. */
  mending: boolean;
}

export interface BlobLane extends Lane {
  /** The blob whose offset is known to agree with the server's. */
  known: string | null;
  chunk: number;
  /** The day's share of this device is sent; the server takes more from then on. */
  spentUntil: number | null;
}

export interface State {
  meta: Meta;
  blobs: BlobRow[];
  push: PushLane;
  pull: PullLane;
  blob: BlobLane;
  locked: boolean;
  visible: boolean;
  signedOut: boolean;
  sparing: boolean;
  /** The office has not yet confirmed this device. */
  pending: boolean;
  /** The server does not know this device's key. */
  stranger: boolean;
  storage: SyncStatus['storage'];
  divergence: string[];
  /** Which of push and pull had the last turn, so that neither starves. */
  lastTurn: 'push' | 'pull';
  /** When the last event came, by the tablet's clock. */
  heardAt: number;
  /** The server's time as of its last good answer. */
  serverAt: number | null;
  /** By the server's time. */
  prunedAt: number;
  nextId: number;
  said: SyncStatus | null;
  alarm: number | null;
}

const IDLE: Lane = {busy: null, due: null, failures: 0, retryAt: null, firmUntil: null, closed: null};

/** Longer than any time limit of net: a lane that heard nothing for so long was forgotten, and goes on. */
export const FORGOTTEN = 300_000;
export const FULL_BATCH = 200;
export const FIRST_CHUNK = 512 * 1024;

/** The state of a tablet that is still locked: `unlocked` sets it going. `meta` and `blobs` as the store holds them. */
export function begin(meta: Meta, blobs: readonly BlobRow[]): State {
  return {
    meta: {...meta},
    blobs: blobs.filter((row) => row.state !== 'complete'),
    push: {...IDLE, sent: null, batch: FULL_BATCH, stale: false, rekeyed: 0, strikes: 0},
    pull: {...IDLE, pollAt: 0, askedAt: 0, doubtful: false, expected: null, mending: false},
    blob: {...IDLE, known: null, chunk: FIRST_CHUNK, spentUntil: null},
    locked: true,
    visible: true,
    signedOut: false,
    sparing: false,
    pending: false,
    stranger: false,
    storage: null,
    divergence: [],
    lastTurn: 'pull',
    heardAt: 0,
    serverAt: null,
    prunedAt: 0,
    nextId: 1,
    said: null,
    alarm: null,
  };
}

/** How many operations have no outcome yet. */
export function unsent(state: State): number {
  return state.meta.nextN - 1 - state.meta.ackedN;
}

/** One step: a copy of the state to change, the moment, and the effects so far. */
export class Turn {
  readonly state: State;
  readonly now: number;
  readonly luck: string;
  readonly effects: Effect[] = [];

  constructor(before: State, {now, luck}: Stamp) {
    const {meta, blobs, push, pull, blob} = before;
    this.state = {...before, meta: {...meta}, blobs: [...blobs], push: {...push}, pull: {...pull}, blob: {...blob}};
    this.now = now;
    this.luck = luck;
  }

  lane(name: LaneName): PushLane | PullLane | BlobLane {
    return this.state[name];
  }

  load(name: LaneName, query: Query): void {
    const id = this.newId();
    this.lane(name).busy = {doing: 'load', id, since: this.now};
    this.effects.push({kind: 'load', id, query});
  }

  /** Send; `make` gets the request's id. */
  send(name: LaneName, make: (id: number) => Request, renewed = false): void {
    const request = make(this.newId());
    this.lane(name).busy = {doing: 'send', id: request.id, since: this.now, request, renewed};
    this.effects.push({kind: 'send', request});
  }

  /** Write; `set` is what the writes do to meta, and reaches the state only once it is committed. */
  commit(name: LaneName, writes: Write[], set: MetaChange, then: Next): void {
    const id = this.newId();
    this.lane(name).busy = {doing: 'commit', id, since: this.now, set, then};
    const meta: Write[] = Object.keys(set).length > 0 ? [{kind: 'meta', set}] : [];
    this.effects.push({kind: 'commit', id, writes: [...writes, ...meta]});
  }

  private newId(): number {
    return this.state.nextId++;
  }
}
