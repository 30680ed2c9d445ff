import {key, t} from '../../i18n/i18n.ts';
import {Banner} from '../../ui/kit.ts';
import {Door} from './door.tsx';

const WHY = {
  apple_tab: {title: key('account.refused.tab'), detail: key('account.refused.tab.detail')},
  no_keys: {title: key('account.refused.keys'), detail: key('account.refused.keys.detail')},
} as const;

/** This browser cannot keep the work safe; why, and what to do. */
export function RefusedPage({why}: {why: 'apple_tab' | 'no_keys'}) {
  return <Door title={t('account.refused.title')}><Banner tone="warn" title={t(WHY[why].title)}>{t(WHY[why].detail)}</Banner></Door>;
}
