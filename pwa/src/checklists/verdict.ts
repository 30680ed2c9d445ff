/** Verdicts, points and findings (rules C7 and C8). */

import type {Answer} from './answers.ts';
import type {Held} from './completeness.ts';
import {SEVERITY_POINTS} from './definition.ts';
import type {Item, Labels, Limits, Range, Verdicts} from './definition.ts';
import * as exact from './exact.ts';
import type {Exact} from './exact.ts';

export type Verdict = 'ok' | 'warn' | 'fail' | 'na' | 'missing';
export type RunVerdict = Exclude<Verdict, 'na'>;

/** Points earned as a canonical decimal (a warning earns half), points possible, whole percent or null. */
export interface Score {
  readonly earned: string;
  readonly possible: number;
  readonly percent: number | null;
}

/** A ticket ready to be raised: titled by the item, described by the remark, with the next step. */
export interface SuggestedTicket {
  readonly title: Labels;
  readonly description: string;
  readonly severity: string;
  readonly next: Labels | null;
}

/** A failed item, with the answer (or the computed value) that failed. */
export interface Finding {
  readonly item: string;
  readonly severity: string;
  readonly answer: Answer;
  readonly remark: string;
  readonly photos: number;
  readonly ticket: SuggestedTicket | null;
}

/** The verdict of one asked item; `answer` is null when there is none to judge. */
export function itemVerdict(item: Item, answer: Answer | null, held: Held): Verdict {
  if (!held.answered) {
    const owed = held.required && !(item.type === 'photo' && held.photoWaived);
    return owed ? 'missing' : 'na';
  }
  if (item.type === 'pass_fail') return answer === 'pass' ? 'ok' : answer === 'fail' ? 'fail' : 'na';
  if (item.limits !== null && typeof answer === 'string') return byLimits(item.limits, answer);
  if (item.verdicts !== null && answer !== null) return byChoice(item.verdicts, answer);
  return 'ok';
}

function byLimits(limits: Limits, answer: string): Verdict {
  const number = exact.read(answer);
  if (limits.fail !== null && !isWithin(limits.fail, number)) return 'fail';
  return limits.warn !== null && !isWithin(limits.warn, number) ? 'warn' : 'ok';
}

/** The limit itself is inside. */
export function isWithin(range: Range, number: Exact): boolean {
  const above = range.min === null || exact.compare(number, range.min) >= 0;
  return above && (range.max === null || exact.compare(number, range.max) <= 0);
}

function byChoice(verdicts: Verdicts, answer: Answer): Verdict {
  const chosen = typeof answer === 'string' ? [answer] : answer;
  if (chosen.some((choice) => verdicts.fail.includes(choice))) return 'fail';
  return chosen.some((choice) => verdicts.warn.includes(choice)) ? 'warn' : 'ok';
}

/** fail if any fails, else warn, else missing if incomplete, else ok. */
export function runVerdict(verdicts: readonly Verdict[], complete: boolean): RunVerdict {
  if (verdicts.includes('fail')) return 'fail';
  if (verdicts.includes('warn')) return 'warn';
  return complete ? 'ok' : 'missing';
}

/** Points over the asked items that are not `na`. Counted in halves, so that no fraction is lost. */
export function scoreOf(judged: readonly (readonly [Item, Verdict])[]): Score {
  let halves = 0;
  let possible = 0;
  for (const [item, verdict] of judged) {
    if (verdict === 'na') continue;
    const points = SEVERITY_POINTS[item.severity] ?? 0;
    possible += points;
    halves += verdict === 'ok' ? 2 * points : verdict === 'warn' ? points : 0;
  }
  const earned = exact.written({units: BigInt(halves * 5), scale: 1});
  return {earned, possible, percent: possible ? Math.floor((100 * halves + possible) / (2 * possible)) : null};
}

/** The finding of a failed item, with its ticket when the checklist suggests one. */
export function findingOf(item: Item, answer: Answer, held: Held): Finding {
  const suggested = item.onFail !== null && item.onFail.suggest !== null ? item.onFail : null;
  const ticket: SuggestedTicket | null = suggested && {
    title: item.label,
    description: held.remark,
    severity: item.severity,
    next: suggested.next,
  };
  return {item: item.id, severity: item.severity, answer, remark: held.remark, photos: held.photos, ticket};
}
