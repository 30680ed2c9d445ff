import type {Run, Ticket, Visit} from '../../app/rows.ts';
import {href} from '../../app/router.ts';
import {type Row, useView} from '../../app/view.ts';
import {clockTime, shortDate} from '../../i18n/format.ts';
import {t, tn} from '../../i18n/i18n.ts';
import {Chip, ListRow} from '../../ui/kit.ts';
import {VISIT_STATES} from '../visit/shared.ts';

/** A visit as one line: when, where, what is to do. */
export function VisitRow({visit, dated = false, current = false}: {visit: Row<Visit>; dated?: boolean; current?: boolean}) {
  const {words, tone, icon} = VISIT_STATES[visit.state];
  const starts = visit.starts_at === null ? null : Date.parse(visit.starts_at);
  return (
    <ListRow title={visit.site_name ?? visit.title ?? visit.number} href={href('visit', visit.id)} current={current}
      {...(visit.state === 'under_way' ? {tone: 'accent' as const} : {})}
      lead={starts === null ? '' : <span class="when">{dated && <span class="when__day">{shortDate(starts)}</span>}<span>{clockTime(starts)}</span></span>}
      detail={
        <span class="stack stack--tight">
          <span>{[visit.client_name, visit.title].filter(Boolean).join(' · ')}</span>
          <span class="row"><Chip tone={tone} icon={icon}>{t(words)}</Chip><ToDo visit={visit} /></span>
        </span>
      } />
  );
}

/** "3 checklists · 1 ticket" */
function ToDo({visit}: {visit: Row<Visit>}) {
  const view = useView();
  if (visit.state === 'completed' || visit.state === 'cancelled') return null;
  const runs = view.ofVisit<Run>('run', visit.id).filter(({dropped}) => dropped === null).length;
  const tickets = visit.tickets.filter((id) => !['resolved', 'closed'].includes(view.get<Ticket>('ticket', id)?.state ?? '')).length;
  const parts = [runs > 0 ? tn('today.checklists', runs) : null, tickets > 0 ? tn('today.tickets', tickets) : null].filter((part) => part !== null);
  return parts.length === 0 ? null : <span class="numbers">{parts.join(' · ')}</span>;
}
