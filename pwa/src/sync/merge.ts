/** What becomes of a value that somebody wrote without having seen the newest one (rules S11 to S16). */
import {loose} from './canonical.ts';
import type {Status} from './outcome.ts';
import type {MergeClass} from './policy.ts';

/** A field's value and who wrote it: feed position, device and that device's number. */
export interface Cell {
  readonly value: unknown;
  readonly ver: number;
  readonly device: string;
  readonly n: number;
}

/** `apply`: write the incoming value. `keep`: which to keep beside it. `code`: when held or overruled. */
export interface Decision {
  readonly apply: boolean;
  readonly outcome: Status;
  readonly keep: 'nothing' | 'incoming' | 'held';
  readonly code: string | null;
}

const APPLY: Decision = {apply: true, outcome: 'applied', keep: 'nothing', code: null};
const ALREADY_SO: Decision = {apply: false, outcome: 'applied', keep: 'nothing', code: null};
const CONFLICT: Decision = {apply: false, outcome: 'conflict', keep: 'incoming', code: null};
const LAST_WINS: Decision = {apply: true, outcome: 'applied', keep: 'held', code: null};

/** Whether another device wrote another value after `base` (rule S11). No clock is asked. */
export function clashes(held: Cell | null, incoming: Cell, base: number): boolean {
  if (held === null || held.ver <= base || held.device === incoming.device) return false;
  return !same(held.value, incoming.value);
}

/** Decide one field. `base` is the operation's; office: dispatcher, service manager, administrator. */
export function mergeField(
  mergeClass: MergeClass,
  held: Cell | null,
  incoming: Cell,
  base: number,
  standing: {readonly writerIsOffice: boolean; readonly holderIsOffice: boolean},
): Decision {
  if (held !== null && same(held.value, incoming.value)) return ALREADY_SO;
  if (!clashes(held, incoming, base)) return APPLY;
  switch (mergeClass) {
    case 'append':
      return APPLY;
    case 'evidence':
      return CONFLICT;
    case 'low_stakes':
      return LAST_WINS;
    case 'state':
      return {apply: false, outcome: 'held', keep: 'incoming', code: 'wrong_state'};
    case 'planning':
      return planning(standing.writerIsOffice, standing.holderIsOffice);
  }
}

/** The office overrules the field, either way round; two of equal standing are asked to choose. */
function planning(writerIsOffice: boolean, holderIsOffice: boolean): Decision {
  if (writerIsOffice === holderIsOffice) return CONFLICT;
  return writerIsOffice ? LAST_WINS : {apply: false, outcome: 'merged', keep: 'incoming', code: 'overruled'};
}

/** Equality of JSON values: the order of keys means nothing. */
export function same(one: unknown, other: unknown): boolean {
  return one === other || loose(one) === loose(other);
}
