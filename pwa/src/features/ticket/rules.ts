/** What may happen to a ticket. Pure; the data is the server's own file (model.md, States). */
import law from '../../../../backend/desk/states.json';
import {contentVerdict, type VisitState} from '../visit/rules.ts';

export type TicketState = 'new' | 'open' | 'waiting' | 'resolved' | 'closed' | 'reopened';
export type TicketVerb = keyof typeof law.moves;
export type Level = 'high' | 'medium' | 'low';
export type Priority = 'P1' | 'P2' | 'P3' | 'P4';

type Table = Readonly<Record<string, Readonly<Record<string, string>>>>;
const moves: Table = law.moves;
const priorities: Readonly<Record<Level, Readonly<Record<Level, string>>>> = law.priorities;

/** The state after `verb`, or null when the ticket is in no state for it (the server would hold it: wrong_state). */
export function moveTicket(state: TicketState, verb: TicketVerb): TicketState | null {
  return (moves[verb]?.[state] as TicketState | undefined) ?? null;
}

/** Impact × urgency. */
export function priorityOf(impact: Level, urgency: Level): Priority {
  return priorities[impact][urgency] as Priority;
}

/** Reopened counts as open in every rule. */
export function isOpen(state: TicketState): boolean {
  return law.open.includes(state);
}

interface Visiting {
  readonly id: string;
  readonly state: VisitState;
  readonly engineers: readonly string[];
  readonly tickets: readonly string[];
}

/** The open visit of this person on which the ticket is: the one they come `from`, else one under way, else any; null when there is none. */
export function visitFor<V extends Visiting>(ticket: string, visits: readonly V[], person: string, from: string | null): V | null {
  const fit = visits.filter(({state, engineers, tickets}) => tickets.includes(ticket) && engineers.includes(person) && contentVerdict(state) !== 'signed');
  return fit.find(({id}) => id === from) ?? fit.find(({state}) => state === 'under_way') ?? fit[0] ?? null;
}

export const ticketKinds: readonly string[] = law.kinds;
export const ticketCategories: readonly string[] = law.categories;
export const waitingReasons: readonly string[] = law.waiting;
export const levels: readonly string[] = law.levels;
