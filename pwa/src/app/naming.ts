import type {Asset, PersonRow, Run, Site, Ticket, Visit} from './rows.ts';
import type {View} from './view.ts';

/**
 * What people call a thing, null where this tablet does not know it: a ticket's number and subject, a visit's number and
 * site, a name. What hangs on a visit is called by it.
 */
export function nameOf(view: View, kind: string, id: string): string | null {
  if (kind === 'ticket') return joined(view.get<Ticket>('ticket', id), ({number, title}) => [number, title]);
  if (kind === 'visit') return joined(view.get<Visit>('visit', id), ({number, site_name}) => [number, site_name]);
  const row = view.get<Partial<PersonRow & Asset & Site & Pick<Run, 'visit'>>>(kind, id);
  if (typeof row?.visit === 'string') return nameOf(view, 'visit', row.visit);
  return row?.name ?? null;
}

function joined<Row>(row: Row | null, parts: (row: Row) => readonly (string | null)[]): string | null {
  return row === null ? null : parts(row).filter(Boolean).join(' · ') || null;
}
