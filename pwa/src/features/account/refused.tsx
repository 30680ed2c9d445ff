import {installer} from '../../app/install.ts';
import {key, t} from '../../i18n/i18n.ts';
import {Banner, Button} from '../../ui/kit.ts';
import type {WhyRefused} from './account.ts';
import {Door} from './door.tsx';

const WHY = {
  apple_tab: {title: key('account.refused.tab'), detail: key('account.refused.tab.detail')},
  tab: {title: key('account.refused.install'), detail: key('account.refused.install.detail')},
  no_keys: {title: key('account.refused.keys'), detail: key('account.refused.keys.detail')},
} as const;

/** This browser cannot keep the work safe; why, and what to do. */
export function RefusedPage({why}: {why: WhyRefused}) {
  const install = why === 'tab' ? installer() : null;
  return (
    <Door title={t('account.refused.title')}>
      <Banner tone="warn" title={t(WHY[why].title)}>{t(WHY[why].detail)}</Banner>
      {install !== null && <Button kind="primary" icon="download" wide onClick={() => { void install(); }}>{t('account.refused.go')}</Button>}
    </Door>
  );
}
