import {useSignal} from '@preact/signals';
import {traces} from '../../app/traces.ts';
import {key, t} from '../../i18n/i18n.ts';
import type {Lodger} from '../../store/people.ts';
import {Banner, Button, Field} from '../../ui/kit.ts';
import {begin, busy, signIn, type WhySignIn} from './account.ts';
import {Door} from './door.tsx';

const WHY = {forgotten: key('account.signIn.forgotten'), too_many: key('account.signIn.tooMany'), waiting: key('account.signIn.waiting'), emptied: key('account.signIn.emptied'), given_up: key('account.signIn.givenUp')} as const;

/** What there is to say beside; of a tablet that was emptied also which one it was, where that is still known. */
function detail(why: WhySignIn): string | undefined {
  if (why === 'given_up') return t('account.signIn.givenUp.detail');
  if (why !== 'emptied') return undefined;
  const codes = Object.values(traces()).map(({code}) => code);
  const which = codes.length === 0 ? [] : [t('account.emptied.was', {codes: codes.join(', ')})];
  return [t('account.signIn.emptied.detail'), ...which].join(' ');
}

/** Name and password; needs the network. */
export function SignIn({why, lodgers}: {why: WhySignIn; lodgers: readonly Lodger[]}) {
  const name = useSignal('');
  const password = useSignal('');
  const submit = (event: Event) => {
    event.preventDefault();
    void signIn(name.value.trim(), password.value);
  };
  return (
    <Door title={t('account.signIn.title')}>
      {why === 'new' ? <p class="soft">{t('account.signIn.intro')}</p> : <Banner tone={why === 'emptied' ? 'warn' : 'info'} title={t(WHY[why])}>{detail(why)}</Banner>}
      <form class="stack" onSubmit={submit}>
        <Field label={t('account.signIn.name')} value={name.value} onInput={(value) => { name.value = value; }} name="username" autocomplete="username" />
        <Field label={t('account.signIn.password')} value={password.value} onInput={(value) => { password.value = value; }} type="password" name="password" autocomplete="current-password" />
        <Button kind="primary" type="submit" icon="log-in" wide disabled={busy.value || name.value === '' || password.value === ''}>{t('account.signIn.go')}</Button>
      </form>
      {lodgers.length > 0 && <Button kind="quiet" icon="lock-open" onClick={() => { void begin(); }}>{t('account.signIn.back')}</Button>}
    </Door>
  );
}
