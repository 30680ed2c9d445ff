/**
 * The tablet's half of the agreement: `step(state, event) → {state, effects}`, pure and synchronous. It knows no
 * store, no network, no clock and no dice; a shell carries its effects out and tells it what came of them.
 *
 * Three lanes. Push and pull take turns (one of them at a time, so that their writes never cross); blobs go beside
 * them. A lane waits for one thing at a time: something loaded, sent or committed. What an effect does to `meta`
 * reaches the state only when it is committed.
 */
import {keepPace} from './clock.ts';
import {learn, learnt, rekeyed} from './fork.ts';
import {pullAnswered, pullCommitted, startHead, startPull, sumsLoaded, wantsHead, wantsPull} from './pull.ts';
import {pushAnswered, pushCommitted, pushLoaded, startPush, wantsPush} from './push.ts';
import {hurry, rest} from './retry.ts';
import {directivesOf} from './settle.ts';
import {type Busy, FORGOTTEN, type Next, type State, Turn, unsent} from './state.ts';
import {nextAlarm, statusOf} from './status.ts';
import type {BlobRow, Effect, Event, Lane as LaneName} from './types.ts';
import {blobAnswered, blobCommitted, blobFailed, keyOf, spare, startBlob, wantsBlob} from './upload.ts';

export {begin, type State} from './state.ts';

/** So that a person who answers item after item is not a request for each. */
const DEBOUNCE = 2_000;
const LANES: readonly LaneName[] = ['push', 'pull', 'blob'];

type Heard<Kind extends Event['kind']> = Extract<Event, {kind: Kind}>;

/** What becomes of the state, and what is to be done. The state given is not changed. */
export function step(before: State, event: Event): {state: State; effects: Effect[]} {
  const turn = new Turn(before, event);
  keepPace(turn);
  hear(turn, event);
  wakeForgotten(turn);
  schedule(turn);
  report(turn);
  return {state: turn.state, effects: turn.effects};
}

function hear(turn: Turn, event: Event): void {
  const {state} = turn;
  switch (event.kind) {
    case 'acted':
      return acted(turn, event);
    case 'loaded':
      return loaded(turn, event);
    case 'load_failed':
      return storageFailed(turn, event.id, 'load', 'other');
    case 'committed':
      return committed(turn, event);
    case 'commit_failed':
      return storageFailed(turn, event.id, 'commit', event.reason);
    case 'answered':
      return answered(turn, event);
    case 'failed':
      return failed(turn, event);
    case 'timer':
      state.alarm = null;
      return;
    case 'offline':
      return;
    case 'online':
    case 'poked':
      return hurryAll(turn);
    case 'visible':
      state.visible = true;
      // Another window may have signed in meanwhile; asking costs one request.
      state.signedOut = false;
      return hurryAll(turn);
    case 'hidden':
      state.visible = false;
      return;
    case 'locked':
      return lock(turn);
    case 'unlocked':
      state.locked = false;
      return reopen(turn);
    case 'spare':
      return spare(turn, event.photos);
    case 'signed_in':
      return reopen(turn);
    default:
      return unreachable(event);
  }
}

function acted(turn: Turn, {n, blobs = []}: Heard<'acted'>): void {
  const {state} = turn;
  if (unsent(state) === 0) state.push.due = turn.now + DEBOUNCE;
  state.meta.nextN = Math.max(state.meta.nextN, n + 1);
  const known = new Set(state.blobs.map(keyOf));
  state.blobs.push(...blobs.filter((row) => row.state === 'waiting' && !known.has(keyOf(row))));
}

function loaded(turn: Turn, {id, found}: Heard<'loaded'>): void {
  const name = laneOf(turn, id, 'load');
  if (name === 'push' && found.kind === 'outbox') pushLoaded(turn, found);
  if (name === 'push' && found.kind === 'meta') learnt(turn, found);
  if (name === 'pull' && found.kind === 'sums') sumsLoaded(turn, found);
}

function committed(turn: Turn, {id}: Heard<'committed'>): void {
  const name = laneOf(turn, id, 'commit');
  const busy = name && turn.lane(name).busy;
  if (name === null || busy?.doing !== 'commit') return;
  turn.lane(name).busy = null;
  turn.state.storage = null;
  Object.assign(turn.state.meta, busy.set);
  continueAfter(turn, busy.then);
}

function continueAfter(turn: Turn, then: Next): void {
  switch (then.kind) {
    case 'settled':
    case 'rewound':
    case 'begun_anew':
      return pushCommitted(turn, then);
    case 'rekeyed':
      return rekeyed(turn);
    case 'staged':
    case 'applied':
      return pullCommitted(turn, then);
    case 'blob':
      return blobCommitted(turn, then);
    default:
      return unreachable(then);
  }
}

