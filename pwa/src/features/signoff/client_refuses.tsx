import {useSignal} from '@preact/signals';
import type {Contact} from '../../app/rows.ts';
import type {Row} from '../../app/view.ts';
import type {Translator} from '../../i18n/i18n.ts';
import {Banner, Button, Card, ChoiceList, Field} from '../../ui/kit.ts';
import {REASONS} from './choices.ts';
import {ClientPage} from './client_page.tsx';
import type {SignDraft} from './draft.ts';
import type {Line} from './shown.ts';
import {ShownPage} from './shown_page.tsx';
import {Signer} from './signer.tsx';

interface ClientRefusesProps {
  words: Translator;
  contacts: readonly Row<Contact>[];
  draft: SignDraft;
  /** The page as it is kept then: it says that it was not signed. */
  lines: readonly Line[];
  busy: boolean;
  onRefused: () => void;
  onBack: () => void;
}

/** Not signing is an answer too: with its reason, and a name if the person gives one. */
export function ClientRefuses({words, contacts, draft, lines, busy, onRefused, onBack}: ClientRefusesProps) {
  const tried = useSignal(false);
  const {t} = words;
  const finish = () => {
    tried.value = true;
    if (draft.get('reason') !== '') onRefused();
  };
  const actions = (
    <>
      <Button icon="book-open" onClick={onBack}>{t('signoff.client.read')}</Button>
      <Button kind="primary" icon="check" disabled={busy} onClick={finish}>{t('signoff.client.why.keep')}</Button>
    </>
  );
  return (
    <ClientPage words={words} bottom={actions}>
      <h1>{t('signoff.client.refuse')}</h1>
      <Card>
        <ChoiceList legend={t('signoff.client.why')} value={draft.get('reason')} onChange={(value) => draft.set('reason', value ?? '')}
          options={Object.entries(REASONS).map(([value, reason]) => ({value, label: t(reason)}))} />
        {tried.value && draft.get('reason') === '' && <Banner tone="fail" title={t('signoff.client.why.needed')} />}
        <Field label={t('signoff.client.why.words')} rows={3} maxLength={2000} value={draft.get('words')} onInput={(value) => draft.set('words', value)} />
      </Card>
      <Signer words={words} contacts={contacts} draft={draft} fault={null} />
      <Card title={t('signoff.client.kept')}><ShownPage lines={lines} /></Card>
    </ClientPage>
  );
}
