/** One tablet in this process: its disk, its windows, its timers and the requests that it waits for. */
import {IDBKeyRange} from 'fake-indexeddb';
import {type Channel, Shell, type Word} from '../../src/exchange/shell.ts';
import type {BlobRow, Directive, SyncStatus} from '../../src/exchange/types.ts';
import {type Credentials, Http, type Network} from '../../src/net/http.ts';
import {Sender} from '../../src/net/sender.ts';
import {fromBase64Url} from '../../src/store/bytes.ts';
import type {Machine} from '../../src/store/database.ts';
import type {PublicJwk} from '../../src/store/keyring.ts';
import {Lodging, type Opened} from '../../src/store/lodging.ts';
import type {Signer} from '../../src/store/device_key.ts';
import type {NewBlob} from '../../src/store/blobs.ts';
import {uuid7} from '../../src/sync/ids.ts';
import {type Operation, writeOperation} from '../../src/sync/operation.ts';
import {Dice} from './dice.ts';
import {Disk, type Holder, PowerFailed} from './disk.ts';

const PIN = '204060';
/** Faults that the app is made for; any other that it tells `broke` of is a mistake in it. */
const EXPECTED = new Set(['StoreLost', 'StoreFull', 'PowerFailed', 'AbortError', 'UnknownError', 'InvalidStateError', 'TransactionInactiveError', 'QuotaExceededError']);

/** A request on its way to the server. */
export interface Asked {
  readonly id: number;
  readonly window: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly text?: string;
  readonly bytes?: string;
}

/** What the network brings: an answer, or `failed` with a reason. `cut`: the body breaks off. */
export interface Brought {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly cut?: boolean;
  readonly failed?: 'network' | 'timeout';
}

export interface Act {
  readonly type: string;
  readonly entity: readonly [string, string];
  readonly args: Record<string, unknown>;
  readonly base?: number;
  readonly v?: number;
  /** Bytes in base64url, with what they are. */
  readonly blobs?: readonly {readonly visit: string; readonly data: string; readonly filetype: string}[];
  /** Bytes that shall be signed with the device's key and become `args.envelope`, in base64url. */
  readonly sign?: string;
  /** These very characters instead of a lawful operation. */
  readonly raw?: string;
}

interface Timer {
  readonly at: number;
  readonly ring: () => void;
}

export class TabletInProcess {
  readonly disk = new Disk();
  readonly dice: Dice;
  /** Wall clock and steady clock of this tablet, milliseconds; both are told with each command. */
  now = 0;
  mono = 0;
  asked: Asked[] = [];
  /** Operations that lie on the disk by the word of the app. */
  kept: {readonly n: number; readonly id: string}[] = [];
  broken: string[] = [];
  directives: string[] = [];
  readonly waiting = new Map<number, {resolve: (answer: Response) => void; reject: (fault: unknown) => void; window: Window}>();
  readonly windows = new Map<number, Window>();
  readonly timers = new Map<string, Timer>();
  person = '';
  #nextRequest = 1;
  #nextTimer = 1;
  #leads: Window | null = null;
  readonly #queue: {window: Window; begin: () => void}[] = [];

  constructor(seed: string) {
    this.dice = new Dice(seed);
  }

  /** Keys and empty stores, as at the first sign-in. */
  async furnish(person: string, device: string, recovery: PublicJwk): Promise<{jwk: PublicJwk; jkt: string}> {
    this.person = person;
    const window = new Window(this, 0, 0);
    const {store, signer} = await window.lodging.furnish(PIN, device, recovery);
    store.close();
    return {jwk: signer.jwk, jkt: signer.jkt};
  }

  /** Open the app in a window and unlock it. Answers why it did not open, or null. */
  async open(number: number, form = 0): Promise<string | null> {
    this.close(number);
    const window = new Window(this, number, form);
    this.windows.set(number, window);
    const why = await window.start();
    if (why !== null) this.close(number);
    return why;
  }

  close(number: number): void {
    this.windows.get(number)?.die();
  }

  /** All windows at once: the battery is empty. */
  crash(): void {
    for (const number of [...this.windows.keys()]) this.close(number);
  }

  /** The earliest time by the steady clock at which something rings, or null. */
  get due(): number | null {
    const times = [...this.timers.values()].map(({at}) => at);
    return times.length > 0 ? Math.min(...times) : null;
  }

  ring(): void {
    const ripe = [...this.timers].filter(([, {at}]) => at <= this.mono).sort(([, one], [, other]) => one.at - other.at);
    for (const [name, {ring}] of ripe) { this.timers.delete(name); ring(); }
  }

