import {useSignal} from '@preact/signals';
import type {Contact} from '../../app/rows.ts';
import type {Row} from '../../app/view.ts';
import type {Translator} from '../../i18n/i18n.ts';
import {Button, Card, Field} from '../../ui/kit.ts';
import {ClientPage} from './client_page.tsx';
import type {SignDraft} from './draft.ts';
import {isSignature, MOST_STROKES} from './ink.ts';
import {InkPad} from './ink_pad.tsx';
import {Signer} from './signer.tsx';

interface ClientSignsProps {
  words: Translator;
  contacts: readonly Row<Contact>[];
  draft: SignDraft;
  busy: boolean;
  onSigned: () => void;
  onBack: () => void;
}

/** Name, role, remark and the drawn signature. */
export function ClientSigns({words, contacts, draft, busy, onSigned, onBack}: ClientSignsProps) {
  const tried = useSignal(false);
  const {t} = words;
  const named = draft.get('name').trim() !== '';
  const drawn = draft.ink !== null && isSignature(draft.ink);
  const full = draft.ink !== null && draft.ink.strokes.length >= MOST_STROKES;
  const finish = () => {
    tried.value = true;
    if (named && drawn) onSigned();
  };
  const actions = (
    <>
      <Button icon="book-open" onClick={onBack}>{t('signoff.client.read')}</Button>
      <Button kind="primary" icon="check" disabled={busy} onClick={finish}>{t('signoff.client.sign')}</Button>
    </>
  );
  return (
    <ClientPage words={words} bottom={actions}>
      <h1>{t('signoff.client.sign')}</h1>
      <Signer words={words} contacts={contacts} draft={draft} fault={tried.value && !named ? t('signoff.client.name.needed') : null} />
      <Card>
        <Field label={t('signoff.client.remark')} rows={2} maxLength={2000} value={draft.get('remark')} onInput={(value) => draft.set('remark', value)} />
      </Card>
      <Card title={t('signoff.client.pad')} end={<Button kind="quiet" icon="rotate-ccw" onClick={() => draft.setInk(null)}>{t('signoff.client.clear')}</Button>}>
        <InkPad label={t('signoff.client.pad')} ink={draft.ink} onInk={draft.setInk} said={full ? t('signoff.client.full') : tried.value && !drawn ? t('signoff.client.short') : null} />
      </Card>
    </ClientPage>
  );
}
