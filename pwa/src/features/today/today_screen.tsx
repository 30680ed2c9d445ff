import {SplitScreen} from '../../app/frame.tsx';
import {machine} from '../../app/machine.ts';
import {opened} from '../../app/tablet.ts';
import type {Visit} from '../../app/rows.ts';
import {useView} from '../../app/view.ts';
import {shortDate} from '../../i18n/format.ts';
import {t} from '../../i18n/i18n.ts';
import {EmptyState} from '../../ui/kit.ts';
import {DayList} from './day_list.tsx';
import {daysOf} from './days.ts';
import {VisitRow} from './visit_row.tsx';

/** The day. `/app/` */
export default function TodayScreen() {
  return <SplitScreen title={`${t('app.today')} · ${shortDate(machine.now())}`} showing="list" list={<DayList />} work={<NextVisit />} />;
}

/** Right of the list until a visit is opened: the one that comes next. */
function NextVisit() {
  const {person} = opened().owner;
  const {late, today, coming} = daysOf(useView().all<Visit>('visit').filter(({engineers}) => engineers.includes(person)), machine.now());
  const open = [...today, ...late, ...coming].filter(({state}) => state !== 'completed' && state !== 'cancelled');
  const next = open.find(({state}) => state === 'under_way') ?? open[0];
  if (next === undefined) return <EmptyState icon="calendar-days" title={t('today.free')}>{t('today.free.detail')}</EmptyState>;
  return (
    <section class="stack stack--tight">
      <h2>{next.state === 'under_way' ? t('today.now') : t('today.next')}</h2>
      <VisitRow visit={next} dated />
    </section>
  );
}
