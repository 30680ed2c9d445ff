/** Reads the items of a definition: which keys a type has, and what they may hold (rule C1). */

import {readComputation, readCondition} from './conditions.ts';
import type {Scope} from './conditions.ts';
import * as limit from './definition.ts';
import {ITEM_TYPES, SEVERITY_POINTS, allowedAnswers} from './definition.ts';
import type {Choice, Condition, Item, ItemType, Limits, OnFail, Range, Verdicts} from './definition.ts';
import * as exact from './exact.ts';
import {NO_FIELDS, isObject, under} from './reader.ts';
import type {Fields, Reader} from './reader.ts';

type Span = readonly [number, number];

const EVERY = ['hint', 'look', 'command', 'when', 'references'];
const ASKED = [...EVERY, 'severity', 'required'];
const NUMERIC = ['unit', 'decimals', 'limits', 'reading', 'on_fail'];
const OPTIONAL: Readonly<Record<ItemType, readonly string[]>> = {
  pass_fail: [...ASKED, 'on_fail'],
  yes_no: [...ASKED, 'verdicts', 'on_fail'],
  number: [...ASKED, ...NUMERIC, 'bounds'],
  text: [...ASKED, 'length'],
  choice: [...ASKED, 'verdicts', 'on_fail'],
  choices: [...ASKED, 'verdicts', 'on_fail'],
  date: ASKED,
  time: ASKED,
  photo: [...ASKED, 'min', 'max'],
  scan: [...ASKED, 'expects'],
  computed: [...EVERY, ...NUMERIC, 'severity'],
  instruction: EVERY,
};
const REQUIRED: Readonly<Partial<Record<ItemType, readonly string[]>>> = {
  choice: ['choices'],
  choices: ['choices'],
  computed: ['op', 'of'],
};

/** One item, or null when not even its type is known. It is entered into the scope for those after it. */
export function readItem(reader: Reader, raw: unknown, path: string, scope: Scope): Item | null {
  if (!isObject(raw)) {
    reader.fault(path, 'wrong_type');
    return null;
  }
  const before = reader.faults.length;
  const type = itemType(reader, raw, path);
  if (type === null) {
    enter(scope, raw['id'], null);
    return null;
  }
  const required = ['id', 'type', 'label', ...(REQUIRED[type] ?? [])];
  const fields = reader.fields(raw, path, required, OPTIONAL[type]) ?? NO_FIELDS;
  const id = reader.take(fields, 'id', path, (value, at) => reader.id(value, at), '');
  if (scope.earlier.has(id)) reader.fault(under(path, 'id'), 'duplicate_id');
  const item = readFields(reader, fields, path, scope, id, type);
  enter(scope, id, reader.faults.length === before ? item : null);
  return item;
}

function itemType(reader: Reader, raw: Readonly<Record<string, unknown>>, path: string): ItemType | null {
  const at = under(path, 'type');
  if (!Object.hasOwn(raw, 'type')) {
    reader.fault(at, 'missing_key');
    return null;
  }
  const read = reader.oneOf(raw['type'], at, ITEM_TYPES);
  return ITEM_TYPES.find((type) => type === read) ?? null;
}

function enter(scope: Scope, id: unknown, item: Item | null): void {
  if (typeof id === 'string' && !scope.earlier.has(id)) scope.earlier.set(id, item);
}

function readFields(
  reader: Reader,
  fields: Fields,
  path: string,
  scope: Scope,
  id: string,
  type: ItemType,
): Item {
  const take = <T, Absent>(key: string, read: (raw: unknown, at: string) => T, absent: Absent): T | Absent =>
    reader.take(fields, key, path, read, absent);
  const condition = (raw: unknown, at: string): Condition => readCondition(reader, raw, at, scope);
  const required = (raw: unknown, at: string): boolean | Condition =>
    isObject(raw) ? condition(raw, at) : reader.flag(raw, at);
  const none: readonly Choice[] = [];
  const choices = take('choices', (raw, at) => readChoices(reader, raw, at), none);
  const allowed = allowedAnswers(type, choices);
  const free: Span = [1, type === 'scan' ? limit.MAX_SCAN : limit.MAX_TEXT];
  const [shortest, longest] = take('length', (raw, at) => readSpan(reader, raw, at, [1, limit.MAX_TEXT]), free);
  const [photoMin, photoMax] = readEnds(reader, fields, path, [1, limit.MAX_PHOTOS], [1, 10]);
  if (fields.has('on_fail') && !canFail(fields, type)) reader.fault(under(path, 'on_fail'), 'never_fails');
  return {
    id,
    type,
    label: take('label', (raw, at) => reader.labels(raw, at), {}),
    hint: take('hint', (raw, at) => reader.note(raw, at), null),
    look: take('look', (raw, at) => reader.note(raw, at), null),
    command: take('command', (raw, at) => reader.text(raw, at), null),
    severity: take('severity', (raw, at) => reader.oneOf(raw, at, Object.keys(SEVERITY_POINTS)), 'minor'),
    required: take('required', required, false),
    when: take('when', condition, null),
    onFail: take('on_fail', (raw, at) => readOnFail(reader, raw, at), null),
    references: take('references', (raw, at) => reader.references(raw, at), []),
    unit: take('unit', (raw, at) => reader.text(raw, at, 20), null),
    decimals: take('decimals', (raw, at) => reader.whole(raw, at, 0, limit.MAX_DECIMALS), 0),
    limits: take('limits', (raw, at) => readLimits(reader, raw, at), null),
    bounds: take('bounds', (raw, at) => reader.range(raw, at), null),
    reading: take('reading', (raw, at) => reader.flag(raw, at), false),
    shortest,
    longest,
    choices,
    allowed,
    verdicts: take('verdicts', (raw, at) => readVerdicts(reader, raw, at, allowed), null),
    photoMin,
    photoMax,
    expects: take('expects', (raw, at) => reader.oneOf(raw, at, ['tag', 'serial']), null),
    computation: type === 'computed' ? readComputation(reader, fields, path, scope) : null,
  };
}

