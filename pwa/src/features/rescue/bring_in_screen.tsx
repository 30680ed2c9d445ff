import {useSignal} from '@preact/signals';
import {useRef} from 'preact/hooks';
import {type BroughtIn, bringIn, NotBroughtIn, type Why} from '../../app/bringing_in.ts';
import {Screen} from '../../app/frame.tsx';
import {back, href} from '../../app/router.ts';
import {api} from '../../app/tablet.ts';
import {key, t, tn, type WordKey} from '../../i18n/i18n.ts';
import {Banner, Button, Card, ListRow} from '../../ui/kit.ts';

type Said = {readonly done: BroughtIn} | {readonly why: Why | 'failed'} | null;

/** What this person saved on another tablet comes into this one. `/app/bring_in` */
export default function BringInScreen() {
  const said = useSignal<Said>(null);
  const busy = useSignal(false);
  const input = useRef<HTMLInputElement>(null);
  const chosen = async (field: HTMLInputElement) => {
    const [file] = field.files ?? [];
    // The same file may be chosen again after a sign-in.
    field.value = '';
    if (file === undefined) return;
    busy.value = true;
    said.value = await outcomeOf(file);
    busy.value = false;
  };
  return (
    <Screen title={t('rescue.bring')} onBack={() => back('rescue')}
      bottom={<Button kind="primary" icon="file-text" disabled={busy.value} onClick={() => input.current?.click()}>{busy.value ? t('rescue.bring.reading') : t('rescue.bring.choose')}</Button>}>
      {said.value !== null && !busy.value && <Outcome said={said.value} />}
      {said.value !== null && 'why' in said.value && said.value.why === 'sign_in' && <ListRow icon="log-in" title={t('rescue.bring.signIn')} href={href('sign_in')} />}
      <Card title={t('rescue.bring.title')}>
        <p>{t('rescue.bring.what')}</p>
        <p>{t('rescue.bring.how')}</p>
        <p class="soft">{t('rescue.bring.limits')}</p>
      </Card>
      <input ref={input} class="only-heard" type="file" tabIndex={-1} aria-label={t('rescue.bring.choose')} onChange={({currentTarget}) => { void chosen(currentTarget); }} />
    </Screen>
  );
}

async function outcomeOf(file: File): Promise<Said> {
  try {
    return {done: await bringIn(file, api)};
  } catch (fault) {
    if (fault instanceof NotBroughtIn) return {why: fault.why};
    console.error(fault);
    return {why: 'failed'};
  }
}

const WHY: Record<Why | 'failed', WordKey> = {
  not_a_file: key('rescue.bring.not_a_file'), damaged: key('rescue.bring.damaged'), other_organisation: key('rescue.bring.other_organisation'),
  other_person: key('rescue.bring.other_person'), unsigned: key('rescue.bring.unsigned'), not_in_service: key('rescue.bring.not_in_service'),
  sign_in: key('rescue.bring.sign_in'), no_network: key('rescue.bring.no_network'), no_room: key('rescue.bring.no_room'), failed: key('rescue.bring.failed'),
};
/** In the way for now, and not a fault of the file. */
const FOR_NOW: readonly string[] = ['sign_in', 'no_network', 'no_room'];

function Outcome({said}: {said: NonNullable<Said>}) {
  if ('why' in said) return <Banner tone={FOR_NOW.includes(said.why) ? 'warn' : 'fail'} title={t('rescue.bring.not')}>{t(WHY[said.why])}</Banner>;
  const {operations, photos, left, damaged} = said.done;
  const parts = [tn('rescue.saved.operations', operations.fresh), tn('rescue.saved.photos', photos.fresh)];
  const already = operations.already + photos.already;
  const words = [
    t('rescue.bring.fresh', {what: parts.join(', ')}),
    ...(already > 0 ? [tn('rescue.bring.already', already)] : []),
    ...(left > 0 ? [tn('rescue.bring.left', left)] : []),
    ...(damaged ? [t('rescue.bring.cut')] : []),
  ];
  return <Banner tone={damaged || left > 0 ? 'warn' : 'ok'} title={t('rescue.bring.done')}>{words.join(' ')}</Banner>;
}
