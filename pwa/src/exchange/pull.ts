/** The pull lane: pages are staged, and applied when the last one is here; the cursor is written with the last row. */
import {LIMITS, PROTOCOL} from '../sync/protocol.ts';
import {learnTime, serverTime} from './clock.ts';
import {becomeAnother} from './fork.ts';
import {startAnew} from './push.ts';
import {handleCommon, isReady, recover, rest} from './retry.ts';
import {directivesOf, pruning, pullAnswer, tidings} from './settle.ts';
import type {MetaChange, Next, Turn} from './state.ts';
import type {Answer, Loaded, PullAnswer, Staged, Write} from './types.ts';
import {judge} from './verdict.ts';

/** Rows in one transaction. */
export const APPLY_ROWS = 200;
const POLL = 60_000;
const DAY = 86_400_000;

export function wantsPull(turn: Turn): boolean {
  const {pull, meta} = turn.state;
  const begun = meta.staged !== null || meta.bootstrapping || pull.expected !== null;
  return (begun || (pull.due !== null && pull.due <= turn.now)) && isReady(turn, pull);
}

export function startPull(turn: Turn): void {
  const {pull, meta} = turn.state;
  if (pull.doubtful) return turn.commit('pull', [{kind: 'unstage'}], {staged: null}, {kind: 'staged'});
  if (meta.staged?.whole === true) return apply(turn, meta.staged);
  if (pull.expected !== null) return turn.load('pull', {kind: 'sums', audiences: Object.keys(pull.expected)});
  const cursor = meta.staged?.cursor ?? (meta.bootstrapping ? null : meta.cursor);
  const {schema, device, epoch} = meta;
  const body = {proto: PROTOCOL, schema, device, epoch, cursor, limit: LIMITS.pull_rows, nonce: turn.luck};
  pull.askedAt = turn.now;
  turn.send('pull', (id) => ({kind: 'pull', id, body}));
}

export function wantsHead(turn: Turn): boolean {
  const {pull, visible} = turn.state;
  return visible && pull.pollAt <= turn.now && isReady(turn, pull);
}

export function startHead(turn: Turn): void {
  turn.send('pull', (id) => ({kind: 'head', id}));
}

export function pullAnswered(turn: Turn, answer: Answer): void {
  const {busy} = turn.state.pull;
  const request = busy?.doing === 'send' ? busy.request : null;
  const verdict = judge(answer);
  if (handleCommon(turn, 'pull', verdict)) return;
  if (verdict.kind === 'epoch') return startAnew(turn, turn.state.pull, verdict);
  if (verdict.kind === 'expired') return bootstrap(turn);
  if (verdict.kind === 'forked') return becomeAnother(turn);
  if (verdict.kind !== 'good') return rest(turn, turn.state.pull);
  if (request?.kind === 'head') return headAnswered(turn, answer.body);
  return pageAnswered(turn, request?.kind === 'pull' ? request.body.nonce : '', answer);
}

function headAnswered(turn: Turn, body: unknown): void {
  const {pull, meta} = turn.state;
  const {head, epoch} = (body ?? {}) as {head?: unknown; epoch?: unknown};
  if (!Number.isSafeInteger(head)) return rest(turn, pull);
  recover(pull);
  pull.pollAt = turn.now + POLL;
  meta.lastContact = turn.now;
  if (head !== meta.head || (typeof epoch === 'string' && epoch !== meta.epoch)) pull.due = turn.now;
}

function pageAnswered(turn: Turn, nonce: string, answer: Answer): void {
  const {pull, meta} = turn.state;
  const told = pullAnswer(meta, nonce, answer.body);
  if (told === null) return rest(turn, pull);
  learnTime(turn, answer);
  const staged = together(meta.staged, told);
  const set = {epoch: told.epoch, ...tidings(told, turn.now)};
  const stage: Write[] = told.changes.length > 0 ? [{kind: 'stage', changes: told.changes}] : [];
  // A small pull is one transaction; on a tablet each costs more than the rows in it.
  if (staged.whole && staged.rows <= APPLY_ROWS) finish(turn, staged, stage, set);
  else turn.commit('pull', stage, {...set, staged}, {kind: 'staged'});
  const directives = directivesOf(told);
  if (directives.length > 0) turn.effects.push({kind: 'obey', directives});
}

/** What is staged once this page lies with the pages before it. */
function together(before: Staged | null, page: PullAnswer): Staged {
  return {
    cursor: page.cursor,
    head: page.head,
    journal: page.journal,
    rows: (before?.rows ?? 0) + page.changes.length,
    whole: !page.more,
    sums: page.sums ?? {},
    ackN: page.ack_n,
  };
}

function apply(turn: Turn, staged: Staged): void {
  if (staged.rows <= APPLY_ROWS) return finish(turn, staged, [], {});
  const left = {...staged, rows: staged.rows - APPLY_ROWS};
  const {generation} = turn.state.meta;
  turn.commit('pull', [{kind: 'apply', limit: APPLY_ROWS, generation}], {staged: left}, {kind: 'staged'});
}

/** The last rows, the retired operations, the sweep (of what they held on to as well) and the cursor: all in one transaction. */
function finish(turn: Turn, staged: Staged, before: Write[], also: MetaChange): void {
  const {meta, prunedAt} = turn.state;
  const {generation} = meta;
  const writes = [...before];
  if (staged.rows > 0) writes.push({kind: 'apply', limit: APPLY_ROWS, generation});
  writes.push({kind: 'retire', head: staged.head});
  // After a bootstrap; and later what that had to spare because an operation named it which has been retired only now.
  writes.push({kind: 'sweep', generation});
  const time = serverTime(turn);
  if (time - prunedAt >= DAY) {
    writes.push(pruning(meta, time));
    turn.state.prunedAt = time;
  }
  const {cursor, head, journal, sums} = staged;
  turn.commit('pull', writes, {...also, cursor, head, journal, staged: null, bootstrapping: false}, {kind: 'applied', sums});
}

/** Fetch everything into a new generation; what is shown stays until the last row is here, and the outbox always. */
export function bootstrap(turn: Turn): void {
  const {generation} = turn.state.meta;
  turn.state.pull.expected = null;
  const set = {staged: null, bootstrapping: true, generation: generation + 1};
  turn.commit('pull', [{kind: 'unstage'}], set, {kind: 'staged'});
}

export function pullCommitted(turn: Turn, then: Extract<Next, {kind: 'staged' | 'applied'}>): void {
  const {pull} = turn.state;
  pull.doubtful = false;
  recover(pull);
  if (then.kind === 'staged') return;
  // A wish that came while the last page was under way is still open.
  if (pull.due !== null && pull.due <= pull.askedAt) pull.due = null;
  pull.pollAt = turn.now + POLL;
  const comparable = Object.entries(then.sums).filter(([audience]) => /^[vs]:/.test(audience));
  pull.expected = comparable.length > 0 ? Object.fromEntries(comparable) : null;
}

/** Rule S20: a difference means fetching everything again, once; if that does not help, it is said and lived with. */
export function sumsLoaded(turn: Turn, found: Extract<Loaded, {kind: 'sums'}>): void {
  const {pull, divergence} = turn.state;
  const expected = pull.expected ?? {};
  const differing = Object.keys(expected).filter((audience) => found.sums[audience] !== expected[audience]);
  pull.busy = null;
  pull.expected = null;
  const mend = differing.length > 0 && !pull.mending && divergence.length === 0;
  pull.mending = mend;
  if (mend) return bootstrap(turn);
  turn.state.divergence = differing;
}
