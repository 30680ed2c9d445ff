/** What becomes of a run's answers under a newer definition (rule C10). */

import {isAnswerable} from './definition.ts';
import type {Definition, Item, Limits, Range} from './definition.ts';
import * as exact from './exact.ts';

/** Item ids: kept, review and new in the new definition's reading order, retired in the old one's. */
export interface Migration {
  readonly kept: readonly string[];
  readonly review: readonly string[];
  readonly retired: readonly string[];
  readonly new: readonly string[];
}

/** Compare item by item. Computed items and instructions hold no answer and take no part. */
export function migrate(old: Definition, next: Definition): Migration {
  const before = answerable(old);
  const after = answerable(next);
  const isKept = (item: Item): boolean => meaning(item) === before.get(item.id);
  const shared = next.items.filter((item) => after.has(item.id) && before.has(item.id));
  return {
    kept: shared.filter(isKept).map((item) => item.id),
    review: shared.filter((item) => !isKept(item)).map((item) => item.id),
    retired: [...before.keys()].filter((id) => !after.has(id)),
    new: [...after.keys()].filter((id) => !before.has(id)),
  };
}

function answerable(definition: Definition): Map<string, string> {
  const items = definition.items.filter((item) => isAnswerable(item.type));
  return new Map(items.map((item) => [item.id, meaning(item)]));
}

/** All that an answer's meaning hangs on, as text. Wording, severity and conditions may change without a review. */
function meaning(item: Item): string {
  return JSON.stringify([
    item.type,
    item.unit,
    item.decimals,
    limits(item.limits),
    range(item.bounds),
    [item.shortest, item.longest],
    item.allowed,
    item.verdicts && [item.verdicts.fail, item.verdicts.warn],
    [item.photoMin, item.photoMax],
    item.expects,
  ]);
}

function limits(limits: Limits | null): unknown {
  return limits && [range(limits.warn), range(limits.fail)];
}

function range(range: Range | null): unknown {
  return range && [range.min && exact.written(range.min), range.max && exact.written(range.max)];
}
