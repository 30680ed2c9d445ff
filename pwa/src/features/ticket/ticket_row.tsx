import type {Ticket} from '../../app/rows.ts';
import {href} from '../../app/router.ts';
import type {Row} from '../../app/view.ts';
import {t} from '../../i18n/i18n.ts';
import {Chip, ListRow} from '../../ui/kit.ts';
import './ticket.css';
import {PRIORITY_TONES, TICKET_STATES} from './wording.ts';

/** A ticket as one line; `visit` is kept in the address, so that time lands on the right visit. */
export function TicketRow({ticket, visit = null, current = false}: {ticket: Row<Ticket>; visit?: string | null; current?: boolean}) {
  const {words, tone} = TICKET_STATES[ticket.state];
  return (
    <ListRow title={ticket.title} lead={ticket.priority} tone={PRIORITY_TONES[ticket.priority]} current={current}
      href={visit === null ? href('ticket', ticket.id) : href('ticket', ticket.id, visit)}
      detail={<span class="row"><span class="numbers">{ticket.number}</span><Chip tone={tone}>{t(words)}</Chip></span>} />
  );
}
