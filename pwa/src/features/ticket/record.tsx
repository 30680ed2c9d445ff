import type {PersonRow, Ticket} from '../../app/rows.ts';
import {type Row, useView} from '../../app/view.ts';
import {dateAndTime} from '../../i18n/format.ts';
import {t} from '../../i18n/i18n.ts';
import {Button, Card, Chip} from '../../ui/kit.ts';
import type {Deed} from './deeds.tsx';
import {DEEDS} from './wording.ts';

interface PartProps {
  ticket: Row<Ticket>;
  ask: (deed: Deed) => void;
}

/** Notes, newest first; those that the client reads are marked. */
export function Notes({ticket, ask}: PartProps) {
  const {get} = useNames();
  return (
    <Card title={t('ticket.notes')} end={<Button kind="quiet" icon="plus" onClick={() => ask('note')}>{t('ticket.note.add')}</Button>}>
      {ticket.notes.length === 0 && <p class="soft">{t('ticket.notes.none')}</p>}
      {[...ticket.notes].reverse().map((note) => (
        <div key={note.id} class="entry">
          <p class="entry__head"><span>{get(note.by)}</span><span class="numbers">{dateAndTime(Date.parse(note.at))}</span>
            {note.visible === 'client' && <Chip tone="info" icon="eye">{t('ticket.note.client')}</Chip>}</p>
          <p class="ticket__words">{note.text}</p>
        </div>
      ))}
    </Card>
  );
}

/** What happened when, as told during the work: for incidents. */
export function Timeline({ticket, ask}: PartProps) {
  return (
    <Card title={t('ticket.timeline')} end={<Button kind="quiet" icon="plus" onClick={() => ask('timeline')}>{t('ticket.timeline.add')}</Button>}>
      {ticket.timeline.length === 0 && <p class="soft">{t('ticket.timeline.none')}</p>}
      {ticket.timeline.map((entry, at) => (
        <div key={at} class="entry">
          <p class="entry__head"><span class="numbers">{dateAndTime(Date.parse(entry.at))}</span>{entry.who && <span>{entry.who}</span>}</p>
          <p class="ticket__words">{entry.text}</p>
        </div>
      ))}
    </Card>
  );
}

/** The server's log of moves. */
export function Log({ticket}: {ticket: Row<Ticket>}) {
  const {get} = useNames();
  if (ticket.events.length === 0) return null;
  return (
    <details class="card">
      <summary class="fold">{t('ticket.log')}</summary>
      {[...ticket.events].reverse().map((event, at) => (
        <p key={at} class="entry__head">
          <span class="numbers">{dateAndTime(Date.parse(event.at))}</span>
          <span>{deedWords(event.deed)}</span>
          <span>{event.by === null ? t('ticket.log.system') : get(event.by)}</span>
        </p>
      ))}
    </details>
  );
}

function deedWords(deed: string): string {
  const words = DEEDS[deed];
  return words === undefined ? deed : t(words);
}

function useNames(): {get: (id: string) => string} {
  const view = useView();
  return {get: (id) => view.get<PersonRow>('person', id)?.name ?? t('ticket.somebody')};
}
