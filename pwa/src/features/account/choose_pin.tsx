import {useSignal} from '@preact/signals';
import {t} from '../../i18n/i18n.ts';
import {LEAST_PIN, MOST_PIN} from '../../store/keyring.ts';
import {Banner, PinPad} from '../../ui/kit.ts';
import {busy, choosePin} from './account.ts';
import {Door} from './door.tsx';

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
      {differs.value && <Banner tone="fail" title={t('account.pin.differs')} />}
      <p>{first.value === null ? t('account.pin.first', {least: LEAST_PIN}) : t('account.pin.second')}</p>
      <PinPad label={t('account.pin.label')} pin={pin.value} onChange={(value) => { pin.value = value; }} onDone={done} least={LEAST_PIN} most={MOST_PIN} busy={busy.value} />
    </Door>
  );
}
