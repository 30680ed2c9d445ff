/** Every answer in every state: what the engine does, and that it never gives up an operation. */
import {describe, expect, test} from 'vitest';
import {step, type State} from '../../src/exchange/engine.ts';
import type {Answer, Effect, Event, Request} from '../../src/exchange/types.ts';
import {ok, problem, SmallServer, VISIT} from './small_server.ts';
import {SmallTablet, waitingBlob} from './small_tablet.ts';
import {uuid} from './world.ts';

const NOW = 1_790_000_000_000;
const LUCK = 'c0ffee00'.repeat(4);

/** A tablet that has just sent a request of this kind; everything before went well. */
type Sending = Request['kind'] | 'push_one' | 'push_alone' | 'pull_second' | 'pull_bootstrap';

const ANSWERS: Record<string, (request: Request) => Answer> = {
  good: (request) => new Talk().answerTo(request),
  'crossed nonce': (request) => {
    const answer = new Talk().answerTo(request);
    return {...answer, body: {...(answer.body as object), nonce: 'another'}};
  },
  'captive portal': () => ({status: 200, body: null, headers: {}}),
  redirect: () => ({status: 302, body: null, headers: {}}),
  '400': () => problem(400, 'bad_request'),
  '400 of a proxy': () => ({status: 400, body: null, headers: {}}),
  '401': () => problem(401, 'sign_in'),
  '401 stale nonce': () => problem(401, 'use_dpop_nonce'),
  '401 of a proxy': () => ({status: 401, body: null, headers: {}}),
  '403': () => problem(403, 'device_revoked'),
  '403 not yet confirmed': () => problem(403, 'device_pending'),
  '403 of a proxy': () => ({status: 403, body: null, headers: {}}),
  '404': () => problem(404, 'not_found'),
  '409 gap': () => problem(409, 'op_gap', {expected: 2}),
  '409 gap beyond': () => problem(409, 'op_gap', {expected: 99}),
  '409 mismatch': () => problem(409, 'op_mismatch'),
  '409 forked': () => problem(409, 'device_forked'),
  '409 epoch': () => problem(409, 'epoch_changed', {epoch: 'epoch-2', next_n: 2}),
  '409 epoch, and it knows more': () => problem(409, 'epoch_changed', {epoch: 'epoch-2', next_n: 99}),
  '409 epoch that we have': () => problem(409, 'epoch_changed', {epoch: 'epoch-1', next_n: 2}),
  '410': () => problem(410, 'cursor_expired'),
  '413': () => problem(413, 'too_large'),
  '422': () => problem(422, 'invalid'),
  '426': () => problem(426, 'app_too_old'),
  '429': () => ({...problem(429, 'too_many'), headers: {'retry-after': '7'}}),
  '460': () => problem(460, 'checksum'),
  '500': () => problem(500, 'internal'),
  '502': () => ({status: 502, body: null, headers: {}}),
  '503': () => ({...problem(503, 'busy'), headers: {'retry-after': '7'}}),
  '504': () => ({status: 504, body: null, headers: {}}),
};

/**
 * again: the same bytes, after a rest · halves · strikes: a single operation failed · alone: stays set aside ·
 * renews: at once, the same bytes · pauses: until somebody signs in · closes: until the next unlock · rewinds ·
 * anew: reopens and bootstraps · bootstraps · asks: for the offset, after a rest · recreates the upload · refuses this blob ·
 * rekeys: becomes another device · waits for the office: asks again after a rest ·
 * settles, stages, applies, looks, keeps: went well
 */
type Reaction =
  | 'settles' | 'stages' | 'applies' | 'looks' | 'keeps' | 'continues' | 'again' | 'halves' | 'strikes' | 'renews' | 'pauses'
  | 'closes' | 'rewinds' | 'anew' | 'bootstraps' | 'asks' | 'recreates' | 'refuses' | 'rekeys' | 'waits for the office' | 'again 7 s' | 'asks 7 s';

const COLUMNS: Sending[] = [
  'push', 'push_one', 'push_alone', 'pull', 'pull_second', 'pull_bootstrap', 'head', 'blob_create', 'blob_head', 'blob_patch',
];
const ALL_PUSH = 3;
const ALL_SYNC = 7;

