import {kindOf} from '../store/connection.ts';
import {toHex} from '../store/bytes.ts';
import type {Sender} from '../net/sender.ts';
import type {Machine} from '../store/database.ts';
import type {Store} from '../store/store.ts';
import {step} from './engine.ts';
import {begin, type State} from './state.ts';
import type {BlobRow, Directive, Effect, Event, SyncStatus} from './types.ts';

/** What windows of one person tell each other: only one of them exchanges with the server. */
export type Word =
  | {readonly kind: 'changed'}
  | {readonly kind: 'acted'; readonly n: number; readonly blobs: BlobRow[]}
  | {readonly kind: 'status'; readonly status: SyncStatus}
  | {readonly kind: 'tell'; readonly what: 'signed_in' | 'poked'};

/** A BroadcastChannel, or a test's own. */
export interface Channel {
  postMessage(word: Word): void;
  onmessage: ((event: {readonly data: Word}) => void) | null;
  close(): void;
}

export interface Parts {
  readonly store: Store;
  readonly sender: Sender;
  readonly machine: Pick<Machine, 'now' | 'random'>;
  readonly channel: Channel;
  /** Resolves with the right to exchange when no other window has it; the argument ends it. */
  readonly lead: (until: Promise<void>, led: () => void) => Promise<void>;
  /** Another window has a session now: read whose it is before anything is sent in its name. */
  readonly signedInElsewhere: () => Promise<void>;
  /** Calls back once at that time (milliseconds); a new call replaces the old one. */
  readonly alarm: (at: number, ring: () => void) => void;
  /** Whether photos should wait for a network that costs nothing by the megabyte. */
  readonly spares?: () => boolean;
  readonly say: (status: SyncStatus) => void;
  /** The storage has become another device: from now on its key signs, and it must be enrolled. */
  readonly rekeyed: () => Promise<void>;
  readonly obey: (directives: readonly Directive[]) => void;
  /** A fault of ours in carrying out an effect. */
  readonly broke: (fault: unknown) => void;
}

// Without the distribution over the union, `kind` and its companions would come apart.
type Happening = Event extends infer E ? (E extends Event ? Omit<E, 'now' | 'luck'> : never) : never;

/** Joins the pure engine with store and net, in whichever window of the person holds the lock. */
export class Shell {
  readonly #parts: Parts;
  #state: State | null = null;
  #status: SyncStatus | null = null;
  #stopped = false;
  #end: () => void = () => {};

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.channel.onmessage = ({data}) => { this.#hear(data).catch(parts.broke); };
  }

  start(): void {
    // Whoever leads already answers with its status.
    this.#parts.channel.postMessage({kind: 'changed'});
    const until = new Promise<void>((resolve) => { this.#end = resolve; });
    this.#parts.lead(until, () => { this.#led().catch(this.#parts.broke); }).catch(this.#parts.broke);
  }

  /** The tablet was locked: nothing more is sent, and another window may lead. */
  stop(): void {
    this.tell({kind: 'locked'});
    this.#state = null;
    this.#stopped = true;
    this.#end();
    this.#parts.channel.close();
  }

  /** A person's act lies in the store. */
  acted(n: number, blobs: BlobRow[]): void {
    this.#parts.channel.postMessage({kind: 'acted', n, blobs});
    this.tell({kind: 'acted', n, blobs});
  }

  /** Somebody signed in, or pulled to refresh: whichever window leads shall know. */
  nudge(what: 'signed_in' | 'poked'): void {
    this.#parts.channel.postMessage({kind: 'tell', what});
    this.tell({kind: what});
  }

  /** Something happened. Ignored in windows that do not lead. */
  tell(happening: Happening): void {
    if (this.#state === null) return;
    const {now, random} = this.#parts.machine;
    const {state, effects} = step(this.#state, {...happening, now: now(), luck: toHex(random(16))} as Event);
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect).catch(this.#parts.broke);
  }

  async #led(): Promise<void> {
    // It may be locked while it waits for its turn. Two engines over one storage would undo each other.
    if (this.#stopped) return;
    await this.#parts.store.refresh();
    if (this.#stopped) return;
    const {meta, blobs} = this.#parts.store.memory;
    this.#state = begin(meta, [...blobs.values()]);
    this.tell({kind: 'spare', photos: this.#parts.spares?.() ?? false});
    this.tell({kind: 'unlocked'});
  }

  async #carryOut(effect: Effect): Promise<void> {
    switch (effect.kind) {
      case 'commit': return this.#commit(effect);
      case 'load': return this.#load(effect);
      case 'send': return this.#send(effect);
      case 'wake': return this.#parts.alarm(effect.at, () => this.tell({kind: 'timer'}));
      case 'say': return this.#say(effect.status);
      case 'obey': return this.#parts.obey(effect.directives);
    }
  }

  async #commit({id, writes}: Extract<Effect, {kind: 'commit'}>): Promise<void> {
    try {
      await this.#parts.store.commit(writes);
    } catch (fault) {
      const kind = kindOf(fault);
      return this.tell({kind: 'commit_failed', id, reason: kind === 'full' ? 'quota' : kind});
    }
    if (this.#stopped) return;
    // Before anything is sent again, or it would be signed with the key of another device.
    if (writes.some(({kind}) => kind === 'rekey')) await this.#parts.rekeyed();
    this.#parts.channel.postMessage({kind: 'changed'});
    this.tell({kind: 'committed', id});
  }

  async #load({id, query}: Extract<Effect, {kind: 'load'}>): Promise<void> {
    this.tell({kind: 'loaded', id, found: await this.#parts.store.load(query)});
  }

  async #send({request}: Extract<Effect, {kind: 'send'}>): Promise<void> {
    const sent = await this.#parts.sender.send(request);
    this.tell('answer' in sent ? {kind: 'answered', id: request.id, answer: sent.answer} : {kind: 'failed', id: request.id, reason: sent.failed});
  }

  #say(status: SyncStatus): void {
    this.#status = status;
    this.#parts.channel.postMessage({kind: 'status', status});
    this.#parts.say(status);
  }

  async #toldTo(what: Extract<Word, {kind: 'tell'}>['what']): Promise<void> {
    if (what === 'signed_in') await this.#parts.signedInElsewhere();
    this.tell({kind: what});
  }

  async #hear(word: Word): Promise<void> {
    const leads = this.#state !== null;
    if (word.kind === 'status') return this.#parts.say(word.status);
    if (word.kind === 'tell') return this.#toldTo(word.what);
    await this.#parts.store.refresh();
    if (this.#stopped) return;
    if (word.kind === 'acted') this.tell({kind: 'acted', n: word.n, blobs: word.blobs});
    // A window that was opened later learns the status with its first word.
    if (leads && this.#status !== null) this.#parts.channel.postMessage({kind: 'status', status: this.#status});
  }
}
