import {useSignal} from '@preact/signals';
import {useEffect} from 'preact/hooks';
import {eightCharacters} from '../../app/enrolment.ts';
import {Screen} from '../../app/frame.tsx';
import {type Admission, admission, askAdmission} from '../../app/readmission.ts';
import {back, go, href} from '../../app/router.ts';
import {tablet} from '../../app/tablet.ts';
import {key, t} from '../../i18n/i18n.ts';
import {Banner, Button, Card, EmptyState} from '../../ui/kit.ts';

const NOW = {
  sign_in: key('account.again.signIn'), other_person: key('account.again.person'), offline: key('account.again.offline'),
  office: key('account.waiting.now'), refused: key('account.waiting.refused'), server: key('account.trouble.server'),
} as const satisfies Record<Admission, string>;

/** A tablet that was in service before must be confirmed once more: what happened, and what to do. `/app/readmission` */
export default function ReadmissionScreen() {
  const open = tablet.value;
  const eight = useSignal('');
  useEffect(() => { void askAdmission(); }, []);
  useEffect(() => {
    if (open !== null) void eightCharacters(open.owner.device, open.signer.jkt).then((characters) => { eight.value = characters; });
  }, [open]);
  if (open?.owner.again === undefined) return <Confirmed />;
  const signsIn = admission.value === 'sign_in' || admission.value === 'other_person';
  const bottom = signsIn
    ? <Button kind="primary" icon="log-in" href={href('sign_in')}>{t('sync.signIn')}</Button>
    : <Button kind="primary" icon="refresh-cw" onClick={() => { void askAdmission(); }}>{t('account.waiting.ask')}</Button>;
  return (
    <Screen title={t('account.again.title')} onBack={() => back()} bottom={bottom}>
      <Banner tone="info" title={t('account.again.kept')}>{open.owner.again === 'copied' ? t('account.again.copied') : t('account.again.unknown')}</Banner>
      <p>{t('account.waiting.intro')}</p>
      <Card><p class="code" data-code={eight.value.replace(' ', '')}>{eight.value}</p></Card>
      <p role="status">{t(NOW[admission.value])}</p>
    </Screen>
  );
}

function Confirmed() {
  return (
    <Screen title={t('account.again.title')} onBack={() => back()}>
      <EmptyState icon="circle-check" title={t('account.again.done')} action={<Button icon="house" onClick={() => go()}>{t('app.today')}</Button>}>
        {t('account.again.done.detail')}
      </EmptyState>
    </Screen>
  );
}
