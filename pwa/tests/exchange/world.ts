/**
 * Tablets, a server, and everything that goes wrong between them, in virtual time from one seed. Nothing here knows how
 * the engine works: it carries effects out, badly, and afterwards looks at what is on the disks.
 */
import type {Answer, Effect, Request, Write} from '../../src/exchange/types.ts';
import {Dice} from './dice.ts';
import {SmallServer, VISIT, problem} from './small_server.ts';
import {type Happening, SmallTablet, waitingBlob} from './small_tablet.ts';

export const FAULTS = [
  'refused', 'request_lost', 'answer_lost', 'duplicated', 'late', 'busy', 'error_500', 'bad_gateway', 'signed_out', 'renew',
  'captive_portal', 'crossed', 'cut_short', 'commit_fails', 'crash_before_commit', 'crash_after_commit', 'crash', 'lock', 'hide',
  'restore', 'upload_gone', 'stale_offset', 'cloned', 'old_copy', 'compacted',
] as const;
export type Fault = (typeof FAULTS)[number];

const TIMEOUT = 30_000;
/** Rows of the library of a server with more of them than one transaction applies, and how many of them a page holds. */
const LIBRARY_ROWS = 230;
const LIBRARY_PAGE = 70;

interface Delivery {
  at: number;
  run: () => void;
}

export class World {
  now = 1_790_000_000_000;
  readonly dice: Dice;
  readonly server = new SmallServer();
  readonly tablets: SmallTablet[];
  readonly created: string[] = [];
  /** Keys of the photos that were taken. */
  readonly taken: string[] = [];
  readonly met = new Map<Fault, number>();
  private deliveries: Delivery[] = [];
  private lives = new Map<SmallTablet, number>();
  private epochs = 1;
  private backups: ReturnType<SmallServer['backup']>[] = [];
  private readonly snapshots = new Map<SmallTablet, SmallTablet>();
  private readonly answers = new Map<string, Answer>();
  /** Dice of its own, so that a seed's story is otherwise what it was. Every second server forgets tombstones. */
  private readonly forgetting: Dice | null;
  /** How many copies became devices of their own. */
  forks = 0;
  faulty = false;
  /** After every event of a tablet. */
  check: (tablet: SmallTablet) => void = () => {};
  /** What a broken engine would write instead: the proof that the oracles see. */
  sabotage: (writes: Write[], tablet: SmallTablet) => Write[] = (writes) => writes;

  constructor(seed: number, tablets: number) {
    this.dice = new Dice(seed);
    this.forgetting = seed % 2 === 0 ? new Dice(~seed) : null;
    if (seed % 5 === 0) this.fillLibrary();
    this.tablets = Array.from({length: tablets}, (_, index) => new SmallTablet(uuid(0xd0 + index)));
    for (const tablet of this.tablets) this.tell(tablet, {kind: 'unlocked'});
  }

  private fillLibrary(): void {
    this.server.pageSize = LIBRARY_PAGE;
    for (let nth = 0; nth < LIBRARY_ROWS; nth++) this.server.put('checklist', uuid(0x2000 + nth), {title: `Checklist ${nth}`});
  }

  tell(tablet: SmallTablet, happening: Happening): void {
    tablet.tell(happening, this.now, this.dice.hex(32));
    for (const effect of tablet.todo.splice(0)) this.carryOut(tablet, effect);
    this.check(tablet);
  }

  /** A person answers an item that nobody else answers, now and then with a photo. */
  act(tablet: SmallTablet): void {
    const id = uuid(0x1000 + this.created.length);
    const held = this.dice.happens(0.05);
    const item = `${held ? 'held' : 'p'}${this.created.length}`;
    const blobs = this.dice.happens(0.15) ? [waitingBlob(this.dice.hex(64), 1 + this.dice.below(3_000_000))] : [];
    const n = tablet.act(id, item, this.dice.hex(4), blobs);
    this.taken.push(...blobs.map(({visit, sha256}) => `${visit}/${sha256}`));
    if (this.faulty && this.dice.happens(0.02)) this.server.poison.add(id);
    this.created.push(id);
    this.tell(tablet, {kind: 'acted', n, blobs});
  }

  /** Let time pass; everything that falls due happens. */
  run(ms: number): void {
    const end = this.now + ms;
    for (let next = this.nextDue(end); next !== null; next = this.nextDue(end)) {
      this.now = Math.max(this.now, next.at);
      next.run();
    }
    this.now = end;
  }