/** Nothing was written, or nobody knows: the same request again brings the same answer. */
function storageFailed(turn: Turn, id: number, doing: Busy['doing'], reason: 'quota' | 'lost' | 'other'): void {
  const name = laneOf(turn, id, doing);
  if (name === null) return;
  const lane = turn.lane(name);
  lane.busy = null;
  turn.state.storage = reason;
  if (name === 'pull') turn.state.pull.doubtful = true;
  if (name === 'blob') turn.state.blob.known = null;
  rest(turn, lane);
  // What a fresh start could not write down the pull would only be told again.
  if (name === 'push') rest(turn, turn.state.pull);
}

function answered(turn: Turn, {id, answer}: Heard<'answered'>): void {
  const name = laneOf(turn, id, 'send');
  // Any answer may carry an order, a refusal above all; those of answers that are settled by are heard there.
  const orders = answer.status >= 400 && name !== null ? directivesOf(answer.body ?? {}) : [];
  if (orders.length > 0) turn.effects.push({kind: 'obey', directives: orders});
  if (name === 'push') pushAnswered(turn, answer);
  if (name === 'pull') pullAnswered(turn, answer);
  if (name === 'blob') blobAnswered(turn, answer);
}

function failed(turn: Turn, {id}: Pick<Heard<'failed'>, 'kind' | 'id'>): void {
  const name = laneOf(turn, id, 'send');
  if (name === null) return;
  if (name === 'blob') return blobFailed(turn);
  turn.lane(name).busy = null;
  rest(turn, turn.lane(name));
}

/** The lane that waits for just this; null for an answer that nobody waits for any more. */
function laneOf(turn: Turn, id: number, doing: Busy['doing']): LaneName | null {
  const waits = (name: LaneName): boolean => turn.lane(name).busy?.doing === doing && turn.lane(name).busy?.id === id;
  return LANES.find(waits) ?? null;
}

function hurryAll(turn: Turn): void {
  for (const name of LANES) hurry(turn.lane(name));
  turn.state.pull.due = turn.now;
}

/** The suspended browser, or a fault in the shell, has swallowed what a lane waits for. */
function wakeForgotten(turn: Turn): void {
  for (const name of LANES) {
    const {busy} = turn.lane(name);
    if (busy === null || turn.now - busy.since < FORGOTTEN) continue;
    if (busy.doing === 'send') failed(turn, {kind: 'failed', id: busy.id});
    else storageFailed(turn, busy.id, busy.doing, 'lost');
  }
}

/** A commit under way is still heard out, for the state must know what the store knows; the rest is forgotten. */
function lock(turn: Turn): void {
  turn.state.locked = true;
  for (const name of LANES) {
    if (turn.lane(name).busy?.doing !== 'commit') turn.lane(name).busy = null;
  }
  turn.state.blob.known = null;
}

/** A fresh start for everything that was given up: the cause may have gone. */
function reopen(turn: Turn): void {
  const {state} = turn;
  state.signedOut = false;
  for (const name of LANES) state[name].closed = null;
  state.blobs = state.blobs.map((row): BlobRow => (row.state === 'refused' ? {...row, state: 'waiting'} : row));
  hurryAll(turn);
}

function schedule(turn: Turn): void {
  const {state} = turn;
  if (state.locked) return;
  if (state.push.busy === null && state.pull.busy === null) takeTurn(turn);
  if (state.blob.busy === null && state.push.busy === null && wantsBlob(turn)) startBlob(turn);
}

function takeTurn(turn: Turn): void {
  const {state} = turn;
  if (state.push.stale) return learn(turn);
  const [push, pull] = [wantsPush(turn), wantsPull(turn)];
  // A push needs the server's epoch, which only an answer tells.
  const pullFirst = state.lastTurn === 'push' || state.meta.epoch === null;
  if (pull && (pullFirst || !push)) {
    state.lastTurn = 'pull';
    startPull(turn);
  } else if (push) {
    state.lastTurn = 'push';
    startPush(turn);
  } else if (wantsHead(turn)) {
    startHead(turn);
  }
}

function report(turn: Turn): void {
  const {state, effects} = turn;
  const alarm = nextAlarm(turn);
  if (alarm !== null && alarm !== state.alarm) effects.push({kind: 'wake', at: alarm});
  state.alarm = alarm;
  const status = statusOf(state);
  if (JSON.stringify(status) === JSON.stringify(state.said)) return;
  effects.push({kind: 'say', status});
  state.said = status;
}

function unreachable(never: never): never {
  throw new Error(`the engine does not know ${JSON.stringify(never)}`);
}