function readChoices(reader: Reader, raw: unknown, path: string): Choice[] {
  const seen = new Set<string>();
  return reader.entries(raw, path, limit.MAX_CHOICES).map(([entry, at]) => {
    const fields = reader.fields(entry, at, ['id', 'label']) ?? NO_FIELDS;
    const id = reader.take(fields, 'id', at, (value, where) => reader.choiceId(value, where), '');
    if (id && seen.has(id)) reader.fault(under(at, 'id'), 'duplicate_id');
    seen.add(id);
    return {id, label: reader.take(fields, 'label', at, (value, where) => reader.labels(value, where), {})};
  });
}

function readLimits(reader: Reader, raw: unknown, path: string): Limits | null {
  const fields = someFields(reader, raw, path, ['warn', 'fail']);
  if (fields === null) return null;
  const range = (value: unknown, at: string): Range | null => reader.range(value, at);
  const warn = reader.take(fields, 'warn', path, range, null);
  const fail = reader.take(fields, 'fail', path, range, null);
  if (warn !== null && fail !== null && !isInside(warn, fail)) reader.fault(under(path, 'warn'), 'disordered');
  return {warn, fail};
}

/** A warning that lies beyond the failure could never be given. */
function isInside(warn: Range, fail: Range): boolean {
  const low = warn.min === null || fail.min === null || exact.compare(warn.min, fail.min) >= 0;
  return low && (warn.max === null || fail.max === null || exact.compare(warn.max, fail.max) <= 0);
}

function readVerdicts(reader: Reader, raw: unknown, path: string, allowed: readonly string[]): Verdicts | null {
  const fields = someFields(reader, raw, path, ['fail', 'warn']);
  if (fields === null) return null;
  const named = (value: unknown, at: string): string[] => reader.severalOf(value, at, allowed, 'not_a_value');
  const none: readonly string[] = [];
  const fail = reader.take(fields, 'fail', path, named, none);
  const warn = reader.take(fields, 'warn', path, named, none);
  if (fail.some((entry) => warn.includes(entry))) reader.fault(path, 'duplicate');
  return {fail, warn};
}

function readOnFail(reader: Reader, raw: unknown, path: string): OnFail | null {
  const fields = someFields(reader, raw, path, ['require', 'suggest', 'next']);
  if (fields === null) return null;
  const demands = (value: unknown, at: string): string[] =>
    reader.severalOf(value, at, ['remark', 'photo'], 'not_one_of');
  return {
    require: reader.take(fields, 'require', path, demands, []),
    suggest: reader.take(fields, 'suggest', path, (value, at) => reader.oneOf(value, at, ['ticket']), null),
    next: reader.take(fields, 'next', path, (value, at) => reader.note(value, at), null),
  };
}

/** {min, max} in whole numbers inside `outer`. */
function readSpan(reader: Reader, raw: unknown, path: string, outer: Span): Span {
  const fields = someFields(reader, raw, path, ['min', 'max']);
  return fields === null ? outer : readEnds(reader, fields, path, outer, outer);
}

function readEnds(reader: Reader, fields: Fields, path: string, outer: Span, absent: Span): Span {
  const whole = (raw: unknown, at: string): number => reader.whole(raw, at, ...outer);
  const low = reader.take(fields, 'min', path, whole, absent[0]);
  const high = reader.take(fields, 'max', path, whole, Math.max(absent[1], low));
  if (low > high) reader.fault(path, 'disordered');
  return [low, high];
}

/** An object of which every key is optional, but one must be there. */
function someFields(reader: Reader, raw: unknown, path: string, optional: readonly string[]): Fields | null {
  const fields = reader.fields(raw, path, [], optional);
  if (fields?.size === 0) reader.fault(path, 'empty');
  return fields;
}

/** Whether any answer can fail, by what is written, so that a faulty limit is one fault and not two. */
function canFail(fields: Fields, type: ItemType): boolean {
  if (type === 'pass_fail') return true;
  const key = type === 'number' || type === 'computed' ? 'limits' : 'verdicts';
  if (!fields.has(key)) return false;
  const declared = fields.get(key);
  return !isObject(declared) || Object.keys(declared).length === 0 || Object.hasOwn(declared, 'fail');
}