  bring(id: number, brought: Brought): boolean {
    const waits = this.waiting.get(id);
    this.waiting.delete(id);
    if (waits === undefined || waits.window.dead) return false;
    if (brought.failed === 'timeout') waits.reject(new DOMException('signal timed out', 'TimeoutError'));
    else if (brought.failed) waits.reject(new TypeError('fetch failed'));
    else waits.resolve(answerOf(brought));
    return true;
  }

  after(name: string | null, ms: number, ring: () => void): void {
    this.timers.set(name ?? `wait ${this.#nextTimer++}`, {at: this.mono + Math.max(0, ms), ring});
  }

  send(window: Window, url: URL, init: RequestInit): Promise<Response> {
    const id = this.#nextRequest++;
    const {body, method = 'GET', headers = {}} = init;
    const carried = typeof body === 'string' ? {text: body} : body instanceof Uint8Array ? {bytes: Buffer.from(body).toString('base64')} : {};
    this.asked.push({id, window: window.number, method, path: url.pathname + url.search, headers: headers as Record<string, string>, ...carried});
    return new Promise((resolve, reject) => { this.waiting.set(id, {resolve, reject, window}); });
  }

  /** One window at a time may exchange; the others wait in the order in which they came. */
  lead(window: Window, until: Promise<void>, led: () => void): Promise<void> {
    this.#queue.push({window, begin: () => { led(); until.then(() => this.letGo(window), () => this.letGo(window)); }});
    this.#next();
    return Promise.resolve();
  }

  letGo(window: Window): void {
    if (this.#leads === window) this.#leads = null;
    const at = this.#queue.findIndex((one) => one.window === window);
    if (at >= 0) this.#queue.splice(at, 1);
    this.#next();
  }

  tellOthers(from: Window, word: Word): void {
    const others = [...this.windows.values()].filter((one) => one !== from && !one.dead);
    for (const other of others) other.channel?.onmessage?.({data: structuredClone(word)});
  }

  #next(): void {
    if (this.#leads !== null) return;
    const next = this.#queue.shift();
    if (next === undefined) return;
    this.#leads = next.window;
    next.begin();
  }
}

/** The app in one window, from its start to its end. */
export class Window implements Holder {
  dead = false;
  readonly number: number;
  readonly form: number;
  readonly lodging: Lodging;
  readonly #tablet: TabletInProcess;
  readonly #machine: Machine & Network;
  readonly #http: Http;
  opened: Opened | null = null;
  /** Of the device that the storage is now. */
  signer: Signer | null = null;
  #device = '';
  shell: Shell | null = null;
  channel: Channel | null = null;
  status: SyncStatus | null = null;
  #sessionHash: string | null = null;

