import {useSignal} from '@preact/signals';
import {useEffect} from 'preact/hooks';
import {act} from '../../app/act.ts';
import {SplitScreen} from '../../app/frame.tsx';
import {back, go, href} from '../../app/router.ts';
import type {ScreenProps} from '../../app/routes.ts';
import type {Photo, Site, Visit} from '../../app/rows.ts';
import {opened} from '../../app/tablet.ts';
import {type Row, useView} from '../../app/view.ts';
import {shortDate, span} from '../../i18n/format.ts';
import {key, t, type WordKey} from '../../i18n/i18n.ts';
import {Banner, Button, Card, Chip, EmptyState} from '../../ui/kit.ts';
import {byPlace, PhotoStrip} from '../photos/shared.ts';
import {DayList} from '../today/shared.ts';
import {Aims} from './aims.tsx';
import {Conflicts} from './conflicts.tsx';
import {SiteSheet} from './site_sheet.tsx';
import {keep} from './keep.ts';
import {MarkFix} from './mark_fix.tsx';
import {Marks} from './marks.tsx';
import {Notes} from './notes.tsx';
import {contentVerdict} from './rules.ts';
import {isUnseen, stepsOf} from './steps.ts';
import {TimeEntries} from './time_entries.tsx';
import './visit.css';
import {MARKS, OUTCOMES, SITE_RULES, VISIT_KINDS, VISIT_STATES} from './wording.ts';

/** One visit. `/app/visit/<id>` */
export default function VisitScreen({rest: [id = '']}: ScreenProps) {
  const visit = useView().get<Visit>('visit', id);
  useEffect(() => { document.querySelector('.split__work')?.scrollTo(0, 0); }, [id]);
  if (visit === null) {
    const gone = <EmptyState icon="calendar-days" title={t('visit.gone')}>{t('visit.gone.detail')}</EmptyState>;
    return <SplitScreen title={t('visit.gone')} onBack={() => back()} showing="work" list={<DayList />} work={gone} />;
  }
  return <SplitScreen title={visit.number} onBack={() => back()} showing="work" list={<DayList current={id} />} work={<VisitBody key={id} visit={visit} />} bottom={<NextStep visit={visit} />} />;
}

function VisitBody({visit}: {visit: Row<Visit>}) {
  const view = useView();
  const open = contentVerdict(visit.state) !== 'signed';
  const photos = byPlace(view.ofVisit<Photo>('photo', visit.id)).get(visit.id) ?? [];
  const site = view.get<Site>('site', visit.site);
  useSeen(visit, view.head);
  return (
    <>
      <Head visit={visit} />
      <Rules rules={site?.rules ?? []} />
      <State visit={visit} />
      <Conflicts visit={visit} />
      {visit.briefing !== null && <Card title={t('visit.briefing')} tone="info"><p class="prose visit__words">{visit.briefing}</p></Card>}
      <Marks visit={visit} />
      <Aims visit={visit} open={open} />
      <Card title={t('visit.photos')}><PhotoStrip visit={visit.id} on={{visit: visit.id}} photos={photos} open={open} /></Card>
      <TimeEntries visit={visit} open={open} />
      <Notes visit={visit} open={open} />
      <SiteSheet site={visit.site} except={visit.id} />
    </>
  );
}

function Head({visit}: {visit: Row<Visit>}) {
  const {words, tone, icon} = VISIT_STATES[visit.state];
  // The state says "completed" already; any other end needs its own word.
  const outcome = visit.outcome === 'completed' ? undefined : OUTCOMES[visit.outcome ?? ''];
  const when = visit.starts_at === null || visit.ends_at === null ? null : `${shortDate(Date.parse(visit.starts_at))} · ${span(Date.parse(visit.starts_at), Date.parse(visit.ends_at))}`;
  return (
    <div class="stack stack--tight">
      <h2 class="visit__title">{visit.site_name ?? visit.title}</h2>
      <p>{[visit.client_name, visit.title].filter(Boolean).join(' · ')}</p>
      <div class="row">
        <Chip tone={tone} icon={icon}>{t(words)}</Chip>
        {visit.kind !== null && <Chip>{t(VISIT_KINDS[visit.kind])}</Chip>}
        {outcome !== undefined && <Chip tone="info">{t(outcome)}</Chip>}
      </div>
      {when !== null && <p class="numbers soft">{when}</p>}
    </div>
  );
}