/** Rows in the order of COLUMNS; [value, times] stands for equal neighbours. */
const TABLE: Record<string, (Reaction | [Reaction, number])[]> = {
  good: [['settles', ALL_PUSH], 'applies', 'applies', 'applies', 'looks', 'keeps', 'continues', 'keeps'],
  'crossed nonce': [['again', 6], 'looks', 'keeps', 'continues', 'keeps'],
  'captive portal': [['again', ALL_SYNC], 'again', 'asks', 'asks'],
  redirect: [['again', 8], 'asks', 'asks'],
  '400': [['closes', ALL_SYNC], ['refuses', 3]],
  '400 of a proxy': [['again', 8], 'asks', 'asks'],
  '401': [['pauses', 10]],
  '401 stale nonce': [['renews', 10]],
  '401 of a proxy': [['again', 8], 'asks', 'asks'],
  '403': [['closes', 10]],
  '403 not yet confirmed': [['waits for the office', 10]],
  '403 of a proxy': [['again', 8], 'asks', 'asks'],
  '404': [['again', ALL_SYNC], 'refuses', 'recreates', 'recreates'],
  '409 gap': [['rewinds', ALL_PUSH], ['again', 4], 'refuses', 'asks', 'asks'],
  '409 gap beyond': [['closes', ALL_PUSH], ['again', 4], 'refuses', 'asks', 'asks'],
  '409 mismatch': [['rekeys', ALL_SYNC], 'refuses', 'asks', 'asks'],
  '409 forked': [['rekeys', ALL_SYNC], 'refuses', 'asks', 'asks'],
  '409 epoch': [['anew', ALL_SYNC], 'refuses', 'asks', 'asks'],
  '409 epoch, and it knows more': [['rekeys', ALL_SYNC], 'refuses', 'asks', 'asks'],
  '409 epoch that we have': [['again', ALL_SYNC], 'refuses', 'asks', 'asks'],
  '410': [['closes', ALL_PUSH], ['bootstraps', 4], 'refuses', 'recreates', 'recreates'],
  '413': ['halves', 'strikes', 'strikes', ['again', 4], 'refuses', 'asks', 'asks'],
  '422': ['halves', 'strikes', 'strikes', ['again', 4], 'refuses', 'asks', 'asks'],
  '426': [['closes', 10]],
  '429': [['again 7 s', 8], 'asks 7 s', 'asks 7 s'],
  '460': [['closes', ALL_SYNC], 'again', 'asks', 'asks'],
  '500': ['halves', 'strikes', 'strikes', ['again', 5], 'asks', 'asks'],
  '502': [['again', 8], 'asks', 'asks'],
  '503': [['again 7 s', 8], 'asks 7 s', 'asks 7 s'],
  '504': [['again', 8], 'asks', 'asks'],
};

/** A small conversation in which everything goes well, up to the request that is wanted. */
class Talk {
  readonly server = new SmallServer();
  readonly tablet = new SmallTablet(uuid(0xd0));

  constructor() {
    this.server.pageSize = 1;
  }

  answerTo(request: Request): Answer {
    if (request.kind === 'blob_head' || request.kind === 'blob_patch') {
      this.server.uploads.set(request.url, {visit: VISIT, sha256: 'ab'.repeat(32), size: 1_000_000, offset: 0});
    }
    if (request.kind === 'push') return pushAnswer(request);
    if (request.kind === 'pull') this.server.pageSize = 100;
    return this.server.answer(request);
  }

  /** Step with an event, and carry out all that is not a request. */
  tell(happening: Parameters<SmallTablet['tell']>[0]): Request[] {
    this.tablet.tell(happening, NOW, LUCK);
    const requests: Request[] = [];
    for (let effect = this.tablet.todo.shift(); effect !== undefined; effect = this.tablet.todo.shift()) {
      requests.push(...this.carryOut(effect));
    }
    return requests;
  }

  private carryOut(effect: Effect): Request[] {
    if (effect.kind === 'send') return [effect.request];
    if (effect.kind === 'load') return this.tell({kind: 'loaded', id: effect.id, found: this.tablet.load(effect.query)});
    if (effect.kind === 'commit') {
      this.tablet.commit(effect.writes);
      return this.tell({kind: 'committed', id: effect.id});
    }
    return [];
  }
}

function pushAnswer({body}: Extract<Request, {kind: 'push'}>): Answer {
  const results = body.ops.map((text, index) => ({
    n: body.first + index, id: (JSON.parse(text) as {id: string}).id, status: 'applied', seq: 50 + index,
  }));
  const ack = body.first + body.ops.length - 1;
  return ok({epoch: body.epoch, nonce: body.nonce, resume: 'next', ack_n: ack, durable_n: 0, durability: 'none', seq: 60, results, directives: []});
}

/** The state after three settled operations, with the wanted request just sent, and that request. */
function sending(kind: Sending): {state: State; request: Request} {
  const {tablet} = new Talk();
  const meta = {...tablet.memory.meta, nextN: 4, ackedN: 3, epoch: 'epoch-1', resume: 'token', cursor: 'MTow', head: 5};
  const idle: State = {...tablet.state, meta, locked: false, pull: {...tablet.state.pull, pollAt: NOW + 60_000}};
  const at = {now: NOW, luck: LUCK};
  const {state, event} = opening(kind, idle);
  let turn = step(state, {...at, ...event} as Event);
  const load = turn.effects.find((effect) => effect.kind === 'load');
  if (load !== undefined) {
    const count = kind === 'push' ? 4 : 1;
    const ops = Array.from({length: count}, (_, index) => ({n: 4 + index, id: uuid(4 + index), text: `{"id":"${uuid(4 + index)}"}`, link: 'ab'.repeat(32)}));
    turn = step(turn.state, {...at, kind: 'loaded', id: load.id, found: {kind: 'outbox', prev: 'cd'.repeat(32), ops}});
  }
  const sent = turn.effects.find((effect) => effect.kind === 'send');
  if (sent === undefined) throw new Error(`nothing was sent for ${kind}`);
  return {state: turn.state, request: sent.request};
}

