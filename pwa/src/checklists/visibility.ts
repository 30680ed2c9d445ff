/** Which items are asked (rules C2, C4, C5). */

import type {Answer} from './answers.ts';
import type {Compare, Condition, Item} from './definition.ts';
import * as exact from './exact.ts';

/** Item id to answer, for the items that are asked and answered so far; anything else is unanswered. */
export type Known = ReadonlyMap<string, Answer>;
export type AssetFacts = Readonly<Record<string, string>>;

export function isAsked(item: Item, known: Known, asset: AssetFacts): boolean {
  return item.when === null || holds(item.when, known, asset);
}

export function isRequired(item: Item, known: Known, asset: AssetFacts): boolean {
  return typeof item.required === 'boolean' ? item.required : holds(item.required, known, asset);
}

/** Whether a condition is true of what is known so far; a comparison with an unanswered item is false. */
export function holds(condition: Condition, known: Known, asset: AssetFacts): boolean {
  switch (condition.kind) {
    case 'all':
      return condition.parts.every((part) => holds(part, known, asset));
    case 'any':
      return condition.parts.some((part) => holds(part, known, asset));
    case 'not':
      return !holds(condition.part, known, asset);
    case 'asset': {
      const fact = Object.hasOwn(asset, condition.field) ? asset[condition.field] : undefined;
      return fact !== undefined && condition.values.includes(fact);
    }
    case 'answered':
      return known.has(condition.item) === condition.wanted;
    case 'compare':
      return compares(condition, known.get(condition.item));
  }
}

function compares(condition: Compare, answer: Answer | undefined): boolean {
  if (answer === undefined) return false;
  if (condition.operator === 'includes') return typeof answer !== 'string' && answer.includes(first(condition));
  if (typeof answer !== 'string') return false;
  if (condition.operator === 'is' || condition.operator === 'in') return condition.values.includes(answer);
  return inOrder(condition.operator, distance(condition, answer));
}

/** Below 0, 0 or above 0. Dates and times have a fixed width, so their text is their order. */
function distance(condition: Compare, answer: string): number {
  if (condition.number !== null) return exact.compare(exact.read(answer), condition.number);
  return answer < first(condition) ? -1 : answer > first(condition) ? 1 : 0;
}

function first(condition: Compare): string {
  return condition.values[0] ?? '';
}

function inOrder(operator: string, distance: number): boolean {
  switch (operator) {
    case 'gt':
      return distance > 0;
    case 'ge':
      return distance >= 0;
    case 'lt':
      return distance < 0;
    default:
      return distance <= 0;
  }
}
