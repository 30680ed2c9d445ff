import {useSignal} from '@preact/signals';
import {act, newId} from '../../app/act.ts';
import {machine} from '../../app/machine.ts';
import type {Visit} from '../../app/rows.ts';
import {type Row, useView} from '../../app/view.ts';
import {t, tn} from '../../i18n/i18n.ts';
import {Button, ChoiceList, Field, Sheet} from '../../ui/kit.ts';
import {keep} from './keep.ts';
import {asMeant, asTyped, instant, minutesBetween} from './moments.ts';
import {timeKinds} from './rules.ts';
import {TIME_KINDS} from './wording.ts';

const HOUR_MS = 3_600_000;
/** As the server takes: ten days in minutes. */
const MOST_MINUTES = 14_400;

/** Hours entered afterwards. */
export function TimeForm({visit, onClose}: {visit: Row<Visit>; onClose: () => void}) {
  const {head} = useView();
  const kind = useSignal<string>('on_site');
  const from = useSignal(asTyped(machine.now() - HOUR_MS));
  const to = useSignal(asTyped(machine.now()));
  const note = useSignal('');
  const [starts, ends] = [asMeant(from.value), asMeant(to.value)];
  const minutes = starts === null || ends === null ? null : minutesBetween(instant(starts), instant(ends));
  const backwards = starts !== null && ends !== null && ends < starts;
  const ready = minutes !== null && minutes <= MOST_MINUTES && !backwards;
  const save = async () => {
    if (starts === null || ends === null || minutes === null) return;
    const kept = await keep(() => act('time.add', ['time_entry', newId()], {
      visit: visit.id, ticket: null, kind: kind.value, starts_at: instant(starts), ends_at: instant(ends), minutes, note: note.value.trim() || null,
    }, {base: head}), t('visit.clock.kept'));
    if (kept) onClose();
  };
  return (
    <Sheet title={t('visit.time.add')} onClose={onClose}>
      <ChoiceList legend={t('visit.time.kind')} value={kind.value} onChange={(value) => { if (value !== null) kind.value = value; }}
        options={timeKinds.map((value) => ({value, label: t(TIME_KINDS[value]!)}))} />
      <Field label={t('visit.time.from')} type="datetime-local" value={from.value} onInput={(value) => { from.value = value; }} />
      <Field label={t('visit.time.to')} type="datetime-local" value={to.value} onInput={(value) => { to.value = value; }} fault={backwards ? t('visit.time.backwards') : null} />
      <Field label={t('visit.time.note')} value={note.value} onInput={(value) => { note.value = value; }} maxLength={500} spellcheck />
      <Button kind="primary" icon="check" wide disabled={!ready} onClick={() => { void save(); }}>{ready ? tn('visit.time.save', minutes) : t('visit.save')}</Button>
    </Sheet>
  );
}
