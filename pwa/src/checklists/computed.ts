/** The value of a computed item, on exact decimals (rule C2). */

import type {Computation, Item} from './definition.ts';
import * as exact from './exact.ts';
import type {Exact} from './exact.ts';
import type {Known} from './visibility.ts';

/** The canonical decimal, or null: an operand unanswered, division by zero, over 30 whole digits. */
export function computedValue(item: Item, known: Known): string | null {
  const result = item.computation === null ? null : resultOf(item.computation, known, item.decimals);
  if (result === null) return null;
  const value = exact.rounded(result, item.decimals);
  return exact.isWithinSize(value) ? exact.written(value) : null;
}

function resultOf(computation: Computation, known: Known, decimals: number): Exact | null {
  const {op, operands} = computation;
  if (op === 'count') {
    const answered = operands.filter((operand) => typeof operand === 'string' && known.has(operand));
    return {units: BigInt(answered.length), scale: 0};
  }
  const present = operands.map((operand) => valueOf(operand, known)).filter((value) => value !== null);
  if (op === 'sum') return present.length > 0 ? present.reduce(exact.add) : null;
  return present.length === operands.length ? ofAll(op, present, decimals) : null;
}

function ofAll(op: string, operands: readonly Exact[], decimals: number): Exact | null {
  const [left, right] = operands;
  if (left === undefined || right === undefined) return null;
  switch (op) {
    case 'add':
      return operands.reduce(exact.add);
    case 'mul':
      return operands.reduce(exact.multiply);
    case 'sub':
      return exact.subtract(left, right);
    default:
      return exact.divide(left, right, decimals);
  }
}

function valueOf(operand: string | Exact, known: Known): Exact | null {
  if (typeof operand !== 'string') return operand;
  const answer = known.get(operand);
  return typeof answer === 'string' ? exact.read(answer) : null;
}
