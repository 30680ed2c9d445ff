import {signal} from '@preact/signals';
import {key, t} from '../i18n/i18n.ts';
import type {StoreTrouble} from '../store/connection.ts';
import {Banner, Button} from '../ui/kit.ts';

/** What stands between the app and its storage; null when nothing does. A storage that was emptied has no screen to say it on. */
export const storeTrouble = signal<Exclude<StoreTrouble, 'emptied'> | null>(null);

const WORDS = {
  superseded: [key('app.store.superseded'), key('app.store.superseded.detail')], blocked: [key('app.store.blocked'), key('app.store.blocked.detail')],
  newer: [key('app.store.newer'), key('app.store.newer.detail')], lost: [key('app.store.lost'), key('app.store.lost.detail')],
} as const;

/** Says it, and offers to start again: what a form holds stays on the screen until the person does. */
export function StorageTrouble() {
  const trouble = storeTrouble.value;
  if (trouble === null) return null;
  const [title, detail] = WORDS[trouble];
  const again = trouble === 'blocked' ? undefined : <Button icon="refresh-cw" onClick={() => location.reload()}>{t('app.reload')}</Button>;
  return <Banner tone="fail" title={t(title)} actions={again}>{t(detail)}</Banner>;
}
