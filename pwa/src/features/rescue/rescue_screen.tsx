import {useSignal} from '@preact/signals';
import {Screen} from '../../app/frame.tsx';
import {saveUnsent} from '../../app/rescue.ts';
import {back, href} from '../../app/router.ts';
import {waitingWords} from '../../app/status_words.ts';
import {opened, syncStatus} from '../../app/tablet.ts';
import {megabytes} from '../../i18n/format.ts';
import {t} from '../../i18n/i18n.ts';
import type {RescueFile} from '../../store/rescue_file.ts';
import {Banner, Button, Card, ListRow} from '../../ui/kit.ts';
import {savedWords} from './shared.ts';

type Said = {readonly made: RescueFile} | 'failed' | null;

/** The last way out for work that cannot be sent: one sealed file for the office. `/app/rescue` */
export default function RescueScreen() {
  const said = useSignal<Said>(null);
  const busy = useSignal(false);
  const {owner, store} = opened();
  const status = syncStatus.value;
  const waiting = status === null ? null : waitingWords(status);
  const save = async () => {
    busy.value = true;
    try {
      said.value = {made: await saveUnsent(store.salvage(), owner.person)};
    } catch (fault) {
      console.error(fault);
      said.value = 'failed';
    } finally {
      busy.value = false;
    }
  };
  return (
    <Screen title={t('rescue.title')} onBack={() => back('sync')}
      bottom={<Button kind="primary" icon="download" disabled={busy.value} onClick={() => { void save(); }}>{t('rescue.save')}</Button>}>
      {said.value === 'failed' && <Banner tone="fail" title={t('rescue.failed')}>{t('rescue.failed.detail')}</Banner>}
      {said.value !== null && said.value !== 'failed' && <Banner tone={said.value.made.left > 0 ? 'warn' : 'ok'} title={t('rescue.saved', {size: megabytes(said.value.made.file.size)})}>{savedWords(said.value.made)}</Banner>}
      <Card title={waiting === null ? t('rescue.nothing') : t('rescue.waiting', {waiting})}>
        <p>{t('rescue.what')}</p>
        <p>{t('rescue.how')}</p>
        <p class="soft">{t('rescue.limits')}</p>
      </Card>
      <ListRow icon="tablet" title={t('rescue.bring')} detail={t('rescue.bring.detail')} href={href('bring_in')} />
    </Screen>
  );
}