/** What this place forbids, said before anything else. */
function Rules({rules}: {rules: readonly string[]}) {
  if (rules.length === 0) return null;
  return (
    <Banner tone="warn" title={t('visit.rules')}>
      <ul class="visit__rules">{rules.map((rule) => <li key={rule}>{ruleWords(rule)}</li>)}</ul>
    </Banner>
  );
}

function ruleWords(rule: string): string {
  const words = SITE_RULES[rule];
  return words === undefined ? rule : t(words);
}

const OUTCOME_TO_COME = key('visit.signed.recorded');
const SIGNED: Readonly<Record<string, WordKey>> = {
  accepted: key('visit.signed'), accepted_with_open_items: key('visit.signed'), attendance_only: key('visit.signed'), goods_received: key('visit.signed'),
  declined: key('visit.signed.declined'), absent: key('visit.signed.absent'),
};

function State({visit}: {visit: Row<Visit>}) {
  const troubled = useView().troubled('visit', visit.id);
  const signedWords = SIGNED[visit.signed?.outcome ?? ''] ?? OUTCOME_TO_COME;
  return (
    <>
      {visit.state === 'cancelled' && <Banner tone="warn" title={t('visit.cancelled')}>{visit.cancel_reason ?? t('visit.cancelled.detail')}</Banner>}
      {visit.signed !== null && <Banner tone={visit.signed.outcome === 'declined' ? 'warn' : 'ok'} title={t(signedWords)}>{t('visit.signed.detail')}</Banner>}
      {troubled.length > 0 && <Banner tone="warn" title={t('visit.attention')} actions={<Button href={href('sync')}>{t('visit.attention.look')}</Button>} />}
    </>
  );
}

/** The one big button: what this person does next on this visit. */
function NextStep({visit}: {visit: Row<Visit>}) {
  const view = useView();
  const {head} = view;
  const differ = view.openConflicts(visit.id).length > 0;
  const late = useSignal(false);
  const {next, beside} = stepsOf(visit, opened().owner.person);
  const mark = (what: Exclude<typeof beside, null>) => {
    void keep(() => act('visit.mark', ['visit', visit.id], {mark: what}, {base: head}));
  };
  // The next step takes the place of the one just tapped: the second half of a double tap means nothing.
  return (
    <>
      {beside !== null && <Button icon={MARKS[beside].icon} onClick={({detail}) => { if (detail < 2) mark(beside); }}>{t(MARKS[beside].todo)}</Button>}
      {next === 'sign' && differ && <Button kind="primary" icon="triangle-alert" href={href('conflicts', visit.id)}>{t('conflicts.look')}</Button>}
      {next === 'sign' && !differ && <Button kind="primary" icon="signature" onClick={() => go('sign', visit.id)}>{t('visit.sign')}</Button>}
      {next !== null && next !== 'sign' && <Button kind="primary" icon={MARKS[next].icon} onClick={({detail}) => { if (detail < 2) mark(next); }}>{t(MARKS[next].todo)}</Button>}
      {next === null && <Button icon="pencil" onClick={() => { late.value = true; }}>{t('visit.mark.fix')}</Button>}
      {late.value && <MarkFix visit={visit} onClose={() => { late.value = false; }} />}
    </>
  );
}

/** The tablet tells that the person looked, once. */
function useSeen(visit: Row<Visit>, head: number): void {
  useEffect(() => {
    if (!isUnseen(visit, opened().owner.person)) return;
    act('visit.mark', ['visit', visit.id], {mark: 'seen'}, {base: head}).catch((fault: unknown) => { console.error(fault); });
  }, [visit.id]);
}
