import {Screen} from '../../app/frame.tsx';
import {href} from '../../app/router.ts';
import {waitingWords} from '../../app/status_words.ts';
import {opened, syncStatus} from '../../app/tablet.ts';
import {dateAndTime} from '../../i18n/format.ts';
import {t} from '../../i18n/i18n.ts';
import {Banner, Button, EmptyState} from '../../ui/kit.ts';

/** In the place of every screen that would show what the office shared: it has not been heard for too long. `/app/lease` */
export default function LeaseScreen() {
  const waiting = syncStatus.value === null ? null : waitingWords(syncStatus.value);
  const last = opened().store.memory.meta.lastContact ?? 0;
  return (
    <Screen title={t('account.lease.title')} bottom={<Button kind="primary" icon="log-in" href={href('sign_in')}>{t('account.signIn.go')}</Button>}>
      {waiting !== null && <Banner tone="info" title={t('account.lease.kept', {waiting})}>{t('account.lease.kept.detail')}</Banner>}
      <EmptyState icon="lock" title={t('account.lease.since', {at: dateAndTime(last)})} action={<Button icon="refresh-cw" href={href('sync')}>{t('account.more.sync')}</Button>}>
        {t('account.lease.detail')}
      </EmptyState>
    </Screen>
  );
}
