import {useSignal} from '@preact/signals';
import {nudge} from '../../app/exchange.ts';
import {Screen} from '../../app/frame.tsx';
import {back} from '../../app/router.ts';
import {announce} from '../../app/statement.ts';
import {api, noteSession, opened, syncStatus} from '../../app/tablet.ts';
import {waitingWords} from '../../app/status_words.ts';
import {t} from '../../i18n/i18n.ts';
import {Refused} from '../../net/api.ts';
import {Unreachable} from '../../net/http.ts';
import {Button, Field} from '../../ui/kit.ts';
import type {Trouble} from './account.ts';
import {TroubleBanner} from './door.tsx';

/** Signing in again while the tablet is open: the work goes on all the time, this only lets it be sent. */
export default function SignInScreen() {
  const name = useSignal('');
  const password = useSignal('');
  const trouble = useSignal<Trouble>(null);
  const busy = useSignal(false);
  const waiting = syncStatus.value === null ? null : waitingWords(syncStatus.value);
  const submit = async () => {
    busy.value = true;
    trouble.value = await signInAgain(name.value.trim(), password.value);
    busy.value = false;
    if (trouble.value === null) back();
  };
  return (
    <Screen title={t('account.signIn.title')} onBack={() => back()}>
      <TroubleBanner trouble={trouble.value} />
      <p>{waiting === null ? t('account.signIn.again') : t('account.signIn.againToSend', {waiting})}</p>
      <form class="stack" onSubmit={(event) => { event.preventDefault(); void submit(); }}>
        <Field label={t('account.signIn.name')} value={name.value} onInput={(value) => { name.value = value; }} name="username" autocomplete="username" />
        <Field label={t('account.signIn.password')} value={password.value} onInput={(value) => { password.value = value; }} type="password" name="password" autocomplete="current-password" />
        <Button kind="primary" type="submit" icon="log-in" wide disabled={busy.value || name.value === '' || password.value === ''}>{t('account.signIn.go')}</Button>
      </form>
    </Screen>
  );
}

async function signInAgain(name: string, password: string): Promise<Trouble> {
  try {
    await noteSession(opened().store, await api.signIn(name, password));
    nudge('signed_in');
    return null;
  } catch (fault) {
    if (fault instanceof Unreachable) return 'offline';
    // A restored server may have forgotten the person too: then the statement tells the office whom to make again.
    if (fault instanceof Refused && fault.status === 401) await announce(opened());
    if (fault instanceof Refused) return fault.status === 401 ? 'wrong_password' : fault.status === 429 ? 'too_often' : 'server';
    throw fault;
  }
}
