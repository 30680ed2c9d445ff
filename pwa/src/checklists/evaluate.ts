/** One pass over a run: what is asked, answered, missing, wrong. The one call that the screens need. */

import {fitting} from './answers.ts';
import type {Answer} from './answers.ts';
import {missingOf} from './completeness.ts';
import type {Held, Missing} from './completeness.ts';
import {computedValue} from './computed.ts';
import {isAnswerable} from './definition.ts';
import type {Definition, Item} from './definition.ts';
import {findingOf, itemVerdict, runVerdict, scoreOf} from './verdict.ts';
import type {Finding, RunVerdict, Score, Verdict} from './verdict.ts';
import {isAsked, isRequired} from './visibility.ts';
import type {AssetFacts} from './visibility.ts';
import * as wording from './wording.ts';

type ById<T> = Readonly<Record<string, T>>;

/** All that follows from a definition and a run. Lists are in reading order and name asked items only. */
export interface Evaluation {
  readonly asked: readonly string[];
  readonly required: readonly string[];
  readonly answered: readonly string[];
  /** Asked items whose stored answer does not fit the definition and therefore counts as unanswered. */
  readonly unfit: readonly string[];
  /** The computed items that have a value. */
  readonly values: ById<string>;
  readonly verdicts: ById<Verdict>;
  readonly missing: readonly Missing[];
  readonly complete: boolean;
  readonly verdict: RunVerdict;
  readonly score: Score;
  readonly findings: readonly Finding[];
}

/**
 * Evaluate a run: answers, remarks, photo counts and waivers by item id, and the asset's facts by field.
 * Never throws for what a run holds: an answer that does not fit is named in `unfit`, an unknown item counts for nothing.
 */
export function evaluate(
  definition: Definition,
  answers: ById<unknown>,
  remarks: ById<string>,
  photos: ById<number>,
  waivers: ById<unknown>,
  assetFacts: AssetFacts,
): Evaluation {
  const known = new Map<string, Answer>();
  const judged: [Item, Verdict][] = [];
  const required: string[] = [];
  const unfit: string[] = [];
  const values = new Map<string, string>();
  const missing: Missing[] = [];
  const findings: Finding[] = [];

  const answerOf = (item: Item): Answer | null => {
    if (item.type === 'computed') {
      const value = computedValue(item, known);
      if (value !== null) values.set(item.id, value);
      return value;
    }
    const stored = own(answers, item.id, null);
    if (item.type === 'photo' || item.type === 'instruction' || stored === null) return null;
    const answer = fitting(item, stored);
    if (answer === null) unfit.push(item.id);
    return answer;
  };

  const heldOf = (item: Item, answer: Answer | null): Held => {
    const taken = own(photos, item.id, 0);
    return {
      answered: item.type === 'photo' ? taken >= item.photoMin : answer !== null,
      required: isRequired(item, known, assetFacts),
      remark: wording.trim(own(remarks, item.id, '')),
      photos: taken,
      photoWaived: Object.hasOwn(waivers, item.id),
    };
  };

  for (const item of definition.items) {
    if (!isAsked(item, known, assetFacts)) continue;
    const answer = answerOf(item);
    const held = heldOf(item, answer);
    const verdict = itemVerdict(item, answer, held);
    judged.push([item, verdict]);
    if (held.required) required.push(item.id);
    missing.push(...missingOf(item, held, verdict));
    if (verdict === 'fail' && answer !== null) findings.push(findingOf(item, answer, held));
    // A photo item has no answer to compare with: being here says that it is answered.
    if (held.answered) known.set(item.id, answer ?? []);
  }

  return {
    asked: judged.map(([item]) => item.id),
    required,
    answered: judged.filter(([item]) => known.has(item.id) && isAnswerable(item.type)).map(([item]) => item.id),
    unfit,
    values: Object.fromEntries(values),
    verdicts: Object.fromEntries(judged.map(([item, verdict]) => [item.id, verdict])),
    missing,
    complete: missing.length === 0,
    verdict: runVerdict(
      judged.map(([, verdict]) => verdict),
      missing.length === 0,
    ),
    score: scoreOf(judged),
    findings,
  };
}

function own<T>(values: ById<T>, id: string, absent: T): T {
  return Object.hasOwn(values, id) ? (values[id] ?? absent) : absent;
}
