/** A checklist as plain, frozen-by-type values. Only `parse` makes them, so whoever holds one holds a valid one. */

import type {Exact} from './exact.ts';

/** Language code to text, at least one entry. */
export type Labels = Readonly<Record<string, string>>;

export const KINDS = ['preventive', 'corrective', 'adaptive', 'perfective'] as const;
export const SEVERITY_POINTS: Readonly<Record<string, number>> = {minor: 1, major: 3, critical: 10};
export const ITEM_TYPES = [
  'pass_fail',
  'yes_no',
  'number',
  'text',
  'choice',
  'choices',
  'date',
  'time',
  'photo',
  'scan',
  'computed',
  'instruction',
] as const;
export type ItemType = (typeof ITEM_TYPES)[number];
const FIXED_ANSWERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['pass_fail', ['pass', 'fail', 'na']],
  ['yes_no', ['yes', 'no']],
]);

export const MAX_SECTIONS = 50;
export const MAX_ITEMS = 500;
export const MAX_DEPTH = 8;
export const MAX_BYTES = 256 * 1024;
export const MAX_CHOICES = 100;
export const MAX_OPERANDS = 20;
export const MAX_DECIMALS = 9;
export const MAX_PHOTOS = 20;
export const MAX_TEXT = 4000;
export const MAX_SCAN = 200;
export const MAX_WHOLE_DIGITS = 15;

/** One condition of the closed language. A `compare` names an item that is asked and answered. */
export type Condition =
  | {
      readonly kind: 'compare';
      readonly item: string;
      readonly operator: string;
      readonly values: readonly string[];
      readonly number: Exact | null;
    }
  | {readonly kind: 'answered'; readonly item: string; readonly wanted: boolean}
  | {readonly kind: 'asset'; readonly field: string; readonly values: readonly string[]}
  | {readonly kind: 'all'; readonly parts: readonly Condition[]}
  | {readonly kind: 'any'; readonly parts: readonly Condition[]}
  | {readonly kind: 'not'; readonly part: Condition};
export type Compare = Extract<Condition, {kind: 'compare'}>;

/** Both ends belong to the range; a null end is open. */
export interface Range {
  readonly min: Exact | null;
  readonly max: Exact | null;
}

export interface Limits {
  readonly warn: Range | null;
  readonly fail: Range | null;
}

export interface Choice {
  readonly id: string;
  readonly label: Labels;
}

export interface Verdicts {
  readonly fail: readonly string[];
  readonly warn: readonly string[];
}

export interface OnFail {
  readonly require: readonly string[];
  readonly suggest: string | null;
  readonly next: Labels | null;
}

/** `operands` are ids of earlier items or fixed numbers; `op`: add, sub, mul, div, sum, count. */
export interface Computation {
  readonly op: string;
  readonly operands: readonly (string | Exact)[];
}

export interface Reference {
  readonly scheme: string;
  readonly id: string;
}

/** One line of a checklist. Fields that its type does not have keep their neutral values. */
export interface Item {
  readonly id: string;
  readonly type: ItemType;
  readonly label: Labels;
  readonly hint: Labels | null;
  readonly look: Labels | null;
  readonly command: string | null;
  readonly severity: string;
  readonly required: boolean | Condition;
  readonly when: Condition | null;
  readonly onFail: OnFail | null;
  readonly references: readonly Reference[];
  readonly unit: string | null;
  readonly decimals: number;
  readonly limits: Limits | null;
  readonly bounds: Range | null;
  readonly reading: boolean;
  readonly shortest: number;
  readonly longest: number;
  readonly choices: readonly Choice[];
  /** The closed list of ids that may be answered, in definition order; empty when the answer is free. */
  readonly allowed: readonly string[];
  readonly verdicts: Verdicts | null;
  readonly photoMin: number;
  readonly photoMax: number;
  readonly expects: string | null;
  readonly computation: Computation | null;
}

export interface Section {
  readonly id: string;
  readonly title: Labels;
  readonly note: Labels | null;
  readonly items: readonly Item[];
}

/** A valid checklist. `assetTypes` is null when the checklist is run once per visit. */
export interface Definition {
  readonly id: string;
  readonly title: Labels;
  readonly note: Labels | null;
  readonly kind: string;
  readonly assetTypes: readonly string[] | null;
  readonly references: readonly Reference[];
  readonly sections: readonly Section[];
  /** Every item of every section, in reading order. */
  readonly items: readonly Item[];
}

/** False for computed items and instructions, which hold no answer of their own. */
export function isAnswerable(type: ItemType): boolean {
  return type !== 'computed' && type !== 'instruction';
}

export function allowedAnswers(type: ItemType, choices: readonly Choice[]): readonly string[] {
  return FIXED_ANSWERS.get(type) ?? choices.map((choice) => choice.id);
}

/** The text in the asked language, else in English, else in the first language by code (rule C11). */
export function label(labels: Labels, language: string): string {
  for (const wanted of [language, 'en', ...Object.keys(labels).sort()]) {
    if (Object.hasOwn(labels, wanted)) return labels[wanted] ?? '';
  }
  return '';
}
