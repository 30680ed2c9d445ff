/**
 * Two clocks, neither of which is trusted with work. The tablet's own can be set while we wait: set back, everything
 * that was due stays as far off as it was, or a debounce of two seconds would last for ten years. And how old something
 * is, is counted by the server's: a tablet whose clock jumps on must not forget what it sent a minute ago.
 */
import type {Lane, Turn} from './state.ts';
import type {Answer} from './types.ts';

export function keepPace({state, now}: Turn): void {
  const back = state.heardAt - now;
  state.heardAt = now;
  if (back <= 0) return;
  for (const lane of [state.push, state.pull, state.blob]) shift(lane, back);
  state.pull.pollAt -= back;
  state.pull.askedAt -= back;
  if (state.blob.spentUntil !== null) state.blob.spentUntil -= back;
  // The alarm stands for a time by the clock as it was.
  state.alarm = null;
}

function shift(lane: Lane, back: number): void {
  if (lane.due !== null) lane.due -= back;
  if (lane.retryAt !== null) lane.retryAt -= back;
  if (lane.firmUntil !== null) lane.firmUntil -= back;
  if (lane.busy !== null) lane.busy = {...lane.busy, since: lane.busy.since - back};
}

/** Note the server's time, which every good answer tells in its head. */
export function learnTime(turn: Turn, {headers}: Answer): void {
  const told = Date.parse(headers.date ?? '');
  if (!Number.isNaN(told)) turn.state.serverAt = told;
}

/** The server's time as of its last good answer; the tablet's own while none has told it. */
export function serverTime({state, now}: Turn): number {
  return state.serverAt ?? now;
}
