import {useSignal} from '@preact/signals';
import {megabytes} from '../../i18n/format.ts';
import {t, tn} from '../../i18n/i18n.ts';
import {LEAST_PIN, MOST_PIN} from '../../store/keyring.ts';
import {Banner, Button, PinPad} from '../../ui/kit.ts';
import {savedWords} from '../rescue/shared.ts';
import {busy, choose, rescue, type Step} from './account.ts';
import {Door} from './door.tsx';

/** The last way out for work on a tablet that no longer opens; asks for the PIN as the door does. */
export function RescueDoor({lodger, left, made}: Extract<Step, {at: 'rescue'}>) {
  const pin = useSignal('');
  const done = (typed: string) => {
    pin.value = '';
    void rescue(typed);
  };
  return (
    <Door title={t('account.rescue.title')}>
      {left !== null && <Banner tone="fail" title={t('account.unlock.wrong')}>{tn('account.unlock.left', left)}</Banner>}
      {made === null
        ? <>
            <p>{t('account.rescue.detail')}</p>
            <PinPad label={t('account.pin.label')} pin={pin.value} onChange={(value) => { pin.value = value; }} onDone={done} least={LEAST_PIN} most={MOST_PIN} busy={busy.value} />
          </>
        : <Banner tone={made.left > 0 ? 'warn' : 'ok'} title={t('rescue.saved', {size: megabytes(made.file.size)})}>{savedWords(made)}</Banner>}
      <div class="row"><Button kind="quiet" icon="arrow-left" onClick={() => { void choose(lodger); }}>{t('account.rescue.back')}</Button></div>
    </Door>
  );
}
