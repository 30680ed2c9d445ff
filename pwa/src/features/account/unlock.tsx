import {useSignal} from '@preact/signals';
import {t, tn} from '../../i18n/i18n.ts';
import {LEAST_PIN, MOST_PIN} from '../../store/keyring.ts';
import type {Lodger} from '../../store/people.ts';
import {Banner, Button, PinPad} from '../../ui/kit.ts';
import {busy, choose, signInAs, step, unlock} from './account.ts';
import {Door} from './door.tsx';

interface UnlockProps {
  lodger: Lodger;
  lodgers: readonly Lodger[];
  /** Attempts left after a wrong PIN, else null. */
  left: number | null;
}

/** The PIN of whoever worked here last; works without a network. */
export function Unlock({lodger, lodgers, left}: UnlockProps) {
  const pin = useSignal('');
  const done = (typed: string) => {
    pin.value = '';
    void unlock(typed);
  };
  return (
    <Door title={t('account.unlock.title', {who: lodger.initials})}>
      {left !== null && <Banner tone="fail" title={t('account.unlock.wrong')}>{tn('account.unlock.left', left)}</Banner>}
      <PinPad label={t('account.pin.label')} pin={pin.value} onChange={(value) => { pin.value = value; }} onDone={done} least={LEAST_PIN} most={MOST_PIN} busy={busy.value} />
      <div class="row">
        <Button kind="quiet" icon="key-round" onClick={() => { void signInAs('forgotten'); }}>{t('account.unlock.forgotten')}</Button>
        {lodgers.filter(({id}) => id !== lodger.id).map((other) => (
          <Button key={other.id} kind="quiet" icon="circle-user" onClick={() => { void choose(other); }}>{t('account.unlock.other', {who: other.initials})}</Button>
        ))}
        <Button kind="quiet" icon="download" onClick={() => { step.value = {at: 'rescue', lodger, left: null, made: null}; }}>{t('account.rescue.title')}</Button>
        <Button kind="quiet" icon="user-plus" onClick={() => { void signInAs('new'); }}>{t('account.unlock.new')}</Button>
      </div>
    </Door>
  );
}
