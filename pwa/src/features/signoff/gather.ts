import type {Asset, Checklist, Contact, Photo, PersonRow, Reading, Run, Site, Ticket, TimeEntry, Visit} from '../../app/rows.ts';
import {opened} from '../../app/tablet.ts';
import type {Row, View} from '../../app/view.ts';
import {readRun, type ReadRun} from './runs.ts';
import type {Facts} from './shown.ts';

interface LegalEntity {
  readonly name: string;
  readonly registration: string | null;
  readonly address: string | null;
}

/** What a sign-off of this visit would speak of, who stands behind it, and under which privacy notice. */
export interface Gathered {
  readonly facts: Omit<Facts, 'open_items'>;
  readonly entity: string;
  readonly organisation: string;
  readonly notice: string;
}

/** null when something that must stand on the page is not on this tablet yet: it comes with the next sync. */
export function gather(view: View, visit: Row<Visit>): Gathered | null {
  const site = view.get<Site>('site', visit.site);
  const entity = entityOf(view, visit);
  const runs = runsOf(view, visit);
  const organisation = view.all<{privacy_notice: string}>('organisation')[0];
  if (site === null || entity === null || runs === null || organisation === undefined) return null;
  const tickets = view.all<Ticket>('ticket');
  const facts = {
    visit, site, legal_entity: entity, runs,
    people: Object.fromEntries(view.all<PersonRow>('person').map(({id, name}) => [id, name])),
    tickets: visit.tickets.flatMap((id) => view.get<Ticket>('ticket', id) ?? []),
    followups: tickets.filter(({came_from, id}) => came_from?.visit === visit.id && !visit.tickets.includes(id)).sort(byId),
    times: view.ofVisit<TimeEntry>('time_entry', visit.id).filter(({removed, minutes}) => removed === null && minutes !== null).sort(byId),
    photos: photosOf(view, visit.id).filter(({visible}) => visible === 'client'),
  };
  return {facts, entity: entity.id, organisation: organisation.id, notice: organisation.privacy_notice};
}

/** A visit that was opened offline has no entity yet: then it is the engineer's employer. */
function entityOf(view: View, visit: Visit): Row<LegalEntity> | null {
  const employer = view.get<PersonRow>('person', opened().owner.person)?.employer;
  return view.get<LegalEntity>('legal_entity', visit.legal_entity ?? employer ?? '');
}

function runsOf(view: View, visit: Row<Visit>): ReadRun[] | null {
  const rows = view.ofVisit<Run>('run', visit.id).filter(({dropped}) => dropped === null);
  const read = [...rows].sort((a, b) => a.position - b.position || byId(a, b)).map((run) => runOf(view, run));
  return read.includes(null) ? null : read as ReadRun[];
}

function runOf(view: View, run: Row<Run>): ReadRun | null {
  const checklist = view.all<Checklist>('checklist').find(({digest}) => digest === run.checklist);
  if (checklist === undefined) return null;
  const taken = photosOf(view, run.visit).filter(({on}) => 'run' in on && on.run === run.id);
  return readRun({
    run, definition: checklist.definition, asset: view.get<Asset>('asset', run.asset ?? ''),
    photos: grouped(taken.filter(({visible}) => visible === 'client'), ({sha256}) => sha256),
    counts: Object.fromEntries(Object.entries(grouped(taken, ({id}) => id)).map(([item, ids]) => [item, ids.length])),
    last: lastOf(view, run, checklist.slug),
  });
}

function lastOf(view: View, run: Row<Run>, slug: string): Record<string, {value: string; at: string}> {
  const mine = view.all<Reading>('reading').filter(({asset, checklist_slug}) => asset === run.asset && checklist_slug === slug);
  return Object.fromEntries(mine.flatMap(({item, values}) => {
    const before = values.filter(({visit}) => visit !== run.visit).at(-1);
    return before === undefined ? [] : [[item, {value: before.value, at: before.at}]];
  }));
}

function photosOf(view: View, visit: string): Row<Photo>[] {
  return view.ofVisit<Photo>('photo', visit).filter(({removed}) => removed === null).sort(byId);
}

function grouped(photos: readonly Row<Photo>[], of: (photo: Row<Photo>) => string): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const photo of photos) if ('item' in photo.on) (found[photo.on.item] ??= []).push(of(photo));
  return found;
}

/** Ids are UUIDv7: this is the order in which things were made. */
function byId(a: {readonly id: string}, b: {readonly id: string}): number {
  return a.id < b.id ? -1 : Number(a.id > b.id);
}

/** Who can be picked as the one who signs: first those who may sign for the client. */
export function contactsOf(view: View, site: string): Row<Contact>[] {
  const here = view.all<Contact>('contact').filter((contact) => contact.site === site && contact.active);
  return here.sort((one, other) => Number(other.may_sign) - Number(one.may_sign) || one.name.localeCompare(other.name));
}