  private nextDue(end: number): Delivery | null {
    const alarms = this.tablets
      .filter((tablet) => tablet.alarm !== null)
      .map((tablet) => ({at: tablet.alarm ?? 0, run: () => this.ring(tablet)}));
    const due = [...this.deliveries, ...alarms].filter((one) => one.at <= end).sort((one, other) => one.at - other.at)[0];
    if (due !== undefined) this.deliveries = this.deliveries.filter((one) => one !== due);
    return due ?? null;
  }

  private ring(tablet: SmallTablet): void {
    tablet.alarm = null;
    this.tell(tablet, {kind: 'timer'});
  }

  /** Later, unless the tablet has crashed meanwhile. */
  private later(ms: number, tablet: SmallTablet | null, run: () => void): void {
    const life = tablet === null ? 0 : (this.lives.get(tablet) ?? 0);
    const alive = (): boolean => tablet === null || (this.lives.get(tablet) ?? 0) === life;
    this.deliveries.push({at: this.now + ms, run: () => (alive() ? run() : undefined)});
  }

  private strikes(fault: Fault, chance: number, dice = this.dice): boolean {
    if (!this.faulty || !dice.happens(chance)) return false;
    this.met.set(fault, (this.met.get(fault) ?? 0) + 1);
    return true;
  }

  crash(tablet: SmallTablet): void {
    this.lives.set(tablet, (this.lives.get(tablet) ?? 0) + 1);
    tablet.crash();
    this.tell(tablet, {kind: 'unlocked'});
  }

  private carryOut(tablet: SmallTablet, effect: Effect): void {
    if (effect.kind === 'load') {
      this.later(1, tablet, () => this.tell(tablet, {kind: 'loaded', id: effect.id, found: tablet.load(effect.query)}));
    } else if (effect.kind === 'commit') {
      this.later(1 + this.dice.below(10), tablet, () => this.commit(tablet, effect));
    } else if (effect.kind === 'send') {
      this.send(tablet, effect.request);
    }
  }

  private commit(tablet: SmallTablet, {id, writes}: Extract<Effect, {kind: 'commit'}>): void {
    if (this.strikes('crash_before_commit', 0.01)) return this.crash(tablet);
    if (this.strikes('commit_fails', 0.03)) return this.tell(tablet, {kind: 'commit_failed', id, reason: this.dice.one(['quota', 'lost', 'other'])});
    tablet.commit(this.sabotage(writes, tablet));
    if (writes.some((write) => write.kind === 'rekey')) {
      this.forks += 1;
      this.enrol(tablet);
    }
    if (this.strikes('crash_after_commit', 0.01)) return this.crash(tablet);
    this.later(this.dice.below(5), tablet, () => this.tell(tablet, {kind: 'committed', id}));
  }

  /** The person signs in and the tablet enrols as what it has become; the office compares the characters, and says yes. */
  private enrol(tablet: SmallTablet): void {
    const {device} = tablet;
    this.server.strangers.add(device);
    const signIn = (): void => this.tell(tablet, {kind: 'signed_in'});
    this.later(5_000 + this.dice.below(20_000), null, () => {
      this.server.disk.admitted[device] ??= 'pending';
      signIn();
    });
    this.later(30_000 + this.dice.below(60_000), null, () => {
      this.server.disk.admitted[device] = 'active';
      signIn();
    });
  }

  /** The storage is copied to another tablet, or put back there from what it was a while ago; both work on. */
  private copy(tablet: SmallTablet): void {
    const old = this.strikes('old_copy', 0.5) ? this.snapshots.get(tablet) : undefined;
    const source = old ?? tablet;
    if (old === undefined) this.met.set('cloned', (this.met.get('cloned') ?? 0) + 1);
    const copy = source.clone();
    this.tablets.push(copy);
    this.tell(copy, {kind: 'unlocked'});
  }

  /** Devices that came into service after the backup are unknown again, and must be enrolled once more. */
  private restore(): void {
    this.server.restore(this.dice.one(this.backups), `epoch-${++this.epochs}`);
    for (const tablet of this.tablets) {
      if (this.server.strangers.has(tablet.device) && this.server.disk.admitted[tablet.device] !== 'active') this.enrol(tablet);
    }
  }

