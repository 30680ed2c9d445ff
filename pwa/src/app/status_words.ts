import type {SyncStatus} from '../exchange/types.ts';
import {clockTime} from '../i18n/format.ts';
import {t, tn} from '../i18n/i18n.ts';
import type {StatusLine} from '../ui/kit.ts';
import {href} from './router.ts';

/** The truth about the person's work, in words. The first that applies is the one that matters most. `troubled`: own acts that wait for the office. */
export function statusLine(status: SyncStatus | null, again = false, troubled = 0): StatusLine {
  const sync = href('sync');
  if (status === null) return {words: t('app.status.starting'), icon: 'hard-drive', tone: 'neutral', href: sync};
  if (status.storage === 'quota') return {words: t('app.status.full'), icon: 'hard-drive', tone: 'fail', href: sync};
  if (status.storage !== null) return {words: t('app.status.storage'), icon: 'hard-drive', tone: 'fail', href: sync};
  const waiting = waitingWords(status);
  if (again) return {words: waiting === null ? t('app.status.confirm') : t('app.status.confirmWaiting', {waiting}), icon: 'shield-alert', tone: 'warn', href: href('readmission')};
  if (status.signedOut) return signedOut(waiting);
  if (Object.keys(status.closed).length > 0 || status.refusedBlobs > 0 || status.divergence.length > 0) {
    return {words: waiting === null ? t('app.status.attention') : t('app.status.attentionWaiting', {waiting}), icon: 'triangle-alert', tone: 'warn', href: sync};
  }
  if (waiting !== null) return {words: t('app.status.saved', {waiting}), icon: status.doing === 'nothing' ? 'hard-drive' : 'cloud-upload', tone: 'info', href: sync};
  if (troubled > 0) return {words: tn('app.status.troubled', troubled), icon: 'triangle-alert', tone: 'warn', href: sync};
  if (status.lastContact === null) return {words: t('app.status.first'), icon: 'download', tone: 'info', href: sync};
  return {words: t('app.status.sent', {at: clockTime(status.lastContact)}), icon: 'check-check', tone: 'ok', href: sync};
}

/** "3 changes, 2 photos", or null when nothing waits. */
export function waitingWords({unsent, unsentBlobs}: Pick<SyncStatus, 'unsent' | 'unsentBlobs'>): string | null {
  const changes = unsent > 0 ? tn('app.status.changes', unsent) : null;
  const photos = unsentBlobs.count > 0 ? tn('app.status.photos', unsentBlobs.count) : null;
  if (changes !== null && photos !== null) return t('app.status.both', {changes, photos});
  return changes ?? photos;
}

function signedOut(waiting: string | null): StatusLine {
  const words = waiting === null ? t('app.status.signIn') : t('app.status.signInToSend', {waiting});
  return {words, icon: 'log-in', tone: 'warn', href: href('sign_in')};
}
