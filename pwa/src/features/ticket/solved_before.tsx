import {href} from '../../app/router.ts';
import type {Ticket} from '../../app/rows.ts';
import {type Row, useView} from '../../app/view.ts';
import {shortDate} from '../../i18n/format.ts';
import {t} from '../../i18n/i18n.ts';
import {Card, ListRow} from '../../ui/kit.ts';
import {isOpen} from './rules.ts';

const MOST = 5;

/** How the same asset was helped earlier: searched on the tablet, without a network. */
export function SolvedBefore({ticket}: {ticket: Row<Ticket>}) {
  const earlier = useView().all<Ticket>('ticket')
    .filter((other) => other.asset !== null && other.asset === ticket.asset && other.id !== ticket.id && !isOpen(other.state) && other.action !== null)
    .sort((one, other) => (other.resolved_at ?? '').localeCompare(one.resolved_at ?? ''))
    .slice(0, MOST);
  if (earlier.length === 0) return null;
  return (
    <Card title={t('ticket.before')}>
      <div class="list">
        {earlier.map((other) => (
          <ListRow key={other.id} icon="book-open" title={other.title} href={href('ticket', other.id)}
            detail={`${other.resolved_at === null ? '' : `${shortDate(Date.parse(other.resolved_at))} · `}${other.action ?? ''}`} />
        ))}
      </div>
    </Card>
  );
}
