import {useSignal} from '@preact/signals';
import {act} from '../../app/act.ts';
import {Screen} from '../../app/frame.tsx';
import {back, href} from '../../app/router.ts';
import type {Asset, Site, Ticket} from '../../app/rows.ts';
import type {ScreenProps} from '../../app/routes.ts';
import {type Row, useView} from '../../app/view.ts';
import {dateAndTime} from '../../i18n/format.ts';
import {t} from '../../i18n/i18n.ts';
import {Banner, Button, Card, Chip, EmptyState, Facts, ListRow} from '../../ui/kit.ts';
import {keep} from '../visit/shared.ts';
import {assetName} from './asset_name.ts';
import {Deeds, type Deed} from './deeds.tsx';
import {Log, Notes, Timeline} from './record.tsx';
import {isOpen, moveTicket} from './rules.ts';
import {SolvedBefore} from './solved_before.tsx';
import './ticket.css';
import {TicketPhotos} from './ticket_photos.tsx';
import {CATEGORIES, LEVELS, PRIORITY_TONES, TICKET_KINDS, TICKET_STATES, WAITING} from './wording.ts';

/** One ticket: what it is, what was done, what can be done next. `/app/ticket/<id>[/<visit>]`. */
export default function TicketScreen({rest: [id = '', visit]}: ScreenProps) {
  const ticket = useView().get<Ticket>('ticket', id);
  if (ticket === null) return <Screen title={t('ticket.gone')} onBack={() => back()}><EmptyState icon="ticket" title={t('ticket.gone')}>{t('ticket.gone.detail')}</EmptyState></Screen>;
  return <TicketPage key={id} ticket={ticket} visit={visit ?? null} />;
}

function TicketPage({ticket, visit}: {ticket: Row<Ticket>; visit: string | null}) {
  const view = useView();
  const deed = useSignal<Deed | null>(null);
  const ask = (wanted: Deed) => { deed.value = wanted; };
  const troubled = view.troubled('ticket', ticket.id);
  return (
    <Screen title={ticket.number} onBack={() => back(...(visit === null ? [] : ['visit', visit]))} bottom={<Next ticket={ticket} ask={ask} />}>
      {troubled.length > 0 && <Banner tone="warn" title={t('ticket.attention')} actions={<Button href={href('sync')}>{t('ticket.attention.look')}</Button>} />}
      <Head ticket={ticket} />
      <About ticket={ticket} />
      {!isOpen(ticket.state) && <Resolution ticket={ticket} />}
      <More ticket={ticket} ask={ask} />
      <TicketPhotos ticket={ticket} from={visit} />
      <Notes ticket={ticket} ask={ask} />
      <Timeline ticket={ticket} ask={ask} />
      <SolvedBefore ticket={ticket} />
      <Log ticket={ticket} />
      <Deeds deed={deed} ticket={ticket} visit={visit} />
    </Screen>
  );
}

function Head({ticket}: {ticket: Row<Ticket>}) {
  const {words, tone} = TICKET_STATES[ticket.state];
  return (
    <div class="stack stack--tight">
      <h2 class="ticket__title">{ticket.title}</h2>
      <div class="row">
        <Chip tone={PRIORITY_TONES[ticket.priority]}>{ticket.priority}</Chip>
        <Chip tone={tone}>{ticket.waiting_for === null ? t(words) : `${t(words)}: ${waitingWords(ticket.waiting_for)}`}</Chip>
        <Chip>{ticket.tier}</Chip>
        <Chip>{t(TICKET_KINDS[ticket.kind])}</Chip>
        {ticket.walk_up && <Chip icon="user">{t('ticket.walkUp')}</Chip>}
      </div>
      {ticket.description !== null && <p class="prose ticket__words">{ticket.description}</p>}
    </div>
  );
}

function waitingWords(reason: string): string {
  const words = WAITING[reason];
  return words === undefined ? reason : t(words);
}

