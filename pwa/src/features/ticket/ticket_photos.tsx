import type {Photo, Ticket, Visit} from '../../app/rows.ts';
import {opened} from '../../app/tablet.ts';
import {type Row, useView} from '../../app/view.ts';
import {t} from '../../i18n/i18n.ts';
import {Card} from '../../ui/kit.ts';
import {PhotoStrip} from '../photos/shared.ts';
import {visitFor} from './rules.ts';

/** What the ticket's photos show, of every visit; and the camera while it is on an open visit of this person. */
export function TicketPhotos({ticket, from}: {ticket: Row<Ticket>; from: string | null}) {
  const view = useView();
  const visit = visitFor(ticket.id, view.all<Visit>('visit'), opened().owner.person, from);
  const photos = view.all<Photo>('photo').filter(({on, removed}) => removed === null && 'ticket' in on && on.ticket === ticket.id);
  const [here, before] = [photos.filter((photo) => photo.visit === visit?.id), photos.filter((photo) => photo.visit !== visit?.id)];
  if (visit === null && before.length === 0) return null;
  return (
    <Card title={t('ticket.photos')}>
      {visit !== null && <PhotoStrip visit={visit.id} on={{ticket: ticket.id}} photos={here} open />}
      {before.length > 0 && <PhotoStrip visit={before[0]?.visit ?? ''} on={{ticket: ticket.id}} photos={before} open={false} />}
    </Card>
  );
}
