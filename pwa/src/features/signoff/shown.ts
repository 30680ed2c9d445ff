/** What the client reads before signing, and nothing else is signed for. Twin of backend/signoff/shown.py. */
import type {Photo, Site, Ticket, TimeEntry, Visit} from '../../app/rows.ts';
import {label} from '../../checklists/index.ts';
import {listed, localMinute, phrase, type Locale} from './phrases.ts';
import {inWords, itemsOf, type ReadRun} from './runs.ts';

export interface Line {
  readonly role: 'h' | 'p' | 'li' | 'note';
  readonly text: string;
}

type WithId<Fields> = Fields & {readonly id: string};

/** All that a sign-off speaks of. Lists are in the order in which they are shown. */
export interface Facts {
  readonly visit: WithId<Pick<Visit, 'number' | 'client_name' | 'engineers' | 'marks'>>;
  readonly site: WithId<Pick<Site, 'name' | 'address'>>;
  readonly legal_entity: {readonly name: string; readonly registration: string | null; readonly address: string | null};
  /** Person ids to names. */
  readonly people: Readonly<Record<string, string>>;
  readonly runs: readonly ReadRun[];
  /** Worked on here. */
  readonly tickets: readonly WithId<Ticket>[];
  /** Raised here. */
  readonly followups: readonly WithId<Ticket>[];
  readonly times: readonly WithId<TimeEntry>[];
  /** Those that the client may see. */
  readonly photos: readonly WithId<Photo>[];
  /** The engineer's own words. */
  readonly open_items: readonly string[];
}

export const SIGNED = ['accepted', 'accepted_with_open_items', 'attendance_only', 'goods_received'];
const ARRIVALS = ['at_desk', 'working', 'finished'];

/** The page, line by line. */
export function shownLines(facts: Facts, outcome: string, notice: string, locale: Locale): Line[] {
  return [
    ...head(facts, locale),
    ...section('checked', checked(facts.runs, locale), locale),
    ...section('done', done(facts, locale), locale),
    ...section('open', open(facts, locale), locale),
    ...section('time', times(facts.times, locale), locale),
    {role: 'h', text: phrase('meaning', locale)},
    {role: 'p', text: phrase(`meaning.${outcome}`, locale)},
    ...(SIGNED.includes(outcome) ? [{role: 'note' as const, text: phrase('electronic', locale)}] : []),
    {role: 'note', text: phrase('privacy', locale, {notice})},
  ];
}

function section(key: string, lines: readonly string[], locale: Locale): Line[] {
  if (lines.length === 0) return [];
  return [{role: 'h', text: phrase(key, locale)}, ...lines.map((text): Line => ({role: 'li', text}))];
}

function head({visit, site, people}: Facts, locale: Locale): Line[] {
  const arrivals = visit.marks.filter(({mark}) => ARRIVALS.includes(mark));
  return [
    {role: 'h', text: phrase('title', locale, {number: visit.number})},
    {role: 'p', text: place({visit, site}, locale)},
    {role: 'p', text: phrase('who', locale, {engineers: listed(visit.engineers.map((person) => people[person] ?? ''), locale)})},
    ...arrivals.map(({mark, at}): Line => ({role: 'li', text: phrase(`mark.${mark}`, locale, {at: localMinute(at)})})),
  ];
}

function place({visit, site}: Pick<Facts, 'visit' | 'site'>, locale: Locale): string {
  const words = {client: visit.client_name ?? '', site: site.name};
  return site.address ? phrase('place', locale, {...words, address: site.address}) : phrase('place_only', locale, words);
}

function checked(runs: readonly ReadRun[], locale: Locale): string[] {
  return runs.flatMap((read) => [summary(read, locale), ...findings(read, locale), ...waived(read, locale)]);
}

function summary({definition, found, facts}: ReadRun, locale: Locale): string {
  const words = {title: label(definition.title, locale), verdict: phrase(`verdict.${found.verdict}`, locale), count: String(found.answered.length)};
  return facts.asset === null ? phrase('run', locale, words) : phrase('run_on', locale, {...words, asset: facts.asset.tag || facts.asset.name});
}

function findings(read: ReadRun, locale: Locale): string[] {
  return itemsOf(read).filter(({id}) => read.found.verdicts[id] === 'fail').map((item) => {
    const words = {label: label(item.label, locale), value: inWords(read, item, locale)};
    const remark = read.facts.run.remarks[item.id];
    return remark ? phrase('finding_remark', locale, {...words, remark}) : phrase('finding', locale, words);
  });
}

function waived(read: ReadRun, locale: Locale): string[] {
  return itemsOf(read).flatMap((item) => {
    const waiver = read.facts.run.waivers[item.id];
    return waiver === undefined ? [] : [phrase('waived', locale, {label: label(item.label, locale), witness: waiver.witness ?? ''})];
  });
}

function done(facts: Facts, locale: Locale): string[] {
  const lines = facts.tickets.filter(isDone).map(({number, title, action}) => phrase('ticket', locale, {number, title, action: action ?? ''}));
  return lines.length > 0 ? lines : [phrase('nothing_done', locale)];
}

export function isDone({state}: Pick<Ticket, 'state'>): boolean {
  return state === 'resolved' || state === 'closed';
}

function open(facts: Facts, locale: Locale): string[] {
  const unsolved = [...facts.tickets, ...facts.followups].filter((ticket) => !isDone(ticket));
  const lines = unsolved.map(({number, title}) => phrase('still_open', locale, {number, title}));
  return lines.length + facts.open_items.length > 0 ? [...lines, ...facts.open_items] : [phrase('nothing_open', locale)];
}

function times(entries: readonly TimeEntry[], locale: Locale): string[] {
  return entries.map(({kind, minutes}) => phrase('minutes', locale, {kind: phrase(`kind.${kind}`, locale), minutes: String(minutes)}));
}