function About({ticket}: {ticket: Row<Ticket>}) {
  const view = useView();
  const site = view.get<Site>('site', ticket.site);
  const asset = view.get<Asset>('asset', ticket.asset ?? '');
  const category = CATEGORIES[ticket.category ?? ''];
  const facts: [string, string][] = [
    [t('ticket.opened'), dateAndTime(Date.parse(ticket.opened_at))],
    ...(ticket.reporter === null ? [] : [[t('ticket.reporter'), ticket.reporter] as [string, string]]),
    [t('ticket.impactUrgency'), `${t(LEVELS[ticket.impact])} × ${t(LEVELS[ticket.urgency])}`],
    ...(category === undefined ? [] : [[t('ticket.category'), t(category)] as [string, string]]),
    ...(ticket.restored_at === null ? [] : [[t('ticket.restored'), dateAndTime(Date.parse(ticket.restored_at))] as [string, string]]),
  ];
  return (
    <Card>
      <Facts facts={facts} />
      <div class="list">
        {site !== null && <ListRow icon="building" title={site.name} detail={site.client_name} href={href('site', site.id)} />}
        {asset !== null && <ListRow icon="server" title={assetName(asset)} detail={[asset.place, asset.serial].filter(Boolean).join(' · ')} href={href('site', asset.site, asset.id)} />}
        {ticket.came_from?.run && <ListRow icon="clipboard-check" title={t('ticket.cameFrom')} href={href('run', ticket.came_from.run, ticket.came_from.item ?? '')} />}
      </div>
    </Card>
  );
}

function Resolution({ticket}: {ticket: Row<Ticket>}) {
  const facts = ([[t('ticket.cause'), ticket.cause], [t('ticket.action'), ticket.action], [t('ticket.prevention'), ticket.prevention]] as const)
    .filter((pair): pair is readonly [string, string] => pair[1] !== null);
  const title = ticket.resolved_at === null ? t('ticket.state.resolved') : t('ticket.resolvedAt', {at: dateAndTime(Date.parse(ticket.resolved_at))});
  return <Card tone="ok" title={title}><Facts facts={facts} /></Card>;
}

/** The one big step, with at most one beside it. */
function Next({ticket, ask}: {ticket: Row<Ticket>; ask: (deed: Deed) => void}) {
  const {head} = useView();
  const plain = (type: 'ticket.start' | 'ticket.resume') => { void keep(() => act(type, ['ticket', ticket.id], {}, {base: head})); };
  const canResolve = moveTicket(ticket.state, 'resolve') !== null;
  if (moveTicket(ticket.state, 'start') !== null) {
    return <><Button icon="circle-check" onClick={() => ask('resolve')}>{t('ticket.do.resolve')}</Button><Button kind="primary" icon="play" onClick={() => plain('ticket.start')}>{t('ticket.do.start')}</Button></>;
  }
  if (moveTicket(ticket.state, 'resume') !== null) {
    return <><Button icon="circle-check" onClick={() => ask('resolve')}>{t('ticket.do.resolve')}</Button><Button kind="primary" icon="play" onClick={() => plain('ticket.resume')}>{t('ticket.do.resume')}</Button></>;
  }
  if (canResolve) return <Button kind="primary" icon="circle-check" onClick={() => ask('resolve')}>{t('ticket.do.resolve')}</Button>;
  return <Button icon="plus" onClick={() => ask('follow')}>{t('ticket.do.follow')}</Button>;
}

/** The rarer steps. */
function More({ticket, ask}: {ticket: Row<Ticket>; ask: (deed: Deed) => void}) {
  if (!isOpen(ticket.state)) return null;
  return (
    <div class="ticket__deeds">
      {moveTicket(ticket.state, 'wait') !== null && <Button icon="pause" onClick={() => ask('wait')}>{t('ticket.do.wait')}</Button>}
      {ticket.tier !== 'L3' && <Button icon="arrow-up" onClick={() => ask('escalate')}>{t('ticket.do.escalate')}</Button>}
      {ticket.restored_at === null && <Button icon="check" onClick={() => ask('restore')}>{t('ticket.do.restore')}</Button>}
      <Button icon="plus" onClick={() => ask('follow')}>{t('ticket.do.follow')}</Button>
    </div>
  );
}
