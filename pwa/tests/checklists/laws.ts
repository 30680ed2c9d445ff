/** How each law of checklists/vectors is run in TypeScript. Runs under vitest and under plain Node. */

import {
  InvalidAnswer,
  InvalidDefinition,
  canonicalAnswer,
  canonicalBytes,
  evaluate,
  label,
  migrate,
  parseDefinition,
} from '../../src/checklists/index.ts';
import type {Definition, Evaluation, Item} from '../../src/checklists/index.ts';
import {createHash} from 'node:crypto';

export type Json = null | boolean | number | string | Json[] | {[key: string]: Json};
export type JsonObject = {[key: string]: Json};

/** A case of a vector file. `base` is the file's own starting definition, when it has one. */
export interface Case extends JsonObject {
  id: string;
  rule: string;
  side: string;
  expect: Json;
}

/** What a law makes of a case, to be equal to the case's `expect`. */
export type Law = (example: Case, base: Json) => Json;

export const LAWS: Readonly<Record<string, Law>> = {
  answer: (example) => outcomeOfAnswer(onlyItem(example['item']), example['raw']),
  digest: (example) => sha256(example['definition']),
  evaluate: (example) => pick(evaluationOf(example), example.expect),
  label: (example) => label(example['labels'] as Record<string, string>, String(example['language'])),
  migrate: (example) => plain(migrate(wrapped(example['old']), wrapped(example['new']))),
  parse: (example, base) => faultsOf(changed(base, example['change'])),
};

export function evaluationOf(example: JsonObject): Evaluation {
  const run = example as Record<string, Record<string, never> | undefined>;
  return evaluate(
    wrapped(example['items']),
    run['answers'] ?? {},
    run['remarks'] ?? {},
    run['photos'] ?? {},
    run['waivers'] ?? {},
    run['asset'] ?? {},
  );
}

/** The canonical answer, or the reason why there is none. */
export function outcomeOfAnswer(item: Item, raw: unknown): Json {
  try {
    return {answer: plain(canonicalAnswer(item, raw))};
  } catch (error) {
    if (error instanceof InvalidAnswer) return {refused: error.reason};
    throw error;
  }
}

export function faultsOf(definition: unknown): Json {
  try {
    parseDefinition(definition);
    return [];
  } catch (error) {
    if (error instanceof InvalidDefinition) return error.faults.map((fault) => [fault.path, fault.reason]);
    throw error;
  }
}

export function sha256(definition: unknown): string {
  return createHash('sha256').update(canonicalBytes(definition)).digest('hex');
}

function wrapped(items: unknown): Definition {
  return parseDefinition({
    format: 1,
    id: 'vector',
    title: {en: 'Vector'},
    kind: 'preventive',
    sections: [{id: 'only', title: {en: 'Only'}, items}],
  });
}

function onlyItem(item: unknown): Item {
  const [only] = wrapped([item]).items;
  if (only === undefined) throw new Error('the case has no item');
  return only;
}

/** The parts of an evaluation that a case speaks of. */
function pick(evaluation: Evaluation, expect: Json): Json {
  const all = plain(evaluation) as JsonObject;
  return Object.fromEntries(Object.keys(expect as JsonObject).map((key) => [key, all[key] ?? null]));
}

/** The base with each change made: `set` a value at a place, `remove` it, or fill a list with `copies` of its first. */
function changed(base: Json, changes: Json | undefined): Json {
  const root: JsonObject = {definition: plain(base)};
  for (const change of (changes ?? []) as JsonObject[]) {
    const place = ['definition', ...(change['at'] as string[])];
    const key = place.pop() ?? '';
    const holder = place.reduce<JsonObject>((found, step) => found[step] as JsonObject, root);
    if (change['remove'] === true) delete holder[key];
    else if (typeof change['copies'] === 'number') holder[key] = copies(holder[key] as Json[], change['copies']);
    else holder[key] = change['set'] ?? null;
  }
  return root['definition'] ?? null;
}

function copies(list: Json[], times: number): Json[] {
  const first = list[0] as JsonObject;
  return Array.from({length: times}, (_, index) => ({...first, id: `${String(first['id'])}_${index}`}));
}

function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
