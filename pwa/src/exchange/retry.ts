/** When a lane that failed tries again (full jitter, one second to five minutes), and when it gives up. */
import type {Lane, Turn} from './state.ts';
import type {Lane as LaneName} from './types.ts';
import type {Verdict} from './verdict.ts';

const SHORTEST = 1_000;
const LONGEST = 300_000;

/** The lane may act now. */
export function isReady(turn: Turn, lane: Lane): boolean {
  const resting = lane.retryAt !== null && lane.retryAt > turn.now;
  return lane.closed === null && !turn.state.signedOut && !resting;
}

/** It did not work: rest. `atLeast` is the server's own word. */
export function rest(turn: Turn, lane: Lane, atLeast: number | null = null): void {
  const ceiling = Math.min(LONGEST, SHORTEST * 2 ** Math.min(lane.failures + 1, 16));
  const jitter = SHORTEST + dice(turn.luck) * (ceiling - SHORTEST);
  lane.failures += 1;
  lane.retryAt = turn.now + Math.round((atLeast ?? 0) + jitter);
  lane.firmUntil = atLeast === null ? null : turn.now + atLeast;
}

/** It did not work, and the next attempt asks for something else: a short pause, for no growth would help. */
export function breathe(turn: Turn, lane: Lane): void {
  lane.failures = Math.max(1, lane.failures);
  lane.retryAt = turn.now + Math.round(SHORTEST * (1 + dice(turn.luck)));
  lane.firmUntil = null;
}

/** It worked. */
export function recover(lane: Lane): void {
  lane.failures = 0;
  lane.retryAt = null;
  lane.firmUntil = null;
}

/** Something good happened (network, foreground): try at once, unless the server named the time. */
export function hurry(lane: Lane): void {
  if (lane.retryAt !== null) lane.retryAt = lane.firmUntil;
}

/** A number in [0, 1) from the event's random digits. */
function dice(luck: string): number {
  return Number.parseInt(luck.slice(0, 8), 16) / 2 ** 32;
}

/** What all lanes do alike with an answer that is not good; false when the lane has its own way. */
export function handleCommon(turn: Turn, name: LaneName, verdict: Verdict | {readonly kind: 'clash' | 'gone'}): boolean {
  const lane = turn.lane(name);
  const {busy} = lane;
  lane.busy = null;
  if (verdict.kind === 'good') Object.assign(turn.state, {pending: false, stranger: false});
  switch (verdict.kind) {
    case 'renew':
      if (busy?.doing === 'send' && !busy.renewed) turn.send(name, (id) => ({...busy.request, id}), true);
      else rest(turn, lane);
      return true;
    case 'sign_in':
      turn.state.signedOut = true;
      turn.state.stranger = verdict.stranger;
      return true;
    case 'wait':
      rest(turn, lane, verdict.atLeast);
      return true;
    case 'pending':
      turn.state.pending = true;
      rest(turn, lane);
      return true;
    case 'closed':
      lane.closed = verdict.code;
      return true;
    default:
      return false;
  }
}
