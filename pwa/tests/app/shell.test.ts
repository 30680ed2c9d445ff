import {expect, test} from 'vitest';
import {type Channel, type Parts, Shell, type Word} from '../../src/exchange/shell.ts';
import type {PushAnswer, Request, SyncStatus} from '../../src/exchange/types.ts';
import type {Sender, Sent} from '../../src/net/sender.ts';
import type {Store} from '../../src/store/store.ts';
import {makeOperation, makeTablet, NOW, reopen, type TestMachine, VISIT} from '../store/makers.ts';

const EPOCH = '01930000-0000-4000-8000-0000000000e0';

/** Windows of one browser: words go to all others, one leads, the clock is the test's. */
class Browser {
  readonly sent: Request[] = [];
  readonly said: SyncStatus[] = [];
  readonly faults: unknown[] = [];
  /** Windows that read anew who is signed in. */
  readonly read: object[] = [];
  now = NOW;
  online = true;
  #channels: Channel[] = [];
  #leading: Promise<void> = Promise.resolve();
  #alarms = new Map<object, {at: number; ring: () => void}>();

  pushes(): number {
    return this.sent.filter(({kind}) => kind === 'push').length;
  }

  window(store: Store, machine: TestMachine): Shell {
    const channel = this.#channel();
    const key = {};
    const parts: Parts = {
      store, channel, machine: {now: () => this.now, random: machine.random},
      sender: {send: (request: Request) => this.#server(request)} as unknown as Sender,
      lead: (until, led) => { this.#leading = this.#leading.then(() => { led(); return until; }); return this.#leading; },
      signedInElsewhere: async () => { this.read.push(key); },
      alarm: (at, ring) => { this.#alarms.set(key, {at, ring}); },
      say: (status) => { this.said.push(status); },
      rekeyed: async () => {},
      obey: () => {},
      broke: (fault) => { this.faults.push(fault); },
    };
    return new Shell(parts);
  }

  /** Let time pass until something is so. Crypto and the fake disk answer on the machine's own turns, so nothing here waits for a clock. */
  async until(reason: string, isSo: () => boolean): Promise<void> {
    for (let turn = 0; !isSo(); turn += 1) {
      if (turn > 200_000) throw new Error(`still waiting until ${reason}`);
      await new Promise((resolve) => { setImmediate(resolve); });
      if (turn % 25 === 0) this.#tick(100);
    }
  }

  #tick(ms: number): void {
    this.now += ms;
    for (const [window, {at, ring}] of [...this.#alarms]) {
      if (at > this.now) continue;
      this.#alarms.delete(window);
      ring();
    }
  }

  #channel(): Channel {
    const channel: Channel = {
      onmessage: null,
      // As a BroadcastChannel does.
      postMessage: (word: Word) => {
        if (!this.#channels.includes(channel)) throw new DOMException('the channel is closed', 'InvalidStateError');
        this.#channels.filter((other) => other !== channel).forEach((other) => other.onmessage?.({data: word}));
      },
      close: () => { this.#channels = this.#channels.filter((other) => other !== channel); },
    };
    this.#channels.push(channel);
    return channel;
  }

  async #server(request: Request): Promise<Sent> {
    this.sent.push(request);
    if (!this.online) return {failed: 'network'};
    if (request.kind === 'push') return {answer: {status: 200, headers: {}, body: pushAnswer(request)}};
    if (request.kind === 'pull') return {answer: {status: 200, headers: {}, body: {
      nonce: request.body.nonce, epoch: EPOCH, cursor: 'c1', more: false, head: 50, journal: '0'.repeat(64), ack_n: 0, durable_n: 0, directives: [],
      changes: [{s: 40, k: 'visit', id: VISIT, ver: 40, v: {number: 'V-7K3-1'}}],
    }}};
    return {answer: {status: 200, headers: {}, body: {head: 50}}};
  }
}

function pushAnswer({body}: Extract<Request, {kind: 'push'}>): PushAnswer {
  const results = body.ops.map((text, at) => ({n: body.first + at, id: (JSON.parse(text) as {id: string}).id, status: 'applied' as const, seq: 51 + at}));
  const last = body.first + body.ops.length - 1;
  return {epoch: EPOCH, nonce: body.nonce, resume: 'r1', ack_n: last, durable_n: 0, seq: 50 + body.ops.length, results, directives: []};
}

/** Of one person at one tablet, not started yet. */
async function twoWindows() {
  const browser = new Browser();
  const {store, machine} = await makeTablet();
  const other = (await reopen(machine)).store;
  return {browser, store, machine, other, leader: browser.window(store, machine), follower: browser.window(other, machine)};
}

const hasVisit = (store: Store) => () => store.memory.rows.has(`visit/${VISIT}`);
const outcome = (store: Store, n: number) => () => store.memory.outbox.get(n)?.result?.status === 'applied';

test('the window that leads fetches, sends and keeps what came back', async () => {
  const browser = new Browser();
  const {store, machine} = await makeTablet();
  const shell = browser.window(store, machine);
  shell.start();
  await browser.until('the visit is here', hasVisit(store));
  expect(store.memory.rows.get(`visit/${VISIT}`)?.v).toEqual({number: 'V-7K3-1'});

  shell.acted((await store.keep(makeOperation())).n, []);
  await browser.until('it is sent', outcome(store, 1));
  expect(browser.pushes()).toBe(1);
  expect((await reopen(machine)).store.memory.outbox.get(1)?.result).toMatchObject({status: 'applied', seq: 51});
  await browser.until('the status says so', () => browser.said.at(-1)?.unsent === 0);
  expect(browser.faults).toEqual([]);
});

test('an act in another window is sent by the one that leads, and both know it', async () => {
  const {browser, store, other, leader, follower} = await twoWindows();
  leader.start();
  follower.start();
  await browser.until('both have the visit', () => hasVisit(store)() && hasVisit(other)());
  follower.acted((await other.keep(makeOperation())).n, []);
  await browser.until('both know the outcome', () => outcome(store, 1)() && outcome(other, 1)());
  expect(browser.pushes()).toBe(1);
  expect(browser.faults).toEqual([]);
});

test('when the leading window is locked the other goes on', async () => {
  const {browser, store, other, leader, follower} = await twoWindows();
  leader.start();
  follower.start();
  await browser.until('both have the visit', () => hasVisit(store)() && hasVisit(other)());
  leader.stop();
  follower.acted((await other.keep(makeOperation())).n, []);
  await browser.until('the other has sent it', outcome(other, 1));
});

test('a window that was locked while another led never begins, not even when its turn comes', async () => {
  const {browser, store, machine, leader, follower} = await twoWindows();
  leader.start();
  await browser.until('the leader has the visit', hasVisit(store));
  follower.start();
  follower.stop();
  const requests = browser.sent.length;
  leader.stop();
  const third = browser.window((await reopen(machine)).store, machine);
  third.start();
  await browser.until('the third window leads', () => browser.sent.length > requests);
  follower.tell({kind: 'visible'});
  expect(browser.sent.slice(requests).filter(({kind}) => kind === 'pull')).toHaveLength(1);
  expect(browser.faults).toEqual([]);
});

test('who signed in in another window is known to the one that leads before it asks again', async () => {
  const {browser, store, leader, follower} = await twoWindows();
  leader.start();
  follower.start();
  await browser.until('the leader has the visit', hasVisit(store));
  const requests = browser.sent.length;
  follower.nudge('signed_in');
  await browser.until('it asks again', () => browser.sent.length > requests);
  expect(browser.read).toHaveLength(1);
  expect(browser.faults).toEqual([]);
});

test('a window that is locked while it writes tells nobody and breaks nothing', async () => {
  const browser = new Browser();
  const {store, machine} = await makeTablet();
  const real = store.commit.bind(store);
  const shell = browser.window(store, machine);
  let written = false;
  store.commit = async (writes) => { shell.stop(); await real(writes); written = true; };
  shell.start();
  await browser.until('it is written', () => written);
  await new Promise((resolve) => { setImmediate(resolve); });
  expect(browser.faults).toEqual([]);
});

test('without a network acts stay, are counted in the status, and go as soon as it is back', async () => {
  const browser = new Browser();
  browser.online = false;
  const {store, machine} = await makeTablet();
  const shell = browser.window(store, machine);
  shell.start();
  shell.acted((await store.keep(makeOperation())).n, []);
  shell.acted((await store.keep(makeOperation())).n, []);
  await browser.until('an attempt has failed', () => browser.pushes() > 0 && browser.said.at(-1)?.doing === 'nothing');
  expect(browser.said.at(-1)).toMatchObject({unsent: 2});
  expect(store.memory.outbox.get(1)?.result).toBeNull();

  browser.online = true;
  shell.tell({kind: 'online'});
  await browser.until('both are sent', () => outcome(store, 1)() && outcome(store, 2)());
});

test('a full disk is said and nothing is lost: the same answer comes again later', async () => {
  const browser = new Browser();
  const {store, machine} = await makeTablet();
  const real = store.commit.bind(store);
  let full = true;
  store.commit = async (writes) => { if (full) throw new DOMException('full', 'QuotaExceededError'); return real(writes); };
  browser.window(store, machine).start();
  await browser.until('it is said', () => browser.said.at(-1)?.storage === 'quota');
  full = false;
  await browser.until('the visit is here', hasVisit(store));
  await browser.until('it is unsaid', () => browser.said.at(-1)?.storage === null);
});
