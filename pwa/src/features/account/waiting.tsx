import {useEffect} from 'preact/hooks';
import {key, t} from '../../i18n/i18n.ts';
import type {DeviceStatus} from '../../net/api.ts';
import {Banner, Button, Card} from '../../ui/kit.ts';
import {askAgain, type Warning} from './account.ts';
import {Door} from './door.tsx';

const ASK_MS = 3_000;

const WARNINGS: Record<Warning, {title: ReturnType<typeof key>; detail: ReturnType<typeof key>}> = {
  copied_profile: {title: key('account.warning.profile'), detail: key('account.warning.profile.detail')},
  low_storage: {title: key('account.warning.storage'), detail: key('account.warning.storage.detail')},
  not_persisted: {title: key('account.warning.persist'), detail: key('account.warning.persist.detail')},
};

/** The eight characters that the office compares with its own screen, until it says yes. */
export function Waiting({eightCharacters, status, warnings}: {eightCharacters: string; status: DeviceStatus; warnings: readonly Warning[]}) {
  useEffect(() => {
    const timer = setInterval(() => { void askAgain(); }, ASK_MS);
    return () => clearInterval(timer);
  }, []);
  const refused = status === 'revoked' || status === 'suspended';
  return (
    <Door title={t('account.waiting.title')}>
      {refused && <Banner tone="fail" title={t('account.waiting.refused')} />}
      <p>{t('account.waiting.intro')}</p>
      <Card><p class="code" data-code={eightCharacters.replace(' ', '')}>{eightCharacters}</p></Card>
      <p class="soft" role="status">{t('account.waiting.now')}</p>
      <Button icon="refresh-cw" onClick={() => { void askAgain(); }}>{t('account.waiting.ask')}</Button>
      {warnings.map((warning) => <Banner key={warning} tone="warn" title={t(WARNINGS[warning].title)}>{t(WARNINGS[warning].detail)}</Banner>)}
    </Door>
  );
}
