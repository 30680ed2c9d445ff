/** The one canonical form of each answer (rule C3). */

import {MAX_WHOLE_DIGITS} from './definition.ts';
import type {Item} from './definition.ts';
import * as exact from './exact.ts';
import type {Exact} from './exact.ts';
import {InvalidAnswer} from './faults.ts';
import * as wording from './wording.ts';

export type Answer = string | readonly string[];

const TYPED_DECIMAL = /^-?[0-9]+(\.[0-9]+)?$/;
const DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const TIME = /^([01][0-9]|2[0-3]):[0-5][0-9]$/;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The canonical form of what was given. Throws InvalidAnswer. */
export function canonicalAnswer(item: Item, raw: unknown): Answer {
  switch (item.type) {
    case 'pass_fail':
    case 'yes_no':
    case 'choice':
      return choice(item, raw);
    case 'choices':
      return choices(item, raw);
    case 'number':
      return decimal(item, raw);
    case 'text':
      return written(item, raw, true);
    case 'scan':
      return written(item, raw, false);
    case 'date':
      return date(raw);
    case 'time':
      return time(raw);
    case 'photo':
    case 'computed':
    case 'instruction':
      throw new InvalidAnswer('takes_no_answer');
  }
}

/** The answer itself when it fits the item and is already in its canonical form, else null. */
export function fitting(item: Item, answer: unknown): Answer | null {
  try {
    const canonical = canonicalAnswer(item, answer);
    return isSame(canonical, answer) ? canonical : null;
  } catch (error) {
    if (error instanceof InvalidAnswer) return null;
    throw error;
  }
}

export function isCanonical(item: Item, answer: unknown): boolean {
  return fitting(item, answer) !== null;
}

/** Why a text is no civil date of the Gregorian calendar, years 0001 to 9999; null when it is one. */
export function civilDateFault(text: string): 'not_a_date' | 'no_such_date' | null {
  const parts = DATE.exec(text);
  if (parts === null) return 'not_a_date';
  const [year = 0, month = 0, day = 0] = parts.slice(1).map(Number);
  const exists = year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
  return exists ? null : 'no_such_date';
}

/** True for HH:MM from 00:00 to 23:59. */
export function isTime(text: string): boolean {
  return TIME.test(text);
}

function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : (MONTH_DAYS[month - 1] ?? 0);
}

function isSame(canonical: Answer, answer: unknown): boolean {
  if (typeof canonical === 'string') return canonical === answer;
  return (
    Array.isArray(answer) &&
    answer.length === canonical.length &&
    canonical.every((entry, index) => entry === answer[index])
  );
}

function string(raw: unknown): string {
  if (typeof raw !== 'string') throw new InvalidAnswer('wrong_type');
  if (!wording.isWellFormed(raw)) throw new InvalidAnswer('malformed_text');
  return raw;
}

/** A short answer without the white space around it. */
function typed(raw: unknown): string {
  const text = wording.trim(string(raw));
  if (text === '') throw new InvalidAnswer('empty');
  return text;
}

function decimal(item: Item, raw: unknown): string {
  const text = typed(raw);
  if (text.length > 100 || !TYPED_DECIMAL.test(text)) throw new InvalidAnswer('not_a_decimal');
  const canonical = exact.written(exact.read(text));
  const [whole = '', fraction = ''] = canonical.replace(/^-/, '').split('.');
  if (fraction.length > item.decimals) throw new InvalidAnswer('too_many_decimals');
  if (whole.length > MAX_WHOLE_DIGITS) throw new InvalidAnswer('too_large');
  checkBounds(item, exact.read(canonical));
  return canonical;
}

function checkBounds(item: Item, number: Exact): void {
  const {min = null, max = null} = item.bounds ?? {};
  if (min !== null && exact.compare(number, min) < 0) throw new InvalidAnswer('below_minimum');
  if (max !== null && exact.compare(number, max) > 0) throw new InvalidAnswer('above_maximum');
}

function written(item: Item, raw: unknown, lines: boolean): string {
  const text = wording.tidy(string(raw));
  if (text === '') throw new InvalidAnswer('empty');
  if (wording.hasControl(text, lines)) throw new InvalidAnswer('control_character');
  const length = wording.lengthOf(text);
  if (length < item.shortest) throw new InvalidAnswer('too_short');
  if (length > item.longest) throw new InvalidAnswer('too_long');
  return text;
}

function choice(item: Item, raw: unknown): string {
  const answer = string(raw);
  if (!item.allowed.includes(answer)) throw new InvalidAnswer('not_a_choice');
  return answer;
}

function choices(item: Item, raw: unknown): string[] {
  if (!Array.isArray(raw) || !raw.every((entry) => typeof entry === 'string')) {
    throw new InvalidAnswer('wrong_type');
  }
  if (raw.length === 0) throw new InvalidAnswer('empty');
  if (!raw.every((entry) => item.allowed.includes(entry))) throw new InvalidAnswer('not_a_choice');
  return item.allowed.filter((allowed) => raw.includes(allowed));
}

function date(raw: unknown): string {
  const text = typed(raw);
  const reason = civilDateFault(text);
  if (reason !== null) throw new InvalidAnswer(reason);
  return text;
}

function time(raw: unknown): string {
  const text = typed(raw);
  if (!isTime(text)) throw new InvalidAnswer('not_a_time');
  return text;
}
