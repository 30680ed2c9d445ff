import {act, newId, newNumber} from '../../app/act.ts';
import type {Ticket} from '../../app/rows.ts';
import {viewNow} from '../../app/view.ts';
import {instant} from '../visit/shared.ts';
import {machine} from '../../app/machine.ts';

/** What a person says of a new ticket. */
export interface TicketFacts {
  readonly kind: Ticket['kind'];
  readonly site: string;
  readonly asset: string | null;
  readonly title: string;
  readonly description: string | null;
  readonly impact: Ticket['impact'];
  readonly urgency: Ticket['urgency'];
  readonly category: string;
  readonly reporter: string | null;
  readonly channel?: 'tablet' | 'walk_up';
  readonly cameFrom?: NonNullable<Ticket['came_from']> | null;
}

export interface Raised {
  readonly id: string;
  /** Final: made here, never changed. */
  readonly number: string;
}

/** Make a ticket offline. With `visit` it also becomes work of that visit. */
export async function raiseTicket(facts: TicketFacts, visit: string | null): Promise<Raised> {
  const {cameFrom = null, channel = 'tablet', ...told} = facts;
  const raised = {id: newId(), number: await newNumber('T')};
  await act('ticket.create', ['ticket', raised.id], {
    ...told, number: raised.number, channel, came_from: cameFrom, walk_up: channel === 'walk_up', opened_at: instant(machine.now()),
  }, {base: viewNow().head});
  if (visit !== null) await act('visit.add_ticket', ['visit', visit], {ticket: raised.id}, {base: viewNow().head});
  return raised;
}

/** How much a finding of this severity weighs, as impact of its ticket. */
export function impactOf(severity: string): Ticket['impact'] {
  return severity === 'critical' ? 'high' : severity === 'major' ? 'medium' : 'low';
}