type Opening = {state: State; event: Parameters<SmallTablet['tell']>[0]};

function opening(kind: Sending, idle: State): Opening {
  const staged = {cursor: 'MTox', head: 5, journal: '', rows: 1, whole: false, sums: {}, ackN: 0};
  const photo = waitingBlob('ab'.repeat(32), 1_000_000);
  const known = `${photo.visit}/${photo.sha256}`;
  const withUrl = {...photo, url: '/api/v1/blobs/1'};
  const poked: Opening['event'] = {kind: 'poked'};
  const timer: Opening['event'] = {kind: 'timer'};
  switch (kind) {
    case 'push':
      return {state: {...idle, meta: {...idle.meta, nextN: 8}}, event: timer};
    case 'push_one':
      return {state: {...idle, meta: {...idle.meta, nextN: 5}}, event: timer};
    case 'push_alone':
      return {state: {...idle, meta: {...idle.meta, nextN: 5}, push: {...idle.push, strikes: 3, batch: 1}}, event: timer};
    case 'pull':
      return {state: idle, event: poked};
    case 'pull_second':
      return {state: {...idle, meta: {...idle.meta, staged}}, event: timer};
    case 'pull_bootstrap':
      return {state: {...idle, meta: {...idle.meta, bootstrapping: true, generation: 2}}, event: timer};
    case 'head':
      return {state: {...idle, pull: {...idle.pull, pollAt: 0}}, event: timer};
    case 'blob_create':
      return {state: {...idle, blobs: [photo]}, event: timer};
    case 'blob_head':
      return {state: {...idle, blobs: [withUrl]}, event: timer};
    case 'blob_patch':
      return {state: {...idle, blobs: [withUrl], blob: {...idle.blob, known}}, event: timer};
  }
}

/** In one word, what the engine did. */
function reaction(before: State, request: Request, after: State, effects: Effect[]): Reaction {
  const writes = effects.flatMap((effect) => (effect.kind === 'commit' ? effect.writes : []));
  const kinds = writes.map((write) => write.kind);
  const again = effects.find((effect) => effect.kind === 'send')?.request;
  const lane = request.kind === 'push' ? 'push' : request.kind.startsWith('blob') ? 'blob' : 'pull';
  const blob = writes.find((write) => write.kind === 'blob')?.set;
  if (kinds.includes('settle')) return 'settles';
  if (kinds.includes('reopen')) return kinds.includes('unstage') ? 'anew' : 'rewinds';
  if (kinds.includes('unstage')) return 'bootstraps';
  if (kinds.includes('apply') || kinds.includes('retire')) return 'applies';
  if (kinds.includes('stage')) return 'stages';
  if (blob !== undefined) return blob.state === 'refused' ? 'refuses' : blob.url === null ? 'recreates' : 'keeps';
  if (kinds.includes('rekey')) return 'rekeys';
  if (after.pending) return 'waits for the office';
  if (after.signedOut) return 'pauses';
  if (after[lane].closed !== null) return 'closes';
  if (again !== undefined) return reply(request, again);
  if (lane === 'push' && after.push.sent === null) return before.push.sent?.ids.length === 1 ? 'strikes' : 'halves';
  const rests = [after.push, after.pull, after.blob].some((one) => one.retryAt !== null);
  const named = (after[lane].firmUntil ?? 0) >= NOW + 7_000 ? ' 7 s' : '';
  if (rests) return `${lane === 'blob' && request.kind !== 'blob_create' && after.blob.known === null ? 'asks' : 'again'}${named}` as Reaction;
  return 'looks';
}

function reply(request: Request, again: Request): Reaction {
  const {id: _, ...first} = request;
  const {id: __, ...second} = again;
  if (JSON.stringify(first) === JSON.stringify(second)) return 'renews';
  return again.kind === 'blob_patch' && request.kind !== 'blob_patch' ? 'continues' : request.kind === 'head' ? 'looks' : 'keeps';
}

function expected(name: string): Reaction[] {
  return (TABLE[name] ?? []).flatMap((one) => (typeof one === 'string' ? [one] : Array.from({length: one[1]}, () => one[0])));
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

describe.each(Object.keys(ANSWERS))('answer %s', (name) => {
  test.each(COLUMNS.map((kind, index) => [kind, index] as const))('to %s', (kind, index) => {
    const {state, request} = sending(kind);
    const answer = ANSWERS[name]?.(request) ?? problem(500, 'none');
    const {state: after, effects} = step(frozen(state), {kind: 'answered', id: request.id, answer, now: NOW, luck: LUCK});
    expect(reaction(state, request, after, effects)).toBe(expected(name)[index]);
    expect(after.meta.ackedN).toBe(3);
    expect(after.meta.nextN).toBe(state.meta.nextN);
    expect(JSON.parse(JSON.stringify(after))).toEqual(after);
  });
});

test('the table has a word for every answer in every state', () => {
  expect(Object.keys(TABLE)).toEqual(Object.keys(ANSWERS));
  for (const name of Object.keys(TABLE)) expect(expected(name), name).toHaveLength(COLUMNS.length);
});
