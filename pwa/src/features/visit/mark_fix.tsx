import {useSignal} from '@preact/signals';
import {act, newId} from '../../app/act.ts';
import {machine} from '../../app/machine.ts';
import type {MarkName, Visit} from '../../app/rows.ts';
import {type Row, useView} from '../../app/view.ts';
import {clockTime} from '../../i18n/format.ts';
import {t} from '../../i18n/i18n.ts';
import {Button, ChoiceList, Field, Sheet} from '../../ui/kit.ts';
import {keep} from './keep.ts';
import {asMeant, asTyped, instant} from './moments.ts';
import {allowedSteps} from './steps.ts';
import {MARKS} from './wording.ts';

/** A step that was forgotten or tapped at the wrong time: the true time, and why. The earlier tap stays in the record. */
export function MarkFix({visit, start = null, onClose}: {visit: Row<Visit>; start?: MarkName | null; onClose: () => void}) {
  const {head} = useView();
  const mark = useSignal<MarkName | null>(start);
  const at = useSignal(asTyped(machine.now()));
  const reason = useSignal('');
  const meant = asMeant(at.value);
  const future = meant !== null && meant > machine.now() + 60_000;
  const ready = mark.value !== null && meant !== null && !future && reason.value.trim() !== '';
  const save = async () => {
    if (mark.value === null || meant === null) return;
    const fact = `${t(MARKS[mark.value].fact)} ${clockTime(meant)}`;
    const kept = await keep(async () => {
      await act('visit.mark', ['visit', visit.id], {mark: mark.value, at: instant(meant)}, {base: head});
      await act('note.add', ['note', newId()], {visit: visit.id, text: t('visit.mark.fixed', {fact, reason: reason.value.trim()})}, {base: head});
    }, fact);
    if (kept) onClose();
  };
  return (
    <Sheet title={t('visit.mark.fix')} onClose={onClose}>
      <ChoiceList legend={t('visit.mark.which')} value={mark.value} onChange={(value) => { mark.value = value; }}
        options={allowedSteps(visit.state).map((value) => ({value, label: t(MARKS[value].fact), icon: MARKS[value].icon}))} />
      <Field label={t('visit.mark.when')} type="datetime-local" value={at.value} onInput={(value) => { at.value = value; }} fault={future ? t('visit.mark.future') : null} />
      <Field label={t('visit.mark.why')} value={reason.value} onInput={(value) => { reason.value = value; }} maxLength={500} spellcheck />
      <Button kind="primary" icon="check" wide disabled={!ready} onClick={() => { void save(); }}>{t('visit.save')}</Button>
    </Sheet>
  );
}
