/** Reads conditions and computed items. Both may look at earlier items only (rule C2). */

import {civilDateFault, isTime} from './answers.ts';
import {MAX_DEPTH, MAX_OPERANDS} from './definition.ts';
import type {Computation, Condition, Item} from './definition.ts';
import type {Exact} from './exact.ts';
import {NO_FIELDS, isObject, under} from './reader.ts';
import type {Fields, Reader} from './reader.ts';

type Raw = Readonly<Record<string, unknown>>;

/** `earlier` items may be referred to (null: itself faulty); `written` is every id there is. */
export interface Scope {
  readonly written: ReadonlySet<string>;
  readonly earlier: Map<string, Item | null>;
}

const NEVER: Condition = {kind: 'any', parts: []};
const FORMS = ['item', 'asset', 'all', 'any', 'not'];
const OPERATORS = ['is', 'in', 'gt', 'ge', 'lt', 'le', 'includes', 'answered'];
const ORDERED = ['gt', 'ge', 'lt', 'le'];
const MAX_PARTS = 50;
const COMPUTING: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['add', [2, MAX_OPERANDS]],
  ['mul', [2, MAX_OPERANDS]],
  ['sub', [2, 2]],
  ['div', [2, 2]],
  ['sum', [1, MAX_OPERANDS]],
  ['count', [1, MAX_OPERANDS]],
]);
const OPERATORS_OF: ReadonlyMap<string, readonly string[]> = new Map([
  ['pass_fail', ['is', 'in']],
  ['yes_no', ['is', 'in']],
  ['choice', ['is', 'in']],
  ['choices', ['includes']],
  ['number', ORDERED],
  ['computed', ORDERED],
  ['date', ORDERED],
  ['time', ORDERED],
]);

/** One condition of the closed language; deeper than 8 is refused without looking further. */
export function readCondition(reader: Reader, raw: unknown, path: string, scope: Scope, depth = 1): Condition {
  if (depth > MAX_DEPTH) return refused(reader, path, 'too_deep');
  if (!isObject(raw)) return refused(reader, path, 'wrong_type');
  const forms = FORMS.filter((form) => Object.hasOwn(raw, form));
  const form = forms[0];
  if (form === undefined || forms.length > 1) return refused(reader, path, 'not_a_condition');
  if (form === 'item') return ofItem(reader, raw, path, scope);
  if (form === 'asset') return ofAsset(reader, raw, path);
  return ofParts(reader, raw, path, scope, form, depth);
}

function refused(reader: Reader, path: string, reason: string): Condition {
  reader.fault(path, reason);
  return NEVER;
}

function ofParts(reader: Reader, raw: Raw, path: string, scope: Scope, form: string, depth: number): Condition {
  reader.fields(raw, path, [form]);
  const at = under(path, form);
  if (form === 'not') return {kind: 'not', part: readCondition(reader, raw[form], at, scope, depth + 1)};
  const entries = reader.entries(raw[form], at, MAX_PARTS);
  const parts = entries.map(([entry, where]) => readCondition(reader, entry, where, scope, depth + 1));
  return form === 'all' ? {kind: 'all', parts} : {kind: 'any', parts};
}

function ofAsset(reader: Reader, raw: Raw, path: string): Condition {
  const operator = onlyOperator(reader, raw, path, ['is', 'in'], 'asset');
  const field = reader.id(raw['asset'], under(path, 'asset'));
  if (operator === null) return NEVER;
  const at = under(path, operator);
  if (operator === 'is') return {kind: 'asset', field, values: [reader.text(raw['is'], at, 200)]};
  const entries = reader.entries(raw['in'], at, 100);
  return {kind: 'asset', field, values: entries.map(([entry, where]) => reader.text(entry, where, 200))};
}

