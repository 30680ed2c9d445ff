/** What an HTTP answer means for the request (not for an operation: no status is an operation's outcome). */
import type {Answer} from './types.ts';

export type Verdict =
  | {readonly kind: 'good'}
  /** The proof's nonce is stale: repeat at once, the net has learnt the new one. */
  | {readonly kind: 'renew'}
  /** `stranger`: somebody is signed in, but the server does not know this device's key. */
  | {readonly kind: 'sign_in'; readonly stranger: boolean}
  /** Unknown outcome, or load: the same bytes again, later. `atLeast` in milliseconds when the server said so. */
  | {readonly kind: 'wait'; readonly atLeast: number | null}
  /** The request as a whole broke the server, or was too large: a smaller one may pass. */
  | {readonly kind: 'smaller'}
  | {readonly kind: 'gap'; readonly expected: number}
  | {readonly kind: 'epoch'; readonly epoch: string; readonly nextN: number}
  | {readonly kind: 'expired'}
  /** Another copy of this storage goes on as the same device. */
  | {readonly kind: 'forked'}
  /** Enrolled, and not yet confirmed by the office. */
  | {readonly kind: 'pending'}
  /** The server understood and refuses this device, person, version or request: asking again would not help. */
  | {readonly kind: 'closed'; readonly code: string};

const WAIT: Verdict = {kind: 'wait', atLeast: null};
const LOAD = [408, 425, 429, 502, 503, 504];
const TOO_MUCH = [413, 422, 500];
const FORKS = ['op_mismatch', 'device_forked'];
const LONGEST_WAIT = 3_600_000;

/** Read an answer of push, pull or head. Only an answer with a `code` of ours can close anything: proxies have none. */
export function judge(answer: Answer): Verdict {
  const {status} = answer;
  const code = codeOf(answer.body);
  if (status >= 200 && status < 300) return {kind: 'good'};
  if (status === 401 && code !== null) return code === 'use_dpop_nonce' ? {kind: 'renew'} : {kind: 'sign_in', stranger: code === 'bad_proof'};
  if (LOAD.includes(status)) return {kind: 'wait', atLeast: retryAfter(answer)};
  if (TOO_MUCH.includes(status)) return {kind: 'smaller'};
  if (code === null || status < 400 || status === 404 || status > 500) return WAIT;
  if (status === 410) return {kind: 'expired'};
  if (status === 403 && code === 'device_pending') return {kind: 'pending'};
  return status === 409 ? clash(code, answer.body as Record<string, unknown>) : {kind: 'closed', code};
}

function clash(code: string, body: Record<string, unknown>): Verdict {
  const {expected, epoch, next_n: nextN} = body;
  if (FORKS.includes(code)) return {kind: 'forked'};
  if (code === 'op_gap' && isNumber(expected)) return {kind: 'gap', expected};
  if (code === 'epoch_changed' && typeof epoch === 'string' && isNumber(nextN)) return {kind: 'epoch', epoch, nextN};
  return {kind: 'closed', code};
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

/** The `code` of a problem+json body, null where there is none. */
export function codeOf(body: unknown): string | null {
  const code = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)['code'] : null;
  return typeof code === 'string' ? code : null;
}

/** Retry-After in whole seconds as milliseconds; its other form, a date, would need the server's clock. */
function retryAfter(answer: Answer): number | null {
  const text = answer.headers['retry-after'] ?? '';
  return /^\d{1,6}$/.test(text) ? Math.min(Number(text) * 1000, LONGEST_WAIT) : null;
}
