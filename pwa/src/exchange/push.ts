/** The push lane: oldest operations first, contiguous, the same bytes until their outcome is known. */
import {becomeAnother} from './fork.ts';
import {LIMITS, PROTOCOL} from '../sync/protocol.ts';
import {learnTime, serverTime} from './clock.ts';
import {length} from '../sync/utf8.ts';
import {breathe, handleCommon, isReady, recover, rest} from './retry.ts';
import {directivesOf, pushAnswer, settling, tidings} from './settle.ts';
import {FULL_BATCH, type Lane, type Next, type Turn, unsent} from './state.ts';
import type {Answer, Loaded, OutboxEntry, PushBody} from './types.ts';
import {judge} from './verdict.ts';

/** Room for everything in the body that is not an operation. */
const ENVELOPE_BYTES = 1024;
const STRIKES_UNTIL_ALONE = 3;
/** The server shows an own change to others at once; we need it back only to retire it. */
const PULL_AFTER_PUSH = 2_000;

export function wantsPush(turn: Turn): boolean {
  const {push} = turn.state;
  const waiting = push.sent !== null || (unsent(turn.state) > 0 && (push.due ?? 0) <= turn.now);
  return waiting && isReady(turn, push);
}

export function startPush(turn: Turn): void {
  const {push, meta} = turn.state;
  if (push.sent !== null) return send(turn);
  turn.load('push', {kind: 'outbox', from: meta.ackedN + 1, limit: push.batch});
}

function send(turn: Turn): void {
  const {sent} = turn.state.push;
  if (sent !== null) turn.send('push', (id) => ({kind: 'push', id, body: sent.body}));
}

/** The store has found the oldest operations: make the request of them. */
export function pushLoaded(turn: Turn, found: Extract<Loaded, {kind: 'outbox'}>): void {
  const {push, meta} = turn.state;
  push.busy = null;
  const first = meta.ackedN + 1;
  if (found.prev !== null && found.ops.length === 0) {
    // Told of under a number from before this storage became another device: nothing waits.
    meta.nextN = first;
    return;
  }
  if (found.prev === null || found.ops[0]?.n !== first) {
    // They were pruned long ago, and the server has lost them: only a person can decide.
    push.closed = 'op_gap';
    return;
  }
  const entries = fitting(found.ops);
  push.sent = {body: bodyOf(turn, first, found.prev, entries), ids: entries.map((op) => op.id), links: entries.map((op) => op.link)};
  send(turn);
}

function bodyOf(turn: Turn, first: number, prev: string, entries: OutboxEntry[]): PushBody {
  const {push, meta} = turn.state;
  const alone = entries.length === 1 && push.strikes >= STRIKES_UNTIL_ALONE;
  return {
    proto: PROTOCOL,
    schema: meta.schema,
    epoch: meta.epoch,
    device: meta.device,
    resume: meta.resume,
    nonce: turn.luck,
    first,
    prev,
    ops: entries.map((op) => op.text),
    ...(alone ? {isolate: true as const} : {}),
  };
}

/** The first operations that stay under the limit of bytes; one always fits. */
function fitting(ops: OutboxEntry[]): OutboxEntry[] {
  let room = LIMITS.push_bytes - ENVELOPE_BYTES;
  const beyond = ops.findIndex((op) => (room -= length(JSON.stringify(op.text)) + 1) < 0);
  return beyond < 0 ? ops : ops.slice(0, Math.max(1, beyond));
}

export function pushAnswered(turn: Turn, answer: Answer): void {
  const {push} = turn.state;
  const verdict = judge(answer);
  if (handleCommon(turn, 'push', verdict)) return;
  switch (verdict.kind) {
    case 'good':
      return accept(turn, answer);
    case 'smaller':
      return shrink(turn);
    case 'gap':
      return verdict.expected < (push.sent?.body.first ?? 0) ? rewind(turn, verdict.expected) : close(turn, 'op_gap');
    case 'epoch':
      return startAnew(turn, push, verdict);
    case 'expired':
      return close(turn, 'expired');
    case 'forked':
      return becomeAnother(turn);
  }
}

function accept(turn: Turn, answer: Answer): void {
  const {push, meta} = turn.state;
  const {sent} = push;
  const told = sent === null ? null : pushAnswer(sent, answer.body);
  if (sent === null || told === null) return rest(turn, push);
  learnTime(turn, answer);
  const ackedN = sent.body.first + sent.ids.length - 1;
  const set = {ackedN, resume: told.resume, ...tidings(told, turn.now)};
  turn.commit('push', settling(sent, told, meta, serverTime(turn)), set, {kind: 'settled', seq: told.seq});
  const directives = directivesOf(told);
  if (directives.length > 0) turn.effects.push({kind: 'obey', directives});
}

/** Half the batch; the single one at the front is asked for alone after three failures, and then set aside there. */
function shrink(turn: Turn): void {
  const {push} = turn.state;
  const count = push.sent?.ids.length ?? 1;
  push.sent = null;
  push.batch = Math.max(1, Math.floor(count / 2));
  if (count === 1) push.strikes += 1;
  // While it is still being found which one breaks the server, the others should not wait longer and longer.
  if (push.strikes <= STRIKES_UNTIL_ALONE) breathe(turn, push);
  else rest(turn, push);
}

function close(turn: Turn, code: string): void {
  turn.state.push.closed = code;
}

/** The server lacks operations that we thought it had: they have no outcome any more and are sent again. */
function rewind(turn: Turn, from: number): void {
  turn.state.push.sent = null;
  turn.commit('push', [{kind: 'reopen', from}], {ackedN: from - 1}, {kind: 'rewound'});
}

/** The server was restored: send what it lacks, and fetch everything. `base` begins at 0, for the old head is not its. */
export function startAnew(turn: Turn, asked: Lane, {epoch, nextN}: {epoch: string; nextN: number}): void {
  const {push, pull, meta} = turn.state;
  // What waits to be repeated may still name the epoch before, or none: it is written anew, of the same operations.
  if (push.sent?.body.epoch !== epoch) push.sent = null;
  // An epoch that we already have is no news; if the request named it the server contradicts itself, and will stop.
  if (epoch === meta.epoch) return rest(turn, asked);
  push.sent = null;
  if (nextN > meta.nextN) {
    // It knows operations that this storage never made: an old copy of it is running here.
    return becomeAnother(turn);
  }
  // The last one that it has goes again: were it another copy's, the server says so, and both copies' work is kept.
  const from = Math.max(1, Math.min(nextN - 1, meta.ackedN));
  const anew = {cursor: null, head: 0, journal: null, staged: null, bootstrapping: true, generation: meta.generation + 1};
  pull.expected = null;
  turn.commit(
    'push',
    [{kind: 'reopen', from}, {kind: 'reoffer'}, {kind: 'unstage'}],
    {epoch, resume: null, ackedN: from - 1, ...anew},
    {kind: 'begun_anew'},
  );
}

export function pushCommitted(turn: Turn, then: Extract<Next, {kind: 'settled' | 'rewound' | 'begun_anew'}>): void {
  const {push, pull, meta} = turn.state;
  push.sent = null;
  push.due = null;
  push.strikes = 0;
  if (then.kind === 'settled') push.rekeyed = 0;
  recover(push);
  if (then.kind === 'begun_anew') push.stale = true;
  if (then.kind !== 'settled') return;
  push.batch = Math.min(FULL_BATCH, push.batch * 2);
  if (then.seq > meta.head) pull.due = Math.min(pull.due ?? Infinity, turn.now + PULL_AFTER_PUSH);
}
