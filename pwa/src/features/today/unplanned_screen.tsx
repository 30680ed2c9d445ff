import {useSignal} from '@preact/signals';
import {act, newId, newNumber} from '../../app/act.ts';
import {Screen} from '../../app/frame.tsx';
import {machine} from '../../app/machine.ts';
import {back, replace} from '../../app/router.ts';
import {useView} from '../../app/view.ts';
import {t, tn} from '../../i18n/i18n.ts';
import {Button, Field, SegmentedChoice, showToast} from '../../ui/kit.ts';
import {instant, keep} from '../visit/shared.ts';
import {SiteChoice} from './site_choice.tsx';

const HOURS = ['1', '2', '4'] as const;

/** A visit that nobody planned, made offline with its final number. `/app/unplanned` */
export default function UnplannedScreen() {
  const {head} = useView();
  const site = useSignal<string | null>(null);
  const title = useSignal('');
  const hours = useSignal<(typeof HOURS)[number]>('1');
  const busy = useSignal(false);
  const ready = site.value !== null && title.value.trim() !== '';
  const go = async () => {
    busy.value = true;
    const id = newId();
    let number = '';
    const kept = await keep(async () => {
      number = await newNumber('V');
      const now = machine.now();
      await act('visit.create', ['visit', id], {
        number, site: site.value, title: title.value.trim(), kind: 'unplanned', starts_at: instant(now),
        ends_at: instant(now + Number(hours.value) * 3_600_000), briefing: null, unplanned: true,
      }, {base: head});
    });
    busy.value = false;
    if (!kept) return;
    showToast(t('today.unplanned.made', {number}));
    replace('visit', id);
  };
  return (
    <Screen title={t('today.unplanned')} onBack={() => back()} bottom={<Button kind="primary" icon="play" disabled={!ready || busy.value} onClick={() => { void go(); }}>{t('today.unplanned.go')}</Button>}>
      <SiteChoice value={site.value} onChange={(value) => { site.value = value; }} />
      <Field label={t('today.unplanned.title')} value={title.value} onInput={(value) => { title.value = value; }} maxLength={200} spellcheck />
      <SegmentedChoice legend={t('today.unplanned.long')} value={hours.value} onChange={(value) => { if (value !== null) hours.value = value; }}
        options={HOURS.map((value) => ({value, label: tn('today.hours', Number(value))}))} />
    </Screen>
  );
}
