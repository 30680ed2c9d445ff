import type {Asset, Checklist, Photo, Run} from '../../app/rows.ts';
import type {Row, View} from '../../app/view.ts';
import {type AssetFacts, type Definition, evaluate, type Evaluation, InvalidDefinition, type Item, parseDefinition} from '../../checklists/index.ts';
import {byPlace} from '../photos/shared.ts';

/** A run with all that follows from it. */
export interface ReadRun {
  readonly run: Row<Run>;
  readonly definition: Definition;
  readonly slug: string;
  readonly found: Evaluation;
  readonly asset: Row<Asset> | null;
  /** Photos that were not removed, by item. */
  readonly photos: ReadonlyMap<string, readonly Row<Photo>[]>;
}

/** Asked and answered, of those that must be or were answered. */
export interface Progress {
  readonly done: number;
  readonly of: number;
}

/** The fields of an asset that a condition may ask for; the server asks for the same. */
const ASSET_FACTS = ['type', 'tag', 'serial', 'maker', 'model', 'name', 'place', 'stage'] as const;

const parsed = new Map<string, Definition | null>();

/** null when the checklist is not on this tablet, or from a newer app that this one cannot read. */
export function readRun(view: View, run: Row<Run>): ReadRun | null {
  const checklist = view.all<Checklist>('checklist').find(({digest}) => digest === run.checklist);
  const definition = checklist === undefined ? null : definitionOf(checklist);
  if (checklist === undefined || definition === null) return null;
  const asset = view.get<Asset>('asset', run.asset ?? '');
  const places = byPlace(view.ofVisit<Photo>('photo', run.visit));
  const photos = new Map(definition.items.map(({id}) => [id, places.get(`${run.id}/${id}`) ?? []]));
  const counts = Object.fromEntries([...photos].map(([id, taken]) => [id, taken.length]));
  return {run, definition, slug: checklist.slug, asset, photos, found: evaluate(definition, run.answers, run.remarks, counts, run.waivers, factsOf(asset))};
}

/** Read once; a definition never changes under its digest. */
export function definitionOf({digest, definition}: Pick<Checklist, 'digest' | 'definition'>): Definition | null {
  if (!parsed.has(digest)) parsed.set(digest, read(definition));
  return parsed.get(digest) ?? null;
}

function read(raw: unknown): Definition | null {
  try {
    return parseDefinition(raw);
  } catch (fault) {
    if (fault instanceof InvalidDefinition) return null;
    throw fault;
  }
}

function factsOf(asset: Asset | null): AssetFacts {
  const known = ASSET_FACTS.flatMap((name) => (typeof asset?.[name] === 'string' ? [[name, asset[name]] as const] : []));
  return Object.fromEntries(known);
}

/** Whether an item waits for something: an answer that is due, a remark, a photo. */
export function openItems({found}: ReadRun): ReadonlySet<string> {
  return new Set(found.missing.map(({item}) => item));
}

/** Counts the items that take an answer, are asked, and are answered or due. */
export function progressOf({definition, found}: ReadRun, items: readonly Item[] = definition.items): Progress {
  const asked = new Set(found.asked);
  const answered = new Set(found.answered);
  const due = new Set([...found.required, ...found.missing.map(({item}) => item), ...answered]);
  const counted = items.filter(({id, type}) => asked.has(id) && due.has(id) && type !== 'instruction' && type !== 'computed');
  const lacking = new Set(found.missing.map(({item}) => item));
  return {done: counted.filter(({id}) => !lacking.has(id)).length, of: counted.length};
}

/** The next asked item that lacks something, after `from` and around the end; null when nothing is missing. */
export function nextOpen(read: ReadRun, from: string | null): string | null {
  const open = openItems(read);
  const asked = read.found.asked;
  const start = from === null ? 0 : asked.indexOf(from) + 1;
  return [...asked.slice(start), ...asked.slice(0, start)].find((item) => open.has(item)) ?? null;
}
