import {useSignal} from '@preact/signals';
import {act, newId} from '../../app/act.ts';
import {machine} from '../../app/machine.ts';
import type {PersonRow, TimeEntry, Visit} from '../../app/rows.ts';
import {type Row, useView} from '../../app/view.ts';
import {clockTime, span} from '../../i18n/format.ts';
import {t, tn} from '../../i18n/i18n.ts';
import {Button, Card, Sheet, Field, ListRow} from '../../ui/kit.ts';
import {useDraft} from './drafts.ts';
import {keep} from './keep.ts';
import {instant, minutesBetween} from './moments.ts';
import {TimeForm} from './time_form.tsx';
import {TIME_KINDS} from './wording.ts';

/** Hours on this visit: a running clock, or entered afterwards. */
export function TimeEntries({visit, open}: {visit: Row<Visit>; open: boolean}) {
  const view = useView();
  const form = useSignal(false);
  const looked = useSignal<string | null>(null);
  const entries = view.ofVisit<TimeEntry>('time_entry', visit.id).filter(({removed}) => removed === null).sort((one, other) => one.starts_at.localeCompare(other.starts_at));
  const total = entries.reduce((sum, {minutes}) => sum + (minutes ?? 0), 0);
  const shown = entries.find(({id}) => id === looked.value);
  return (
    <Card title={t('visit.times')} end={<span class="numbers">{tn('visit.minutes', total)}</span>}>
      <div class="list">
        {entries.map((entry) => (
          <ListRow key={entry.id} icon="clock" title={`${kindWords(entry.kind)} · ${tn('visit.minutes', entry.minutes ?? 0)}`} {...(open ? {onClick: () => { looked.value = entry.id; }} : {})}
            detail={[entry.ends_at === null ? clockTime(Date.parse(entry.starts_at)) : span(Date.parse(entry.starts_at), Date.parse(entry.ends_at)), view.get<PersonRow>('person', entry.person)?.name, entry.note].filter(Boolean).join(' · ')} />
        ))}
      </div>
      {open && <StopWatch visit={visit} />}
      {open && <Button icon="plus" onClick={() => { form.value = true; }}>{t('visit.time.add')}</Button>}
      {form.value && <TimeForm visit={visit} onClose={() => { form.value = false; }} />}
      {shown !== undefined && <RemoveTime entry={shown} onClose={() => { looked.value = null; }} />}
    </Card>
  );
}

function kindWords(kind: string): string {
  const words = TIME_KINDS[kind];
  return words === undefined ? kind : t(words);
}

/** Start and stop. The start is a draft, so a restart of the tablet does not stop the clock. */
function StopWatch({visit}: {visit: Row<Visit>}) {
  const {head} = useView();
  const {ready, fields, set, clear} = useDraft(visit.id);
  const since = fields['clock'];
  if (!ready) return null;
  if (since === undefined) return <Button icon="timer" onClick={() => set('clock', instant(machine.now()))}>{t('visit.clock.start')}</Button>;
  const stop = async () => {
    const now = instant(machine.now());
    const kept = await keep(() => act('time.add', ['time_entry', newId()], {
      visit: visit.id, ticket: null, kind: 'on_site', starts_at: since, ends_at: now, minutes: Math.max(1, minutesBetween(since, now)), note: null,
    }, {base: head}), t('visit.clock.kept'));
    if (kept) clear('clock');
  };
  return <Button icon="timer" onClick={() => { void stop(); }}>{t('visit.clock.stop', {at: clockTime(Date.parse(since))})}</Button>;
}

function RemoveTime({entry, onClose}: {entry: Row<TimeEntry>; onClose: () => void}) {
  const {head} = useView();
  const reason = useSignal('');
  const go = async () => {
    if (await keep(() => act('time.remove', ['time_entry', entry.id], {reason: reason.value.trim()}, {base: head}), t('visit.time.removed'))) onClose();
  };
  return (
    <Sheet title={`${kindWords(entry.kind)} · ${tn('visit.minutes', entry.minutes ?? 0)}`} onClose={onClose}>
      <Field label={t('visit.time.removeWhy')} value={reason.value} onInput={(value) => { reason.value = value; }} maxLength={500} />
      <Button kind="danger" icon="trash" wide disabled={reason.value.trim() === ''} onClick={() => { void go(); }}>{t('visit.time.remove')}</Button>
    </Sheet>
  );
}