function ofItem(reader: Reader, raw: Raw, path: string, scope: Scope): Condition {
  const operator = onlyOperator(reader, raw, path, OPERATORS, 'item');
  const item = resolve(reader, raw['item'], under(path, 'item'), scope);
  if (operator === null) return NEVER;
  const at = under(path, operator);
  if (operator === 'answered') return answered(reader, raw, at, item);
  if (item === null) return NEVER;
  if (!(OPERATORS_OF.get(item.type) ?? []).includes(operator)) return refused(reader, at, 'operator_not_for_type');
  return comparison(reader, raw[operator], at, item, operator);
}

function answered(reader: Reader, raw: Raw, at: string, item: Item | null): Condition {
  const wanted = reader.flag(raw['answered'], at);
  if (item?.type === 'instruction') reader.fault(at, 'operator_not_for_type');
  return {kind: 'answered', item: String(raw['item']), wanted};
}

function comparison(reader: Reader, raw: unknown, at: string, item: Item, operator: string): Condition {
  if (operator === 'in') return named(item, operator, reader.severalOf(raw, at, item.allowed, 'not_a_value'));
  if (typeof raw !== 'string') return refused(reader, at, 'wrong_type');
  if (!ORDERED.includes(operator)) {
    if (!item.allowed.includes(raw)) reader.fault(at, 'not_a_value');
    return named(item, operator, [raw]);
  }
  if (item.type === 'number' || item.type === 'computed') {
    return named(item, operator, [raw], reader.decimal(raw, at));
  }
  const fits = item.type === 'time' ? isTime(raw) : civilDateFault(raw) === null;
  if (!fits) reader.fault(at, 'not_a_value');
  return named(item, operator, [raw]);
}

function named(item: Item, operator: string, values: readonly string[], number: Exact | null = null): Condition {
  return {kind: 'compare', item: item.id, operator, values, number};
}

function onlyOperator(
  reader: Reader,
  raw: Raw,
  path: string,
  allowed: readonly string[],
  form: string,
): string | null {
  reader.fields(raw, path, [form], allowed);
  const operators = allowed.filter((operator) => Object.hasOwn(raw, operator));
  const operator = operators[0];
  if (operator !== undefined && operators.length === 1) return operator;
  reader.fault(path, 'not_a_condition');
  return null;
}

/** The earlier item that an id names, or null when that is a fault, noted here or at the item itself. */
function resolve(reader: Reader, raw: unknown, path: string, scope: Scope): Item | null {
  if (typeof raw !== 'string') {
    reader.fault(path, 'wrong_type');
    return null;
  }
  const item = scope.earlier.get(raw);
  if (item !== undefined) return item;
  reader.fault(path, scope.written.has(raw) ? 'not_earlier' : 'unknown_item');
  return null;
}

/** `op` and `of` of a computed item. */
export function readComputation(reader: Reader, fields: Fields, path: string, scope: Scope): Computation {
  const op = reader.take(fields, 'op', path, (raw, at) => reader.oneOf(raw, at, [...COMPUTING.keys()]), '');
  const entries = fields.has('of') ? reader.entries(fields.get('of'), under(path, 'of'), MAX_OPERANDS) : [];
  const [least, most] = COMPUTING.get(op) ?? [0, MAX_OPERANDS];
  if (entries.length > 0 && (entries.length < least || entries.length > most)) {
    reader.fault(under(path, 'of'), 'wrong_count');
  }
  return {op, operands: entries.map(([entry, at]) => operand(reader, entry, at, scope, op))};
}

function operand(reader: Reader, raw: unknown, path: string, scope: Scope, op: string): string | Exact {
  if (isObject(raw)) {
    const fields = reader.fields(raw, path, ['value']) ?? NO_FIELDS;
    if (op === 'count') reader.fault(path, 'operator_not_for_type');
    return reader.take(fields, 'value', path, (value, at) => reader.decimal(value, at), {units: 0n, scale: 0});
  }
  const item = resolve(reader, raw, path, scope);
  if (item !== null && op && !computesWith(op, item.type)) reader.fault(path, 'operator_not_for_type');
  return String(raw);
}

function computesWith(op: string, type: string): boolean {
  return op === 'count' ? type !== 'instruction' : type === 'number' || type === 'computed';
}
