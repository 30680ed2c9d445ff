import {Screen} from '../../app/frame.tsx';
import {back, href} from '../../app/router.ts';
import type {ScreenProps} from '../../app/routes.ts';
import type {Conflict, PersonRow, Visit} from '../../app/rows.ts';
import {opened} from '../../app/tablet.ts';
import {type Row, useView, type View} from '../../app/view.ts';
import {dateAndTime} from '../../i18n/format.ts';
import {t} from '../../i18n/i18n.ts';
import {Banner, Button, Card, Chip, EmptyState} from '../../ui/kit.ts';
import {contentVerdict} from '../visit/rules.ts';
import './conflicts.css';
import {conflictsOf, saidBefore} from './rules.ts';
import {fieldWords, thingWords, valueWords} from './wording.ts';

/** Both values of every field on which two people differ, and who decides. `/app/conflicts/<visit>`, or what is of no visit. */
export default function ConflictsScreen({rest}: ScreenProps) {
  const view = useView();
  const id = rest[0] ?? null;
  const visit = id === null ? null : view.get<Visit>('visit', id);
  const all = conflictsOf(view, id);
  const open = all.filter(({state}) => state === 'open').length;
  return (
    <Screen title={t('conflicts.title')} onBack={() => id === null ? back('sync') : back('visit', id)}>
      {visit !== null && <p class="soft">{[visit.number, visit.site_name].filter(Boolean).join(' · ')}</p>}
      {open > 0 && <Banner tone="warn" title={t('conflicts.office')}>{id === null ? t('conflicts.other.detail') : t('conflicts.office.detail')}</Banner>}
      {all.length === 0 && <EmptyState icon="check-check" title={t('conflicts.none')}>{t('conflicts.none.detail')}</EmptyState>}
      {all.map((conflict) => <Both key={conflict.id} conflict={conflict} answerable={visit !== null && contentVerdict(visit.state) !== 'signed'} />)}
    </Screen>
  );
}

function Both({conflict, answerable}: {conflict: Row<Conflict>; answerable: boolean}) {
  const view = useView();
  const person = opened().owner.person;
  const before = saidBefore(view, conflict, person);
  const isOpen = conflict.state === 'open';
  const now = isOpen ? inForce(view, conflict) : null;
  const thing = thingWords(view, conflict);
  return (
    <Card title={fieldWords(view, conflict)} tone={isOpen ? 'warn' : 'neutral'}>
      {thing !== null && <p class="soft">{thing}</p>}
      <div class="row">{isOpen ? <Chip tone="warn" icon="clock">{t('conflicts.waits')}</Chip> : <Chip tone="ok" icon="check">{t('sync.decided.chip')}</Chip>}</div>
      {!isOpen && <p>{decisionWords(view, conflict, person)}</p>}
      <dl class="values">
        {before !== null && <One title={t('conflicts.before')} value={valueWords(view, conflict, before.value)} at={null} counts={false} />}
        <Said conflict={conflict} which="current" person={person} />
        <Said conflict={conflict} which="candidate" person={person} />
      </dl>
      {now !== null && <p>{t('conflicts.corrected', {value: valueWords(view, conflict, now.value)})}</p>}
      {isOpen && answerable && conflict.kind === 'run' && <Correct conflict={conflict} />}
    </Card>
  );
}

/** Where the person may answer anew or say more: the item itself. */
function Correct({conflict: {entity, field}}: {conflict: Row<Conflict>}) {
  return (
    <div class="stack stack--tight">
      <Button icon="pencil" href={href('run', entity, field.split('.')[1] ?? '')}>{t('conflicts.correct')}</Button>
      <p class="soft">{t('conflicts.correct.detail')}</p>
    </div>
  );
}

function Said({conflict, which, person}: {conflict: Row<Conflict>; which: 'current' | 'candidate'; person: string}) {
  const view = useView();
  const said = conflict[which];
  const mine = said.by === person;
  const counts = conflict.state === 'open' ? which === 'current' : conflict.choice === which;
  const title = mine ? t('conflicts.mine') : view.get<PersonRow>('person', said.by)?.name ?? t('checklist.somebody');
  const value = said.withheld === true ? t('conflicts.withheld') : valueWords(view, conflict, said.value);
  return <One title={title} value={value} at={said.at} counts={counts} />;
}

function One({title, value, at, counts}: {title: string; value: string; at: string | null; counts: boolean}) {
  return (
    <div class={counts ? 'values__one values__one--counts' : 'values__one'}>
      <dt>{title}{counts && <> · {t('conflicts.counts')}</>}</dt>
      <dd class="values__value">{value}</dd>
      {at !== null && <dd class="soft numbers">{dateAndTime(Date.parse(at))}</dd>}
    </div>
  );
}

function decisionWords(view: View, {decided_by, choice, current, candidate}: Row<Conflict>, person: string): string {
  const chosen = choice === 'candidate' ? candidate : current;
  const by = view.get<PersonRow>('person', decided_by ?? '')?.name ?? t('conflicts.theOffice');
  if (chosen.by === person) return t('conflicts.decidedYours', {by});
  return t('conflicts.decidedBy', {by, whose: view.get<PersonRow>('person', chosen.by)?.name ?? t('checklist.somebody')});
}

/** The value in force, where somebody corrected it after the two met. */
function inForce(view: View, {kind, entity, field, current}: Row<Conflict>): {readonly value: unknown} | null {
  const [column = '', item] = field.split('.');
  const held = view.get<Readonly<Record<string, unknown>>>(kind, entity)?.[column];
  if (held === undefined || current.withheld === true) return null;
  const value = (item === undefined ? held : (held as Readonly<Record<string, unknown>> | null)?.[item]) ?? null;
  // Of an object two spellings may mean the same: the databases keep their own order of keys.
  const isPlain = typeof value !== 'object' || value === null || Array.isArray(value);
  return !isPlain || JSON.stringify(value) === JSON.stringify(current.value) ? null : {value};
}