  private send(tablet: SmallTablet, request: Request): void {
    const wire = 20 + this.dice.below(200);
    const back = (answer: Answer): void => this.tell(tablet, {kind: 'answered', id: request.id, answer});
    const lost = (): void => this.later(TIMEOUT, tablet, () => this.tell(tablet, {kind: 'failed', id: request.id, reason: 'timeout'}));
    const instead = this.instead(request);
    if (instead !== null) return this.later(wire, tablet, () => back(instead));
    if (this.strikes('refused', 0.05)) return this.later(wire, tablet, () => this.tell(tablet, {kind: 'failed', id: request.id, reason: 'network'}));
    if (this.strikes('request_lost', 0.03)) return lost();
    if (this.strikes('answer_lost', 0.06)) {
      this.later(wire, null, () => void this.server.answer(request));
      return lost();
    }
    if (this.strikes('late', 0.02)) {
      this.later(TIMEOUT + 5_000, null, () => void this.server.answer(request));
      return lost();
    }
    if (this.strikes('duplicated', 0.03)) this.later(wire + this.dice.below(2_000), null, () => void this.server.answer(request));
    this.later(wire, tablet, () => {
      const answer = this.spoilt(`${tablet.device}/${request.kind}`, this.server.answer(request));
      this.later(wire, tablet, () => back(answer));
    });
  }

  /** Something between tablet and server answers in its place. */
  private instead(request: Request): Answer | null {
    const blob = request.kind.startsWith('blob');
    if (this.strikes('busy', 0.02)) return {...problem(this.dice.one([429, 503]), 'busy'), headers: {'retry-after': '2'}};
    if (this.strikes('error_500', 0.02)) return problem(500, 'internal');
    if (this.strikes('bad_gateway', 0.02)) return {status: this.dice.one([502, 504]), body: null, headers: {}};
    if (this.strikes('signed_out', 0.01)) return problem(401, 'sign_in');
    if (this.strikes('renew', 0.03)) return problem(401, 'use_dpop_nonce');
    if (this.strikes('captive_portal', 0.03)) return {status: 200, body: null, headers: {}};
    if (blob && this.strikes('upload_gone', 0.05)) {
      this.server.uploads.clear();
      return null;
    }
    if (blob && this.strikes('stale_offset', 0.03)) return {status: 409, body: null, headers: {'upload-offset': '0'}};
    return null;
  }

  /** Something between server and tablet spoils the answer, after the server has acted. */
  private spoilt(asked: string, answer: Answer): Answer {
    if (this.strikes('cut_short', 0.02)) return {...answer, body: null};
    const nonce = (answer.body as {nonce?: string} | null)?.nonce;
    if (nonce === undefined) return answer;
    const earlier = this.answers.get(asked) ?? {...answer, body: {...(answer.body as object), nonce: 'another'}};
    this.answers.set(asked, answer);
    return this.strikes('crossed', 0.02) ? earlier : answer;
  }

  /** One thing that happens in the life of the tablets. */
  happening(): void {
    const tablet = this.dice.one(this.tablets);
    if (this.dice.happens(0.5)) this.act(tablet);
    if (this.dice.happens(0.1)) this.server.put('checklist', uuid(0x500 + this.dice.below(12)), {title: this.dice.hex(4)});
    if (this.dice.happens(0.05)) this.server.put('note', uuid(0x600 + this.dice.below(3)), this.dice.happens(0.5) ? null : {visit: `${VISIT.slice(0, -1)}f`});
    if (this.dice.happens(0.1)) this.snapshots.set(tablet, tablet.clone());
    if (this.faulty && this.tablets.length < 6 && this.dice.happens(0.01)) this.copy(tablet);
    if (this.strikes('crash', 0.02)) this.crash(tablet);
    if (this.strikes('lock', 0.03)) {
      this.tell(tablet, {kind: 'locked'});
      this.later(this.dice.below(20_000), tablet, () => this.tell(tablet, {kind: 'unlocked'}));
    }
    if (this.strikes('hide', 0.03)) {
      this.tell(tablet, {kind: 'hidden'});
      this.later(this.dice.below(20_000), tablet, () => this.tell(tablet, {kind: 'visible'}));
    }
    if (this.dice.happens(0.02)) this.tell(tablet, {kind: this.dice.one(['online', 'offline', 'poked', 'signed_in'])});
    if (this.dice.happens(0.05)) this.backups.push(this.server.backup());
    if (this.forgetting !== null && this.strikes('compacted', 0.03, this.forgetting)) this.server.compact();
    if (this.backups.length > 0 && this.strikes('restore', 0.004)) this.restore();
    this.run(this.dice.below(4_000));
  }
}

export function uuid(number: number): string {
  return `019a0000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;
}
