import type {AnswerReason, Item} from '../../checklists/index.ts';
import {key, t, type WordKey} from '../../i18n/i18n.ts';

export const FAULT_WORDS: Record<AnswerReason, WordKey> = {
  wrong_type: key('checklist.fault.form'), takes_no_answer: key('checklist.fault.form'), empty: key('checklist.fault.empty'),
  malformed_text: key('checklist.fault.signs'), control_character: key('checklist.fault.signs'), too_short: key('checklist.fault.short'),
  too_long: key('checklist.fault.long'), not_a_decimal: key('checklist.fault.number'), too_many_decimals: key('checklist.fault.decimals'),
  too_large: key('checklist.fault.large'), below_minimum: key('checklist.fault.below'), above_maximum: key('checklist.fault.above'),
  not_a_date: key('checklist.fault.date'), no_such_date: key('checklist.fault.noDate'), not_a_time: key('checklist.fault.time'), not_a_choice: key('checklist.fault.choice'),
};

export const MISSING_WORDS: Readonly<Record<string, WordKey>> = {
  answer: key('checklist.missing.answer'), remark: key('checklist.missing.remark'), photo: key('checklist.missing.photo'),
};

interface Ends {
  readonly min: {readonly units: bigint; readonly scale: number} | null;
  readonly max: {readonly units: bigint; readonly scale: number} | null;
}

/** "Good 18–27 °C · fails outside 10–32 °C", null without limits. */
export function limitWords(item: Item): string | null {
  const {warn = null, fail = null} = item.limits ?? {};
  const parts = [
    warn === null ? null : t('checklist.limit.good', {range: rangeWords(warn, item.unit)}),
    fail === null ? null : failWords(fail, item.unit),
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(' · ');
}

function failWords({min, max}: Ends, unit: string | null): string {
  const beyond = (end: NonNullable<Ends['min']>) => (unit === null ? written(end) : `${written(end)} ${unit}`);
  if (min === null && max !== null) return t('checklist.limit.above', {value: beyond(max)});
  if (max === null && min !== null) return t('checklist.limit.below', {value: beyond(min)});
  return t('checklist.limit.fail', {range: rangeWords({min, max}, unit)});
}

function rangeWords({min, max}: Ends, unit: string | null): string {
  const [low, high] = [min === null ? null : written(min), max === null ? null : written(max)];
  const range = low !== null && high !== null ? `${low}–${high}` : high !== null ? `≤ ${high}` : `≥ ${low ?? ''}`;
  return unit === null ? range : `${range} ${unit}`;
}

function written({units, scale}: {readonly units: bigint; readonly scale: number}): string {
  const sign = units < 0n ? '-' : '';
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** "12.5" with two decimals is shown as "12.50", so that columns of readings line up. */
export function padded(value: string, decimals: number): string {
  if (decimals === 0) return value;
  const [whole = '', fraction = ''] = value.split('.');
  return `${whole}.${fraction.padEnd(decimals, '0')}`;
}
