/** What the header says, and when the alarm must ring next: both follow from the state alone. */
import {wantsBlob} from './upload.ts';
import {BYTES_GONE} from './types.ts';
import {FORGOTTEN, type Lane, type State, type Turn, unsent} from './state.ts';
import type {Lane as LaneName, SyncStatus} from './types.ts';

const LANES: readonly LaneName[] = ['push', 'pull', 'blob'];

export function statusOf(state: State): SyncStatus {
  const waiting = state.blobs.filter((row) => row.state === 'waiting');
  return {
    doing: doing(state),
    locked: state.locked,
    signedOut: state.signedOut,
    sparing: state.sparing,
    pending: state.pending,
    stranger: state.stranger,
    unsent: unsent(state),
    unsentBlobs: {count: waiting.length, bytes: waiting.reduce((sum, row) => sum + row.size - row.offset, 0)},
    refusedBlobs: state.blobs.length - waiting.length,
    lostBlobs: state.blobs.filter(({code}) => code === BYTES_GONE).length,
    quotaUntil: waiting.length > 0 ? state.blob.spentUntil : null,
    head: state.meta.head,
    lastContact: state.meta.lastContact,
    closed: Object.fromEntries(LANES.flatMap((name) => (state[name].closed === null ? [] : [[name, state[name].closed]]))),
    retryAt: earliest(LANES.map((name) => (state[name].failures > 0 ? state[name].retryAt : null))),
    minApp: state.meta.minApp,
    storage: state.storage,
    divergence: state.divergence,
  };
}

function doing(state: State): SyncStatus['doing'] {
  if (state.push.busy !== null) return 'sending';
  const {busy} = state.pull;
  if (busy !== null && !(busy.doing === 'send' && busy.request.kind === 'head')) return 'fetching';
  return state.blob.busy === null ? 'nothing' : 'uploading';
}

/** When something is due that no event announces; null while locked, signed out or waiting for an event. */
export function nextAlarm(turn: Turn): number | null {
  const {state} = turn;
  if (state.locked || state.signedOut) return null;
  const {push, pull, blob, meta} = state;
  const begun = meta.staged !== null || meta.bootstrapping || pull.expected !== null;
  const wishes = [
    unsent(state) > 0 || push.sent !== null || push.stale ? when(push, push.due ?? turn.now) : null,
    begun || pull.due !== null ? when(pull, begun ? turn.now : (pull.due ?? turn.now)) : null,
    state.visible ? when(pull, pull.pollAt) : null,
    wantsBlob(turn) || blob.retryAt !== null ? when(blob, turn.now) : null,
  ];
  const forgotten = LANES.map((name) => (state[name].busy === null ? null : state[name].busy.since + FORGOTTEN));
  return earliest([...wishes, ...forgotten].map((at) => (at !== null && at > turn.now ? at : null)));
}

function when(lane: Lane, wanted: number): number | null {
  return lane.closed === null && lane.busy === null ? Math.max(wanted, lane.retryAt ?? 0) : null;
}

function earliest(times: readonly (number | null)[]): number | null {
  const known = times.filter((at) => at !== null);
  return known.length > 0 ? Math.min(...known) : null;
}
