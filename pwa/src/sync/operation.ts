/** One operation: the string that a person's act became, read strictly (rules S2, S6, S8). */
import {isUuid7} from './ids.ts';
import {LIMITS} from './protocol.ts';
import {NotStrict, read, type Json} from './strict_json.ts';
import {length} from './utf8.ts';

/**
 * What somebody did, and what they had seen. `base`: the feed's head that was applied whole when the screen was
 * drawn, 0 before the first pull. `at`: the device's clock (RFC 3339, UTC, milliseconds). `mono`: its monotonic
 * milliseconds. `off`: the last measured offset of its clock in milliseconds, null before any measurement.
 */
export interface Operation {
  readonly id: string;
  readonly type: string;
  readonly v: number;
  readonly entity: readonly [string, string];
  readonly base: number;
  readonly args: Readonly<Record<string, Json>>;
  readonly at: string;
  readonly mono: number;
  readonly off: number | null;
}

/** Why a string is no operation: `field` is the wrong key, if it is one. */
export interface Invalid {
  readonly code: 'invalid' | 'too_large';
  readonly field: string | null;
}

type Parsed = {operation: Operation} | {invalid: Invalid};

const KEYS = ['id', 'type', 'v', 'entity', 'base', 'args', 'at', 'mono', 'off'] as const;
const TYPE = /^[a-z][a-z_]{0,31}(\.[a-z][a-z_]{0,31})?$/;
const KIND = /^[a-z][a-z_]{0,31}$/;
const INSTANT = /^(\d{4})-(\d{2})-(\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

const FITS: Record<(typeof KEYS)[number], (value: unknown) => boolean> = {
  id: isUuid7,
  type: (value) => typeof value === 'string' && TYPE.test(value),
  v: (value) => isWhole(value, 1),
  entity: isEntity,
  base: (value) => isWhole(value, 0),
  args: isObject,
  at: isInstant,
  mono: (value) => isWhole(value, 0),
  off: (value) => value === null || isWhole(value, -Number.MAX_SAFE_INTEGER),
};

/** Read an operation string. Never throws: whatever the string is, it has an outcome. */
export function parseOperation(text: string): Parsed {
  if (length(text) > LIMITS.operation_bytes) return invalid('too_large');
  const value = readObject(text);
  if (value === null) return invalid('invalid');
  const wrong = wrongKey(value) ?? KEYS.find((key) => !FITS[key](value[key]));
  return wrong === undefined ? {operation: value as unknown as Operation} : invalid('invalid', wrong);
}

/** The string of an operation, made once when the person acts. Throws when it would be refused: never queue it. */
export function writeOperation(operation: Operation): string {
  const ordered = Object.fromEntries(KEYS.map((key) => [key, operation[key]]));
  const text = JSON.stringify(ordered);
  const parsed = parseOperation(text);
  if ('invalid' in parsed) throw new RangeError(`${parsed.invalid.code} ${parsed.invalid.field ?? ''}`);
  return text;
}

/** Whether it is a moment that exists, as `2026-11-23T09:14:05.120Z`: UTC, no leap second. */
export function isInstant(text: unknown): boolean {
  const found = typeof text === 'string' ? INSTANT.exec(text) : null;
  if (found === null) return false;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

function daysIn(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
}

function invalid(code: Invalid['code'], field: string | null = null): Parsed {
  return {invalid: {code, field}};
}

function readObject(text: string): Record<string, Json> | null {
  try {
    const value = read(text);
    return isObject(value) ? value : null;
  } catch (wrong) {
    if (wrong instanceof NotStrict) return null;
    throw wrong;
  }
}

/** The first key that is missing, else the first that nobody knows. */
function wrongKey(value: Record<string, Json>): string | undefined {
  const known = KEYS as readonly string[];
  return KEYS.find((key) => !Object.hasOwn(value, key)) ?? Object.keys(value).find((key) => !known.includes(key));
}

function isObject(value: unknown): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWhole(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

function isEntity(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [kind, id] = value as unknown[];
  return typeof kind === 'string' && KIND.test(kind) && isUuid7(id);
}
