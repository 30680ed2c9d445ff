import {useSignal} from '@preact/signals';
import {useEffect} from 'preact/hooks';
import {Screen} from '../../app/frame.tsx';
import {back} from '../../app/router.ts';
import type {ScreenProps} from '../../app/routes.ts';
import type {Conflict, Visit} from '../../app/rows.ts';
import {type Row, useView} from '../../app/view.ts';
import {type Language, loadLanguage, t, translator} from '../../i18n/i18n.ts';
import {Banner, EmptyState} from '../../ui/kit.ts';
import {keep} from '../visit/shared.ts';
import {ClientReads} from './client_reads.tsx';
import {ClientRefuses} from './client_refuses.tsx';
import {ClientSigns} from './client_signs.tsx';
import {plain, type Signing} from './compose.ts';
import {type SignDraft, useSignDraft} from './draft.ts';
import {contactsOf, gather, type Gathered} from './gather.ts';
import {Prepare, PrepareActions} from './prepare.tsx';
import {Receipt} from './receipt.tsx';
import {type Line, isDone, shownLines} from './shown.ts';
import {sign} from './sign.ts';
import './signoff.css';

/** The hand-over of a visit. `/app/sign/<visit>` */
export default function SignScreen({rest: [id = '']}: ScreenProps) {
  const view = useView();
  const visit = view.get<Visit>('visit', id);
  const receipt = useSignal<{code: string; declined: boolean; locale: Language} | null>(null);
  if (receipt.value !== null) return <Receipt words={translator(receipt.value.locale)} code={receipt.value.code} declined={receipt.value.declined} visit={id} />;
  const gathered = visit === null ? null : gather(view, visit);
  if (visit === null || gathered === null) return <Hindered title={t('signoff.missing')}>{t('signoff.missing.detail')}</Hindered>;
  if (visit.signed !== null) return <Hindered title={t('signoff.signed')}>{t('signoff.kept')}</Hindered>;
  if (view.ofVisit<Conflict>('conflict', id).some(({state}) => state === 'open')) return <Hindered title={t('signoff.conflict')}>{t('signoff.conflict.detail')}</Hindered>;
  return <HandOver visit={visit} gathered={gathered} onSigned={(code, declined, locale) => { receipt.value = {code, declined, locale}; }} />;
}

function Hindered({title, children}: {title: string; children: string}) {
  return <Screen title={t('signoff.title')} onBack={() => back()}><EmptyState icon="signature" title={title}>{children}</EmptyState></Screen>;
}

type Step = 'prepare' | 'reads' | 'signs' | 'refuses';

interface HandOverProps {
  visit: Row<Visit>;
  gathered: Gathered;
  onSigned: (code: string, declined: boolean, locale: Language) => void;
}

function HandOver({visit, gathered, onSigned}: HandOverProps) {
  const view = useView();
  const step = useSignal<Step>('prepare');
  const busy = useSignal(false);
  const draft = useSignDraft(visit.id);
  const contacts = contactsOf(view, visit.site);
  useFirstChoices(draft, gathered, contacts[0]?.language ?? 'en');
  if (!draft.ready) return null;

  const locale = (draft.get('locale') || 'en') as Language;
  const settle = (outcome: string) => {
    if (busy.value) return;
    busy.value = true;
    void keep(async () => {
      const code = await sign(view, visit, gathered, openItems(draft), signingOf(draft, outcome, view, visit));
      await loadLanguage(locale);
      draft.clear();
      onSigned(code, outcome === 'declined', locale);
    }).finally(() => { busy.value = false; });
  };
  const handTo = (next: Step) => { void loadLanguage(locale).then(() => { step.value = next; }); };

  if (step.value === 'prepare') {
    return (
      <Screen title={t('signoff.title')} onBack={() => back()} bottom={<PrepareActions onHandOver={() => handTo('reads')} onNobody={() => settle('absent')} />}>
        {visit.state === 'cancelled' && <Banner tone="warn" title={t('visit.cancelled')} />}
        <Prepare gathered={gathered} draft={draft} />
      </Screen>
    );
  }
  const words = translator(locale);
  const outcome = step.value === 'refuses' ? 'declined' : draft.get('meaning');
  if (step.value === 'signs') return <ClientSigns words={words} contacts={contacts} draft={draft} onSigned={() => settle(outcome)} onBack={() => { step.value = 'reads'; }} />;
  if (step.value === 'refuses') return <ClientRefuses words={words} contacts={contacts} draft={draft} onRefused={() => settle('declined')} onBack={() => { step.value = 'reads'; }} />;
  const lines = plain(shownLines({...gathered.facts, open_items: openItems(draft)}, outcome, noticeOf(view), locale)) as Line[];
  return <ClientReads words={words} lines={lines} onSign={() => { step.value = 'signs'; }} onRefuse={() => { step.value = 'refuses'; }} />;
}

/** What most visits want, chosen once; the engineer may choose otherwise. */
function useFirstChoices(draft: SignDraft, {facts}: Gathered, language: Language): void {
  useEffect(() => {
    if (!draft.ready || draft.get('locale') !== '') return;
    const open = [...facts.tickets, ...facts.followups].some((ticket) => !isDone(ticket));
    draft.set('locale', language);
    draft.set('visit_outcome', 'completed');
    draft.set('meaning', open ? 'accepted_with_open_items' : 'accepted');
  }, [draft.ready]);
}

function openItems(draft: SignDraft): string[] {
  return draft.get('open').split('\n').map((line) => line.trim()).filter((line) => line !== '');
}

function noticeOf(view: ReturnType<typeof useView>): string {
  return view.all<{privacy_notice: string}>('organisation')[0]?.privacy_notice ?? '';
}

function signingOf(draft: SignDraft, outcome: string, view: ReturnType<typeof useView>, visit: Visit): Signing {
  const declined = outcome === 'declined';
  const absent = outcome === 'absent';
  const contact = contactsOf(view, visit.site).find(({id}) => id === draft.get('contact')) ?? null;
  const name = draft.get('name').trim();
  return {
    locale: (draft.get('locale') || 'en') as Language, visit_outcome: draft.get('visit_outcome') || 'completed', outcome,
    declined: declined ? draft.get('reason') : null,
    authorised: contact === null ? null : contact.may_sign,
    identified_by: absent ? null : 'seen_in_person',
    notice: noticeOf(view),
    signer: absent || name === '' ? null : {name, capacity: draft.get('capacity').trim(), contact: contact?.id ?? null, reference: draft.get('reference').trim()},
    ink: declined || absent ? null : draft.ink,
    remark: absent ? null : draft.get('remark').trim() || null,
    reason: declined ? draft.get('words').trim() : null,
  };
}
