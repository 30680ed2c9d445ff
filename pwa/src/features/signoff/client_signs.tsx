import {useSignal} from '@preact/signals';
import type {Contact} from '../../app/rows.ts';
import type {Row} from '../../app/view.ts';
import type {Translator} from '../../i18n/i18n.ts';
import {Banner, Button, Card, ChoiceList, Field} from '../../ui/kit.ts';
import {ClientPage} from './client_page.tsx';
import type {SignDraft} from './draft.ts';
import {isSignature} from './ink.ts';
import {InkPad} from './ink_pad.tsx';

interface ClientSignsProps {
  words: Translator;
  contacts: readonly Row<Contact>[];
  draft: SignDraft;
  onSigned: () => void;
  onBack: () => void;
}

const OTHER = 'other';

/** Name, role, remark and the drawn signature. */
export function ClientSigns({words, contacts, draft, onSigned, onBack}: ClientSignsProps) {
  const tried = useSignal(false);
  const {t} = words;
  const named = draft.get('name').trim() !== '';
  const drawn = draft.ink !== null && isSignature(draft.ink);
  const finish = () => {
    tried.value = true;
    if (named && drawn) onSigned();
  };
  const actions = (
    <>
      <Button icon="book-open" onClick={onBack}>{t('signoff.client.read')}</Button>
      <Button kind="primary" icon="check" onClick={finish}>{t('signoff.client.sign')}</Button>
    </>
  );
  return (
    <ClientPage words={words} bottom={actions}>
      <Signer words={words} contacts={contacts} draft={draft} fault={tried.value && !named ? t('signoff.client.name.needed') : null} />
      <Card>
        <Field label={t('signoff.client.remark')} rows={2} maxLength={2000} value={draft.get('remark')} onInput={(value) => draft.set('remark', value)} />
      </Card>
      <Card title={t('signoff.client.pad')}>
        <InkPad label={t('signoff.client.pad')} clear={t('signoff.client.clear')} ink={draft.ink} onInk={draft.setInk} />
        {tried.value && !drawn && <Banner tone="fail" title={t('signoff.client.short')} />}
      </Card>
    </ClientPage>
  );
}

/** One of the site's contacts, or somebody who writes their name. */
export function Signer({words: {t}, contacts, draft, fault}: {words: Translator; contacts: readonly Row<Contact>[]; draft: SignDraft; fault: string | null}) {
  const choose = (id: string | null) => {
    const contact = contacts.find((each) => each.id === id);
    draft.set('contact', contact?.id ?? OTHER);
    draft.set('name', contact?.name ?? '');
    draft.set('capacity', contact?.capacity ?? '');
  };
  const options = [...contacts.map(({id, name, capacity}) => ({value: id, label: capacity === null ? name : `${name}, ${capacity}`})), {value: OTHER, label: t('signoff.client.other')}];
  return (
    <Card>
      {contacts.length > 0 && <ChoiceList legend={t('signoff.client.who')} options={options} value={draft.get('contact')} onChange={choose} />}
      <Field label={t('signoff.client.name')} maxLength={200} autocomplete="name" value={draft.get('name')} onInput={(value) => draft.set('name', value)} fault={fault} />
      <Field label={t('signoff.client.capacity')} maxLength={120} value={draft.get('capacity')} onInput={(value) => draft.set('capacity', value)} />
      <Field label={t('signoff.client.reference')} maxLength={120} value={draft.get('reference')} onInput={(value) => draft.set('reference', value)} />
    </Card>
  );
}
