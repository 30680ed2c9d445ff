import type {PersonRow, Photo, Reading, Ticket} from '../../app/rows.ts';
import type {Row, View} from '../../app/view.ts';
import type {Item, Verdict} from '../../checklists/index.ts';
import {clockTime} from '../../i18n/format.ts';
import {t} from '../../i18n/i18n.ts';
import type {ReadRun} from './read_run.ts';

/** All that one item shows, as plain data: two that are equal as text look equal, and are not drawn again. */
export interface ItemFacts {
  readonly answer: unknown;
  readonly computed: string | null;
  readonly remark: string;
  readonly waiver: {readonly rule: string; readonly witness: string | null} | null;
  readonly verdict: Verdict | null;
  readonly missing: readonly string[];
  readonly photos: readonly Row<Photo>[];
  /** "Nurul, 09:14" when a colleague answered. */
  readonly author: string | null;
  /** The last values of the same asset, newest first. */
  readonly readings: readonly {readonly at: string; readonly value: string}[];
  /** Tickets that came of this item. */
  readonly tickets: readonly {readonly id: string; readonly number: string}[];
  /** The site's rule that stands in the way of a photo. */
  readonly forbidden: string | null;
  /** The asset's tag or serial, when the item asks to scan it. */
  readonly expected: string | null;
  /** A colleague answered otherwise and the office has not decided yet. */
  readonly disputed: boolean;
}

const SHOWN_READINGS = 3;
const NO_PHOTOS = ['no_photography', 'no_devices'];

/** The facts of the items of one run, looked up once for all of them. */
export function factsOf(view: View, read: ReadRun, person: string, rules: readonly string[]): (item: Item) => ItemFacts {
  const {run, found, asset, slug, photos} = read;
  const missing = new Map<string, string[]>();
  for (const {item, what} of found.missing) missing.set(item, [...missing.get(item) ?? [], what]);
  const readings = new Map(asset === null ? [] : view.all<Reading>('reading').filter((row) => row.asset === asset.id && row.checklist_slug === slug).map((row) => [row.item, row] as const));
  const tickets = view.all<Ticket>('ticket').filter(({came_from}) => came_from?.run === run.id);
  const forbidden = NO_PHOTOS.find((rule) => rules.includes(rule)) ?? null;
  const disputed = new Set(view.openConflicts(run.visit).filter(({entity}) => entity === run.id).map(({field}) => field.split('.')[1]));
  return (item) => ({
    disputed: disputed.has(item.id),
    answer: run.answers[item.id] ?? null,
    computed: found.values[item.id] ?? null,
    remark: run.remarks[item.id] ?? '',
    waiver: run.waivers[item.id] ?? null,
    verdict: found.verdicts[item.id] ?? null,
    missing: missing.get(item.id) ?? [],
    photos: photos.get(item.id) ?? [],
    author: authorOf(view, run.authors[item.id], person),
    readings: [...readings.get(item.id)?.values ?? []].reverse().filter(({visit}) => visit !== run.visit).slice(0, SHOWN_READINGS).map(({at, value}) => ({at, value})),
    tickets: tickets.filter(({came_from}) => came_from?.item === item.id).map(({id, number}) => ({id, number})),
    forbidden,
    expected: item.type === 'scan' && (item.expects === 'serial' || item.expects === 'tag') ? asset?.[item.expects] ?? null : null,
  });
}

function authorOf(view: View, author: {readonly by: string; readonly at: string} | undefined, person: string): string | null {
  if (author === undefined || author.by === person) return null;
  return t('checklist.author', {name: view.get<PersonRow>('person', author.by)?.name ?? t('checklist.somebody'), at: clockTime(Date.parse(author.at))});
}
