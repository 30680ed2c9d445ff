import type {Contact} from '../../app/rows.ts';
import type {Row} from '../../app/view.ts';
import type {Translator} from '../../i18n/i18n.ts';
import {Card, ChoiceList, Field} from '../../ui/kit.ts';
import type {SignDraft} from './draft.ts';

interface SignerProps {
  words: Translator;
  contacts: readonly Row<Contact>[];
  draft: SignDraft;
  fault: string | null;
}

export const OTHER = 'other';

/** One of the site's contacts, or somebody who writes their name. A name that is typed over is no longer the contact's. */
export function Signer({words: {t}, contacts, draft, fault}: SignerProps) {
  const choose = (id: string | null) => {
    const contact = contacts.find((each) => each.id === id);
    draft.change({contact: contact?.id ?? OTHER, name: contact?.name ?? '', capacity: contact?.capacity ?? ''});
  };
  const write = (name: string) => draft.change({name, contact: contacts.find(({id}) => id === draft.get('contact'))?.name === name ? draft.get('contact') : OTHER});
  const options = [...contacts.map(({id, name, capacity}) => ({value: id, label: capacity === null ? name : `${name}, ${capacity}`})), {value: OTHER, label: t('signoff.client.other')}];
  return (
    <Card>
      {contacts.length > 0 && <ChoiceList legend={t('signoff.client.who')} options={options} value={draft.get('contact')} onChange={choose} />}
      <Field label={t('signoff.client.name')} maxLength={200} value={draft.get('name')} onInput={write} fault={fault} />
      <Field label={t('signoff.client.capacity')} maxLength={120} value={draft.get('capacity')} onInput={(value) => draft.set('capacity', value)} />
      <Field label={t('signoff.client.reference')} maxLength={120} value={draft.get('reference')} onInput={(value) => draft.set('reference', value)} />
    </Card>
  );
}
