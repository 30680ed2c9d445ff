/** Making a sign-off record and its documents (backend/signoff/README.md, R1 to R6). Twin of backend/signoff/compose.py. */
import {write as canonical} from '../../sync/canonical.ts';
import {templateName, type Locale} from './phrases.ts';
import {itemsOf, runDocument} from './runs.ts';
import {type Facts, shownLines} from './shown.ts';

const SCHEMA = 'singgah.signoff/1';

/** What happened at the hand-over: codes of the record, and the person's own texts. */
export interface Signing {
  readonly locale: Locale;
  readonly visit_outcome: string;
  readonly outcome: string;
  readonly declined: string | null;
  readonly authorised: boolean | null;
  readonly identified_by: string | null;
  readonly notice: string;
  readonly signer: {readonly name: string; readonly capacity: string; readonly contact: string | null; readonly reference: string} | null;
  readonly ink: {readonly w: number; readonly h: number; readonly strokes: readonly (readonly (readonly [number, number])[])[]} | null;
  readonly remark: string | null;
  readonly reason: string | null;
}

/** Its canonical bytes are what the record's digest names and what is uploaded. */
export interface Document {
  readonly kind: string;
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** A document with its SHA-256 in hex. */
export type Digested = Document & {readonly sha256: string};

type Json = Record<string, unknown>;

/** Every document of the sign-off, each with a fresh id (UUIDv7) and salt (32 hex digits), `shown` first. */
export function composeDocuments(facts: Facts, signing: Signing, newId: () => string, newSalt: () => string): Document[] {
  return contents(facts, signing).map(([kind, content]) => {
    const id = newId();
    return {kind, id, bytes: canonical({kind, id, salt: newSalt(), ...plain(content) as Json})};
  });
}

/** Every text inside on one line, NFC, without control and bidirectional characters: what a page can print. */
export function plain(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.replace(/\r\n|[\t\n\r]/g, ' ').replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '').normalize('NFC');
  }
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

function contents(facts: Facts, signing: Signing): [kind: string, content: Json][] {
  const {locale, notice, outcome} = signing;
  const found: [string, Json | null][] = [
    ['shown', {locale, template: templateName(locale), lines: shownLines(facts, outcome, notice, locale)}],
    ['visit', visit(facts, signing)],
    ['signer', signing.signer],
    ['ink', signing.ink],
    ['remark', signing.remark ? {text: signing.remark} : null],
    ['reason', signing.declined === null ? null : {code: signing.declined, text: signing.reason ?? ''}],
    ...work(facts, locale),
  ];
  return found.flatMap(([kind, content]) => (content === null ? [] : [[kind, content]]));
}

function work(facts: Facts, locale: Locale): [string, Json | null][] {
  const waivers = waiversOf(facts);
  return [
    ...facts.runs.map((read): [string, Json] => ['run', runDocument(read, locale)]),
    ...facts.tickets.map((each): [string, Json] => ['ticket', ticket(each, facts)]),
    ...facts.followups.map(({id, number, title, priority}): [string, Json] => ['followup', {ticket: id, number, title, priority}]),
    ['times', some(facts.times.map((entry) => time(entry, facts)))],
    ['photos', some(facts.photos.map(photo))],
    ['open_items', facts.open_items.length > 0 ? {items: [...facts.open_items]} : null],
    ['waivers', some(waivers)],
  ];
}

function some(entries: readonly Json[]): Json | null {
  return entries.length > 0 ? {entries} : null;
}

function visit({visit: row, site, people, legal_entity: entity}: Facts, {visit_outcome: outcome}: Signing): Json {
  return {
    number: row.number,
    client: row.client_name ?? '',
    site: site.name,
    address: site.address ?? '',
    engineers: row.engineers.map((id) => ({id, name: people[id] ?? ''})),
    legal_entity: {name: entity.name, registration: entity.registration ?? '', address: entity.address ?? ''},
    marks: row.marks.map(({mark, at}) => ({mark, at})),
    outcome,
  };
}

function ticket(row: Facts['tickets'][number], {times}: Facts): Json {
  const {id, number, title, description, cause, action, prevention, state, resolved_at} = row;
  const minutes = times.filter((entry) => entry.ticket === id).reduce((sum, entry) => sum + (entry.minutes ?? 0), 0);
  return {ticket: id, number, title, description: description ?? '', cause, action, prevention, minutes, state, resolved_at};
}

function time({person, kind, starts_at: start, ends_at: end, minutes}: Facts['times'][number], {people}: Facts): Json {
  return {person: people[person] ?? '', kind, start, end, minutes};
}

function photo({id, sha256, caption, on, visible, w, h}: Facts['photos'][number]): Json {
  return {photo: id, sha256, caption: caption ?? '', on, visible, w, h};
}

function waiversOf({runs}: Facts): Json[] {
  return runs.flatMap((read) => itemsOf(read).flatMap((item) => {
    const {id, waivers} = read.facts.run;
    const waiver = waivers[item.id];
    return waiver === undefined ? [] : [{run: id, item: item.id, rule: waiver.rule, witness: waiver.witness ?? ''}];
  }));
}

export interface Identity {
  readonly record: string;
  readonly org: string;
  readonly entity: string;
  readonly visit: string;
  readonly site: string;
  readonly engineer: string;
  readonly base: number;
}

/** `clock`, `anchor` and `app` as evidence of when, after what and by which program. */
export interface Moment {
  readonly clock: {readonly device: string; readonly offset_ms: number | null; readonly offset_age_s: number | null; readonly mono_ms: number};
  readonly anchor: {readonly position: number; readonly journal: string | null};
  readonly app: {readonly version: string; readonly build: string};
}

/** The record's canonical bytes, ready for the device's signature. */
export function composeRecord(
  identity: Identity, signing: Signing, documents: readonly Digested[], device: {readonly jkt: string; readonly seq: number; readonly prev: string}, moment: Moment,
): Uint8Array {
  const {visit_outcome, outcome, declined, authorised, identified_by, notice, locale} = signing;
  return canonical({
    schema: SCHEMA, ...identity, device, visit_outcome, outcome, declined, authorised, identified_by, notice, locale,
    template: templateName(locale),
    documents: documents.map(({kind, id, sha256, bytes}) => ({kind, id, sha256, bytes: bytes.length})),
    ...moment,
  });
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The first 40 bits of the record's digest as XXXX-XXXX, so that a client can note it before any server has seen it. */
export function receiptCode(digest: string): string {
  const bits = BigInt(`0x${digest.slice(0, 10)}`);
  const letters = Array.from({length: 8}, (_, at) => BASE32[Number((bits >> BigInt(35 - 5 * at)) & 31n)]).join('');
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}
