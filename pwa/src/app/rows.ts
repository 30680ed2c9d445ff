/**
 * The shapes of the wire that screens read, as the server's schemas give them (`net/types.ts`, by `make types`).
 * Times are RFC 3339 UTC, dates civil strings, ids UUIDv7; null where unknown. Unknown keys of a newer server are ignored.
 */
import type {Closer, Value} from '../net/wire.ts';

export type Words = {readonly en: string; readonly ms: string; readonly zh: string};

export type Visit = Value<'visit'>;
export type VisitState = Visit['state'];
export type MarkName = Visit['marks'][number]['mark'];

export type Run = Value<'run'>;

export type Ticket = Value<'ticket'>;
export type TicketState = Ticket['state'];

/** Of a client a tablet holds the name alone. */
export type Client = Value<'client'>;
export type Site = Value<'site'>;
export type Contact = Value<'contact'>;
export type Asset = Value<'asset'>;

/** `definition` is what `checklists/parse.ts` reads. */
export type Checklist = Closer<'checklist', {readonly title: Words}>;

/** A photo hangs on exactly one thing. */
export type Photo = Closer<'photo', {
  readonly on: {readonly run: string; readonly item: string} | {readonly ticket: string} | {readonly visit: string};
}>;

export type TimeEntry = Value<'time_entry'>;
export type Note = Value<'note'>;
export type PersonRow = Value<'person'>;

/** `withheld`: there is a value, and this person may not see it any more. */
type Said = {
  readonly value: unknown;
  readonly by: string;
  readonly at: string;
  readonly withheld?: boolean;
};

export type Conflict = Closer<'conflict', {
  readonly current: Said;
  readonly candidate: Said & {readonly op: string};
}>;

/** What the office made of an operation of one's own that was held; its id is the operation's. */
export type HeldDecision = Value<'held_decision'>;

/** `values` are the last eight, newest last. */
export type Reading = Closer<'reading', {readonly label: Words}>;

export type History = Value<'history'>;
export type Report = Value<'report'>;

/** What the agreement promises at a site: hours per priority, and minutes per clock. */
export type Coverage = Value<'coverage'>;