  constructor(tablet: TabletInProcess, number: number, form: number) {
    this.#tablet = tablet;
    this.number = number;
    this.form = form;
    this.#machine = this.#makeMachine();
    this.#http = new Http(this.#machine);
    this.lodging = new Lodging(tablet.person, this.#machine);
  }

  async start(): Promise<string | null> {
    try {
      const unlocked = await this.lodging.unlock(PIN);
      if (!('opened' in unlocked)) return unlocked.refused;
      this.opened = unlocked.opened;
      this.signer = unlocked.opened.signer;
      this.#device = this.opened.store.memory.meta.device;
      this.opened.store.onChange(() => { if (!this.dead) void this.#renew(); });
      this.#sessionHash = await this.opened.store.setting<string>('session');
    } catch (fault) {
      return this.dead ? 'dead' : nameOf(fault);
    }
    // The power may have failed with the last thing that was read: a dead window must not ask for the lead.
    if (this.dead) return 'dead';
    this.shell = this.#makeShell(this.opened);
    this.shell.start();
    return null;
  }

  /** If the storage has become another device, here or in the other window: take over its key. */
  async #renew(): Promise<void> {
    const store = this.opened?.store;
    if (store === undefined || store.memory.meta.device === this.#device) return;
    const {device} = store.memory.meta;
    this.signer = await store.signer();
    this.#device = device;
  }

  /** Somebody signed in. */
  async session(hash: string | null): Promise<void> {
    this.#sessionHash = hash;
    try {
      if (hash !== null) await this.opened?.store.keepSetting('session', hash);
    } catch (fault) {
      if (!EXPECTED.has(nameOf(fault))) throw fault;
    }
    if (!this.dead) this.shell?.nudge('signed_in');
  }

  /** Keep what a person did; its number, or why it was not kept. As the app's own `act` does it. */
  async act(act: Act): Promise<{n: number; id: string} | {refused: string}> {
    const {opened} = this;
    if (opened === null) return {refused: 'locked'};
    try {
      const blobs = [];
      for (const blob of act.blobs ?? []) blobs.push(await opened.store.photos.put(blob.visit, fromBase64Url(blob.data), blob.filetype));
      const id = this.#machine.newId();
      const text = act.raw ?? await this.#written(id, act, opened);
      const row = await this.#kept(id, act, text, blobs, opened);
      return this.dead ? {refused: 'dead'} : row;
    } catch (fault) {
      return {refused: this.dead ? 'dead' : nameOf(fault)};
    }
  }

  async #written(id: string, {type, entity, args, base, v = 1, sign}: Act, {store, signer: first}: Opened): Promise<string> {
    const signer = this.signer ?? first;
    const signed = sign === undefined ? {} : {envelope: {...await signer.signEnvelope(fromBase64Url(sign))}};
    const now = this.#machine.now();
    return writeOperation({
      id, type, v, entity, base: base ?? store.memory.meta.head, args: {...args, ...signed} as Operation['args'],
      at: new Date(now).toISOString(), mono: this.#machine.mono(), off: this.#http.offset,
    });
  }

  async #kept(id: string, {entity}: Act, text: string, blobs: NewBlob[], {store}: Opened): Promise<{n: number; id: string}> {
    const {n} = await store.keep({id, kind: entity[0], entity: entity[1], text}, blobs);
    const rows: BlobRow[] = blobs.map(({row}) => row);
    if (this.dead) return {n, id};
    this.#tablet.kept.push({n, id});
    this.shell?.acted(n, rows);
    return {n, id};
  }

  die(): void {
    if (this.dead) return;
    this.dead = true;
    const tablet = this.#tablet;
    if (tablet.windows.get(this.number) === this) tablet.windows.delete(this.number);
    tablet.timers.delete(`alarm ${this.number}`);
    tablet.disk.drop(this);
    tablet.letGo(this);
  }

  #credentials(): Credentials | null {
    return this.#sessionHash === null || this.signer === null ? null : {signer: this.signer, sessionHash: this.#sessionHash};
  }

  #makeShell({store}: Opened): Shell {
    const tablet = this.#tablet;
    this.channel = {onmessage: null, close: () => { this.channel = null; }, postMessage: (word) => { if (!this.dead) tablet.tellOthers(this, word); }};
    return new Shell({
      store, machine: this.#machine, channel: this.channel,
      sender: new Sender(this.#http, () => this.#credentials(), (visit, digest) => store.photos.bytes(visit, digest)),
      lead: (until, led) => tablet.lead(this, until, led),
      alarm: (at, ring) => { if (!this.dead) tablet.after(`alarm ${this.number}`, at - tablet.now, ring); },
      say: (status) => { this.status = status; },
      rekeyed: () => this.#renew(),
      signedInElsewhere: async () => { this.#sessionHash = await store.setting<string>('session'); },
      obey: (directives: readonly Directive[]) => { tablet.directives.push(...directives.flatMap((one) => Object.keys(one))); },
      broke: (fault) => { if (!this.dead && !EXPECTED.has(nameOf(fault))) tablet.broken.push(fault instanceof Error ? fault.stack ?? fault.message : String(fault)); },
    });
  }

  #makeMachine(): Machine & Network {
    const tablet = this.#tablet;
    const never = new Promise<never>(() => undefined);
    return {
      indexedDB: tablet.disk.seenBy(this),
      IDBKeyRange,
      now: () => tablet.now,
      mono: () => tablet.mono,
      random: (length) => tablet.dice.bytes(length),
      newId: () => uuid7(tablet.now, tablet.dice.bytes(10)),
      wait: (ms) => (this.dead ? never : new Promise((resolve) => { tablet.after(null, ms, resolve); })),
      room: async () => null,
      origin: 'http://localhost:8000',
      fetch: (url, init = {}) => (this.dead ? never : tablet.send(this, new URL(String(url)), init)),
    };
  }
}

/** As little of a Response as the app reads: the real one takes turns of its own. */
function answerOf({status = 200, headers = {}, body = '', cut = false}: Brought): Response {
  const text = async (): Promise<string> => { if (cut) throw new TypeError('terminated'); return body; };
  return {status, headers: new Headers(headers), text, ok: status >= 200 && status < 300} as unknown as Response;
}

export function nameOf(fault: unknown): string {
  if (fault instanceof PowerFailed) return fault.name;
  return fault instanceof Object && 'name' in fault ? String(fault.name) : String(fault);
}
