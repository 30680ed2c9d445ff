/** Which answers may be settled by, and the writes that do it. */
import {isResult} from '../sync/outcome.ts';
import {LIMITS} from '../sync/protocol.ts';
import type {MetaChange, PushLane} from './state.ts';
import type {Change, Directive, Meta, PullAnswer, PushAnswer, Write} from './types.ts';

const DAY = 86_400_000;

/** The answer, if it is one to this push: same nonce, one result for each operation, in order. Else null: unknown outcome. */
export function pushAnswer(sent: NonNullable<PushLane['sent']>, body: unknown): PushAnswer | null {
  const {nonce, epoch, resume, results, seq} = fieldsOf(body);
  if (nonce !== sent.body.nonce || typeof epoch !== 'string' || typeof resume !== 'string' || !isWhole(seq)) return null;
  if (!Array.isArray(results) || results.length !== sent.ids.length) return null;
  const fits = results.every(
    (line, index) =>
      isResult(line) && line.n === sent.body.first + index && (line.id === null || line.id === sent.ids[index]),
  );
  return fits ? (body as PushAnswer) : null;
}

/** The answer, if it is one to this pull and begins behind what is already staged. */
export function pullAnswer(meta: Meta, nonce: string, body: unknown): PullAnswer | null {
  const answer = fieldsOf(body);
  const {epoch, cursor, head, changes, more} = answer;
  if (answer['nonce'] !== nonce || typeof cursor !== 'string' || typeof epoch !== 'string' || !isWhole(head)) return null;
  if (meta.epoch !== null && epoch !== meta.epoch) return null;
  if (typeof more !== 'boolean' || typeof answer['journal'] !== 'string') return null;
  return Array.isArray(changes) && changes.every(isChange) ? (body as PullAnswer) : null;
}

function isChange(change: unknown): change is Change {
  const {k, id, s, ver, v, del} = fieldsOf(change);
  const rowOrTombstone = del === true || (typeof v === 'object' && v !== null);
  return typeof k === 'string' && typeof id === 'string' && isWhole(s) && isWhole(ver) && rowOrTombstone;
}

function fieldsOf(body: unknown): Record<string, unknown> {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Every operation of the push has its outcome; those whose effect the base already holds leave the view at once. */
export function settling(sent: NonNullable<PushLane['sent']>, answer: PushAnswer, meta: Meta, now: number): Write[] {
  const {head, generation, bootstrapping} = meta;
  return [
    {kind: 'settle', results: answer.results, links: [...sent.links], at: now},
    {kind: 'retire', head},
    // A bootstrap kept rows that the server no longer has because these operations name them.
    ...(bootstrapping ? [] : [{kind: 'sweep' as const, generation}]),
  ];
}

/** What every answer tells about the server. */
export function tidings(answer: PushAnswer | PullAnswer, now: number): MetaChange {
  const {durable_n: durableN, durability, min_app: minApp} = fieldsOf(answer);
  return {
    durableN: isWhole(durableN) ? durableN : 0,
    durability: typeof durability === 'string' ? durability : null,
    lastContact: now,
    ...(typeof minApp === 'string' ? {minApp} : {}),
  };
}

/** The answer's directives; anything that is not a list of objects is none. */
export function directivesOf(answer: {directives?: unknown}): Directive[] {
  return Array.isArray(answer.directives) ? (answer.directives as Directive[]) : [];
}

/**
 * What may be forgotten now. Operations are kept until the server says they are durable, and 7 days; where nothing is
 * backed up, 30 days after their outcome. Bytes of photos stay 30 days after they arrived whole, and until a backup holds
 * an operation that was acknowledged after that: then it holds the photo too.
 */
export function pruning(meta: Meta, now: number): Write {
  const backedUp = meta.durability !== null && meta.durability !== 'none';
  const days = backedUp ? LIMITS.settled_days : LIMITS.settled_days_without_backup;
  return {
    kind: 'prune',
    // A restored server has at least the last of them and is asked whether that is ours, which takes the link before it.
    throughN: (backedUp ? meta.durableN : meta.ackedN) - 2,
    settledBefore: now - days * DAY,
    blobsBefore: now - LIMITS.settled_days_without_backup * DAY,
    blobsAfterN: backedUp ? meta.durableN : null,
  };
}
