import {useSignal} from '@preact/signals';
import {act} from '../../app/act.ts';
import type {Ticket, Visit} from '../../app/rows.ts';
import {type Row, useView} from '../../app/view.ts';
import {t} from '../../i18n/i18n.ts';
import {Button, ListRow, Sheet} from '../../ui/kit.ts';
import {TicketForm} from '../ticket/shared.ts';
import {isOpen} from '../ticket/rules.ts';
import {keep} from './keep.ts';

/** A ticket becomes work of this visit: one that waits at this site, or a new one. */
export function AddTicket({visit, onClose}: {visit: Row<Visit>; onClose: () => void}) {
  const view = useView();
  const fresh = useSignal(false);
  const waiting = view.all<Ticket>('ticket').filter(({site, state, id}) => site === visit.site && isOpen(state) && !visit.tickets.includes(id))
    .sort((one, other) => one.priority.localeCompare(other.priority));
  const take = async (ticket: Row<Ticket>) => {
    if (await keep(() => act('visit.add_ticket', ['visit', visit.id], {ticket: ticket.id}, {base: view.head}), t('visit.ticket.added', {number: ticket.number}))) onClose();
  };
  if (fresh.value) return <TicketForm start={{site: visit.site}} visit={visit.id} onClose={onClose} />;
  return (
    <Sheet title={t('visit.ticket.add')} onClose={onClose}>
      {waiting.length > 0 && <h3>{t('visit.ticket.waiting')}</h3>}
      <div class="list">{waiting.map((ticket) => <ListRow key={ticket.id} lead={ticket.priority} title={ticket.title} detail={ticket.number} onClick={() => { void take(ticket); }} />)}</div>
      <Button kind="primary" icon="plus" wide onClick={() => { fresh.value = true; }}>{t('visit.ticket.new')}</Button>
    </Sheet>
  );
}
