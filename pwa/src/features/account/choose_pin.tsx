import {useSignal} from '@preact/signals';
import {dateAndTime} from '../../i18n/format.ts';
import {t, tn} from '../../i18n/i18n.ts';
import type {OwnDevice} from '../../net/api.ts';
import {LEAST_PIN, MOST_PIN} from '../../store/keyring.ts';
import {Banner, PinPad} from '../../ui/kit.ts';
import {before, busy, choosePin} from './account.ts';
import {Door} from './door.tsx';

/** What the server has of a tablet of before. */
function told({received, last_seen: seen}: OwnDevice): string {
  return seen === null ? t('account.before.never') : tn('account.before.has', received, {at: dateAndTime(Date.parse(seen))});
}

/** A PIN, twice. */
export function ChoosePin({why}: {why: 'new' | 'forgotten'}) {
  const first = useSignal<string | null>(null);
  const pin = useSignal('');
  const differs = useSignal(false);
  const done = (typed: string) => {
    pin.value = '';
    if (first.value === null) { first.value = typed; differs.value = false; return; }
    if (first.value === typed) { void choosePin(typed); return; }
    first.value = null;
    differs.value = true;
  };
  return (
    <Door title={why === 'new' ? t('account.pin.new') : t('account.pin.again')}>
      {why === 'new' && before.value.map((device) => <Banner key={device.device} tone="info" title={t('account.before', {code: device.code})}>{told(device)}</Banner>)}
      {differs.value && <Banner tone="fail" title={t('account.pin.differs')} />}
      <p>{first.value === null ? t('account.pin.first', {least: LEAST_PIN}) : t('account.pin.second')}</p>
      <PinPad label={t('account.pin.label')} pin={pin.value} onChange={(value) => { pin.value = value; }} onDone={done} least={LEAST_PIN} most={MOST_PIN} busy={busy.value} />
    </Door>
  );
}
