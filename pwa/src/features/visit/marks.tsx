import {useSignal} from '@preact/signals';
import type {PersonRow, Visit} from '../../app/rows.ts';
import {opened} from '../../app/tablet.ts';
import {type Row, useView} from '../../app/view.ts';
import {clockTime} from '../../i18n/format.ts';
import {t, tn} from '../../i18n/i18n.ts';
import {Button, Card, Icon} from '../../ui/kit.ts';
import {MarkFix} from './mark_fix.tsx';
import {minutesBetween} from './moments.ts';
import {ownMarks} from './steps.ts';
import {MARKS} from './wording.ts';

/** The person's steps so far with their times, and where their colleagues are. */
export function Marks({visit}: {visit: Row<Visit>}) {
  const {person} = opened().owner;
  const fixing = useSignal(false);
  const own = ownMarks(visit.marks, person);
  const waited = waitedMinutes(own);
  if (own.length === 0 && visit.engineers.length < 2) return null;
  return (
    <Card title={t('visit.steps')} end={<Button kind="quiet" icon="pencil" onClick={() => { fixing.value = true; }}>{t('visit.mark.fix')}</Button>}>
      <ol class="steps">
        {own.map(({id, mark, at}) => <li key={id} class="steps__step"><Icon name={MARKS[mark].icon} /><span>{t(MARKS[mark].fact)}</span><span class="numbers">{clockTime(Date.parse(at))}</span></li>)}
      </ol>
      {waited > 0 && <p class="soft">{tn('visit.waited', waited)}</p>}
      <Colleagues visit={visit} />
      {fixing.value && <MarkFix visit={visit} onClose={() => { fixing.value = false; }} />}
    </Card>
  );
}

/** Waiting at the desk is counted apart from work (model.md, Marks). */
function waitedMinutes(own: ReturnType<typeof ownMarks>): number {
  const desk = own.find(({mark}) => mark === 'at_desk');
  const work = desk === undefined ? undefined : own.find(({mark, at}) => mark === 'working' && at >= desk.at);
  return desk === undefined || work === undefined ? 0 : minutesBetween(desk.at, work.at);
}

function Colleagues({visit}: {visit: Row<Visit>}) {
  const view = useView();
  const {person} = opened().owner;
  const others = visit.engineers.filter((each) => each !== person);
  if (others.length === 0) return null;
  return (
    <ul class="stack stack--tight">
      {others.map((each) => {
        const last = ownMarks(visit.marks, each).at(-1);
        const name = view.get<PersonRow>('person', each)?.name ?? t('visit.somebody');
        return (
          <li key={each} class="row">
            <Icon name="user" /><span>{each === visit.lead ? t('visit.lead', {name}) : name}</span>
            {last !== undefined && <span class="soft numbers">{`${t(MARKS[last.mark].fact)} ${clockTime(Date.parse(last.at))}`}</span>}
          </li>
        );
      })}
    </ul>
  );
}
