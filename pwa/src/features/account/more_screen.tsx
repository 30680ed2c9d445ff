import {lockUp} from '../../app/exchange.ts';
import {Screen} from '../../app/frame.tsx';
import {line} from '../../app/machine.ts';
import {setLanguage, setTheme, setWifiOnly, theme, wifiOnly} from '../../app/preferences.ts';
import {back, href} from '../../app/router.ts';
import type {PersonRow} from '../../app/rows.ts';
import {opened} from '../../app/tablet.ts';
import {useView} from '../../app/view.ts';
import {language, t} from '../../i18n/i18n.ts';
import {Button, Card, ChoiceList, Facts, ListRow, SegmentedChoice} from '../../ui/kit.ts';

/** Who works here, how the screen looks and speaks, and the way out. */
export default function MoreScreen() {
  const {owner} = opened();
  const view = useView();
  const organisation = view.get<{name: string}>('organisation', owner.organisation)?.name ?? '';
  return (
    <Screen title={t('account.more.title')} onBack={() => back()} bottom={<Button kind="primary" icon="lock" onClick={lockUp}>{t('account.more.lock')}</Button>}>
      <Card title={view.get<PersonRow>('person', owner.person)?.name ?? owner.signIn}>
        <Facts facts={[[t('account.more.organisation'), organisation], [t('account.more.device'), owner.code]]} />
      </Card>
      <div class="list">
        <ListRow icon="refresh-cw" title={t('account.more.sync')} href={href('sync')} />
        <ListRow icon="log-in" title={t('account.signIn.title')} href={href('sign_in')} />
      </div>
      <Card>
        <ChoiceList legend={t('account.more.language')} value={language.value} onChange={(value) => { if (value !== null) void setLanguage(value); }}
          options={[{value: 'en', label: 'English'}, {value: 'ms', label: 'Bahasa Melayu'}, {value: 'zh', label: '中文'}]} />
      </Card>
      <Card>
        <SegmentedChoice legend={t('account.more.theme')} value={theme.value} onChange={(value) => { if (value !== null) setTheme(value); }}
          options={[{value: 'system', label: t('account.more.theme.system'), icon: 'tablet'}, {value: 'light', label: t('account.more.theme.light'), icon: 'sun'}, {value: 'dark', label: t('account.more.theme.dark'), icon: 'moon'}]} />
      </Card>
      {line() !== null && (
        <Card>
          <SegmentedChoice legend={t('account.more.photos')} value={wifiOnly.value ? 'wifi' : 'any'} onChange={(value) => { if (value !== null) setWifiOnly(value === 'wifi'); }}
            options={[{value: 'any', label: t('account.more.photos.any')}, {value: 'wifi', label: t('account.more.photos.wifi')}]} />
        </Card>
      )}
    </Screen>
  );
}
