import {useSignal} from '@preact/signals';
import {machine} from '../../app/machine.ts';
import {href} from '../../app/router.ts';
import type {Visit} from '../../app/rows.ts';
import {opened} from '../../app/tablet.ts';
import {type Row, useView} from '../../app/view.ts';
import {t, tn} from '../../i18n/i18n.ts';
import {Button, EmptyState, Field, ListRow} from '../../ui/kit.ts';
import {assetName, TicketRow} from '../ticket/shared.ts';
import {daysOf} from './days.ts';
import {useReceipts} from './notices.ts';
import {assetDetail, search} from './search.ts';
import './today.css';
import {VisitRow} from './visit_row.tsx';

/** The person's visits by day, and the search over everything on this tablet. `current` is the visit beside the list. */
export function DayList({current = null}: {current?: string | null}) {
  const question = useSignal('');
  const view = useView();
  useReceipts(view);
  return (
    <div class="stack">
      <Field label={t('today.search')} type="search" value={question.value} onInput={(value) => { question.value = value; }} />
      {question.value.trim() === '' ? <DaysShown current={current} /> : <FoundShown question={question.value} />}
    </div>
  );
}

function DaysShown({current}: {current: string | null}) {
  const {person} = opened().owner;
  const mine = useView().all<Visit>('visit').filter(({engineers}) => engineers.includes(person));
  const {late, today, coming, recent} = daysOf(mine, machine.now());
  return (
    <>
      <Group title={t('today.late')} visits={late} current={current} dated hidden />
      <Group title={t('app.today')} visits={today} current={current} />
      {today.length === 0 && <p class="soft">{t('today.none')}</p>}
      <div class="row today__more">
        <Button icon="plus" href={href('unplanned')}>{t('today.unplanned')}</Button>
        <Button icon="user" href={href('walk_up')}>{t('today.walkUp')}</Button>
        <Button icon="clipboard-check" href={href('readiness')}>{t('today.readiness')}</Button>
      </div>
      <Group title={t('today.coming')} visits={coming} current={current} dated hidden />
      <Group title={t('today.recent')} visits={recent} current={current} dated hidden />
    </>
  );
}

interface GroupProps {
  title: string;
  visits: readonly Row<Visit>[];
  current: string | null;
  dated?: boolean;
  /** Leave the heading out when there is nothing below it. */
  hidden?: boolean;
}

function Group({title, visits, current, dated = false, hidden = false}: GroupProps) {
  if (hidden && visits.length === 0) return null;
  return (
    <section class="stack stack--tight">
      <h2>{title}</h2>
      <div class="list">{visits.map((visit) => <VisitRow key={visit.id} visit={visit} dated={dated} current={visit.id === current} />)}</div>
    </section>
  );
}

function FoundShown({question}: {question: string}) {
  const {visits, sites, assets, tickets} = search(useView(), question);
  const all = visits.length + sites.length + assets.length + tickets.length;
  return (
    <>
      <p class="only-heard" role="status">{tn('today.found', all)}</p>
      {all === 0 && <EmptyState icon="search" title={t('today.nothing')}>{t('today.nothing.detail')}</EmptyState>}
      <Group title={t('today.visits')} visits={visits} current={null} dated hidden />
      {tickets.length > 0 && <section class="stack stack--tight"><h2>{t('today.ticketsTitle')}</h2><div class="list">{tickets.map((ticket) => <TicketRow key={ticket.id} ticket={ticket} />)}</div></section>}
      {sites.length > 0 && <section class="stack stack--tight"><h2>{t('today.sites')}</h2><div class="list">
        {sites.map((site) => <ListRow key={site.id} icon="building" title={site.name} detail={[site.client_name, site.district].filter(Boolean).join(' · ')} href={href('site', site.id)} />)}
      </div></section>}
      {assets.length > 0 && <section class="stack stack--tight"><h2>{t('today.assets')}</h2><div class="list">
        {assets.map((asset) => <ListRow key={asset.id} icon="server" title={assetName(asset)} detail={assetDetail(asset)} href={href('site', asset.site, asset.id)} />)}
      </div></section>}
    </>
  );
}
