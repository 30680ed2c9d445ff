/**
 * A storage that was copied, or put back from an older state, speaks with two mouths. Whichever copy the server does not
 * recognise any more becomes a device of its own and offers all it holds again: same ids, same bytes. What the server
 * already has from this person it answers as it did the first time, so nothing is doubled; the rest is carried out.
 */
import {uuid7} from '../sync/ids.ts';
import {isReady, recover} from './retry.ts';
import {FULL_BATCH, type Turn} from './state.ts';
import {keyOf} from './upload.ts';
import type {BlobRow, Meta, Write} from './types.ts';

/** So often a storage becomes another device with nothing accepted in between. */
const REKEYS = 2;

export function becomeAnother(turn: Turn): void {
  const {push, pull} = turn.state;
  push.sent = null;
  if (push.rekeyed >= REKEYS) {
    // A copy may be copied before anything was accepted from it, but hardly twice: the server is mistaken, and one more
    // id would not help.
    push.closed = 'device_forked';
    pull.closed = 'device_forked';
    return;
  }
  pull.expected = null;
  turn.commit('push', [...unproven(turn), {kind: 'rekey', device: newDevice(turn)}], {}, {kind: 'rekeyed'});
}

/**
 * No push was accepted since the server was restored: the numbers by which it seemed to have what we did were the other
 * copy's. What has an outcome from before has none, and is shown until it is answered anew.
 */
function unproven({state: {meta}}: Turn): Write[] {
  return meta.resume === null ? [{kind: 'reopen', from: 1}] : [];
}

function newDevice({now, luck}: Turn): string {
  return uuid7(now, Uint8Array.from({length: 10}, (_, at) => Number.parseInt(luck.slice(at * 2, at * 2 + 2), 16)));
}

/** It is written: only the store knows how many operations there are. */
export function rekeyed(turn: Turn): void {
  const {push, meta} = turn.state;
  push.rekeyed += 1;
  push.stale = true;
  // Raised by whatever the person does from here on.
  Object.assign(meta, {nextN: 1, ackedN: 0});
}

/** Nothing is sent or fetched before the state knows again who it is. */
export function learn(turn: Turn): void {
  if (isReady(turn, turn.state.push)) turn.load('push', {kind: 'meta'});
}

/** The state as the store has it. */
export function learnt(turn: Turn, {meta, blobs}: {readonly meta: Meta; readonly blobs: readonly BlobRow[]}): void {
  const {state} = turn;
  const {push, blob} = state;
  push.busy = null;
  push.stale = false;
  push.due = null;
  push.batch = FULL_BATCH;
  push.strikes = 0;
  recover(push);
  state.meta = {...meta, nextN: Math.max(meta.nextN, state.meta.nextN)};
  const stored = new Set(blobs.map(keyOf));
  state.blobs = [...blobs.filter((row) => row.state !== 'complete'), ...state.blobs.filter((row) => !stored.has(keyOf(row)))];
  // An answer under way is about the state of before.
  if (blob.busy?.doing === 'send') blob.busy = null;
  blob.known = null;
}
