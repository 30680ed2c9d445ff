import {useSignal} from '@preact/signals';
import {href} from '../../app/router.ts';
import type {Asset, Checklist, Run, Ticket, Visit} from '../../app/rows.ts';
import {type Row, useView} from '../../app/view.ts';
import {language, t, tn} from '../../i18n/i18n.ts';
import {Button, Card, Chip, ListRow, type Tone} from '../../ui/kit.ts';
import {label} from '../../checklists/index.ts';
import {progressOf, readRun} from '../checklist/shared.ts';
import {assetName, TicketRow} from '../ticket/shared.ts';
import {AddRun} from './add_run.tsx';
import {AddTicket} from './add_ticket.tsx';

/** What is to be done here: checklists and tickets, and the follow-ups that came of them. */
export function Aims({visit, open}: {visit: Row<Visit>; open: boolean}) {
  const view = useView();
  const adding = useSignal<'run' | 'ticket' | null>(null);
  const close = () => { adding.value = null; };
  const runs = view.ofVisit<Run>('run', visit.id).filter(({dropped}) => dropped === null).sort((one, other) => one.position - other.position);
  const tickets = visit.tickets.map((id) => view.get<Ticket>('ticket', id)).filter((ticket) => ticket !== null);
  const followUps = view.all<Ticket>('ticket').filter(({came_from, id}) => came_from?.visit === visit.id && !visit.tickets.includes(id));
  return (
    <>
      <Card title={t('visit.checklists')} end={open && <Button kind="quiet" icon="plus" label={t('visit.run.add')} onClick={() => { adding.value = 'run'; }} />}>
        {runs.length === 0 && <p class="soft">{t('visit.checklists.none')}</p>}
        <div class="list">{runs.map((run) => <RunRow key={run.id} run={run} />)}</div>
      </Card>
      <Card title={t('visit.tickets')} end={open && <Button kind="quiet" icon="plus" label={t('visit.ticket.add')} onClick={() => { adding.value = 'ticket'; }} />}>
        {tickets.length === 0 && <p class="soft">{t('visit.tickets.none')}</p>}
        <div class="list">{tickets.map((ticket) => <TicketRow key={ticket.id} ticket={ticket} visit={visit.id} />)}</div>
        {followUps.length > 0 && <><h3>{t('visit.followUps')}</h3><div class="list">{followUps.map((ticket) => <TicketRow key={ticket.id} ticket={ticket} visit={visit.id} />)}</div></>}
        {open && <Button icon="user" href={href('walk_up', visit.id)}>{t('visit.walkUp')}</Button>}
      </Card>
      {adding.value === 'run' && <AddRun visit={visit} onClose={close} />}
      {adding.value === 'ticket' && <AddTicket visit={visit} onClose={close} />}
    </>
  );
}

const VERDICT_TONES: Readonly<Record<string, Tone>> = {ok: 'ok', warn: 'warn', fail: 'fail', missing: 'neutral'};

function RunRow({run}: {run: Row<Run>}) {
  const view = useView();
  const checklist = view.all<Checklist>('checklist').find(({digest}) => digest === run.checklist);
  const asset = view.get<Asset>('asset', run.asset ?? '');
  const read = readRun(view, run);
  const about = asset === null ? null : assetName(asset);
  const title = checklist === undefined ? t('visit.run.unknown') : label({...checklist.title}, language.value);
  if (read === null) return <ListRow icon="clipboard-list" title={title} detail={[about, t('visit.run.unreadable')].filter(Boolean).join(' · ')} />;
  const {done, of} = progressOf(read);
  const findings = read.found.findings.length;
  return (
    <ListRow icon={read.found.complete ? 'clipboard-check' : 'clipboard-list'} tone={read.found.complete ? VERDICT_TONES[read.found.verdict] ?? 'ok' : 'neutral'}
      title={title} href={href('run', run.id)}
      detail={
        <span class="stack stack--tight">
          {about !== null && <span>{about}</span>}
          <span class="row">
            <span class="numbers">{t('visit.run.progress', {done, of})}</span>
            {findings > 0 && <Chip tone="fail" icon="circle-x">{tn('visit.run.findings', findings)}</Chip>}
            {findings === 0 && read.found.complete && <Chip tone="ok" icon="check">{t('visit.run.complete')}</Chip>}
          </span>
          <progress class="progress" value={done} max={Math.max(1, of)} aria-label={t('visit.run.progress', {done, of})} />
        </span>
      } />
  );
}
