/** A run in words: the document that is signed for it, and what the client reads of it. Twin of backend/signoff/runs.py. */
import type {Asset, Run} from '../../app/rows.ts';
import {type Definition, evaluate, type Evaluation, type Item, label, parseDefinition} from '../../checklists/index.ts';
import {type Exact, written} from '../../checklists/exact.ts';
import {phrase, type Locale} from './phrases.ts';

/** One run as the tablet holds it. `photos`: digests of the client-visible ones by item; `counts`: all photos by item. */
export interface RunFacts {
  readonly run: Run & {readonly id: string};
  readonly definition: unknown;
  readonly asset: (Asset & {readonly id: string}) | null;
  readonly photos: Readonly<Record<string, readonly string[]>>;
  readonly counts: Readonly<Record<string, number>>;
  /** The reading before this visit, by item. */
  readonly last: Readonly<Record<string, {readonly value: string; readonly at: string}>>;
}

/** A run with its meaning. */
export interface ReadRun {
  readonly facts: RunFacts;
  readonly definition: Definition;
  readonly found: Evaluation;
}

/** The fields of an asset that a condition may ask for; the server asks for the same. */
const ASSET_FACTS = ['type', 'tag', 'serial', 'maker', 'model', 'name', 'place', 'stage'] as const;
const ASSET_SHOWN = ['id', 'tag', 'type', 'model', 'serial'] as const;

export function readRun(facts: RunFacts): ReadRun {
  const {run} = facts;
  const definition = parseDefinition(facts.definition);
  return {facts, definition, found: evaluate(definition, run.answers, run.remarks, facts.counts, run.waivers, assetFacts(facts.asset))};
}

function assetFacts(asset: Asset | null): Record<string, string> {
  return Object.fromEntries(ASSET_FACTS.flatMap((name) => (typeof asset?.[name] === 'string' ? [[name, asset[name]]] : [])));
}

/** The asked items that can be answered, in reading order. */
export function itemsOf({definition, found}: ReadRun): Item[] {
  const asked = new Set(found.asked);
  return definition.items.filter((item) => asked.has(item.id) && item.type !== 'instruction');
}

/** The content of a `run` document, without kind, id and salt. */
export function runDocument(read: ReadRun, locale: Locale): Record<string, unknown> {
  const {run, asset} = read.facts;
  const titles = new Map(read.definition.sections.flatMap((section) => section.items.map((item) => [item.id, label(section.title, locale)] as const)));
  return {
    run: run.id,
    checklist: run.checklist,
    title: label(read.definition.title, locale),
    asset: asset === null ? null : Object.fromEntries(ASSET_SHOWN.map((name) => [name, asset[name] ?? ''])),
    verdict: read.found.verdict,
    items: itemsOf(read).map((item) => itemContent(read, titles.get(item.id) ?? '', item, locale)),
  };
}

function itemContent(read: ReadRun, section: string, item: Item, locale: Locale): Record<string, unknown> {
  const {run, photos, last} = read.facts;
  return {
    item: item.id,
    section,
    label: label(item.label, locale),
    type: item.type,
    value: valueOf(read, item),
    shown: inWords(read, item, locale),
    unit: item.unit ?? '',
    limits: item.limits === null ? null : {warn: range(item.limits.warn), fail: range(item.limits.fail)},
    verdict: read.found.verdicts[item.id],
    remark: run.remarks[item.id] ?? '',
    severity: item.severity,
    photos: [...photos[item.id] ?? []],
    last: last[item.id] ?? null,
  };
}

/** The answer as stored, the computed value, or null. */
function valueOf(read: ReadRun, item: Item): unknown {
  if (item.type === 'computed') return read.found.values[item.id] ?? null;
  return read.found.answered.includes(item.id) ? read.facts.run.answers[item.id] ?? null : null;
}

/** An answer as a client reads it: words for choices, the declared decimals and the unit for numbers. */
export function inWords(read: ReadRun, item: Item, locale: Locale): string {
  if (item.type === 'photo') return phrase('answer.photos', locale, {count: String(read.facts.counts[item.id] ?? 0)});
  const value = valueOf(read, item);
  if (value === null) return phrase('answer.none', locale);
  if (item.type === 'pass_fail' || item.type === 'yes_no') return phrase(`answer.${String(value)}`, locale);
  if (item.type === 'choice' || item.type === 'choices') return choices(item, value, locale);
  return item.type === 'number' || item.type === 'computed' ? padded(String(value), item) : String(value);
}

/** `12.5` with two decimals and unit V is `12.50 V`. */
function padded(value: string, item: Item): string {
  const [whole = '', fraction = ''] = value.split('.');
  const digits = fraction.padEnd(item.decimals, '0');
  const number = digits === '' ? whole : `${whole}.${digits}`;
  return item.unit === null ? number : `${number} ${item.unit}`;
}

function choices(item: Item, value: unknown, locale: Locale): string {
  const chosen = Array.isArray(value) ? value : [value];
  return item.choices.filter(({id}) => chosen.includes(id)).map((choice) => label(choice.label, locale)).join(' / ');
}

function range(limits: {readonly min: Exact | null; readonly max: Exact | null} | null): object | null {
  if (limits === null) return null;
  return {min: limits.min === null ? null : written(limits.min), max: limits.max === null ? null : written(limits.max)};
}
