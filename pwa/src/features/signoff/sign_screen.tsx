import {useSignal} from '@preact/signals';
import {useEffect} from 'preact/hooks';
import {Screen} from '../../app/frame.tsx';
import {back, replace} from '../../app/router.ts';
import type {ScreenProps} from '../../app/routes.ts';
import type {Visit} from '../../app/rows.ts';
import {type Row, useView} from '../../app/view.ts';
import {type Language, loadLanguage, t} from '../../i18n/i18n.ts';
import {Banner, EmptyState, showToast} from '../../ui/kit.ts';
import {ClientSide} from './client_side.tsx';
import {type SignDraft, useSignDraft} from './draft.ts';
import {contactsOf, gather, type Gathered} from './gather.ts';
import {type HandOver, handOver, keepInkOfPage, linesOf} from './hand_over.ts';
import {Prepare, PrepareActions} from './prepare.tsx';
import {settle} from './settle.ts';
import {isDone} from './shown.ts';
import './signoff.css';

/** The hand-over of a visit. `/app/sign/<visit>` */
export default function SignScreen({rest: [id = '']}: ScreenProps) {
  return <SignOff key={id} id={id} />;
}

/** Until the tablet is handed over the engineer's side, then the client's alone until it is locked. */
function SignOff({id}: {id: string}) {
  const handed = useSignal<HandOver | null>(null);
  if (handed.value !== null) return <ClientSide handed={handed.value} />;
  return <EngineerSide id={id} onHandOver={(page) => { handed.value = page; }} />;
}

function EngineerSide({id, onHandOver}: {id: string; onHandOver: (page: HandOver) => void}) {
  const view = useView();
  const visit = view.get<Visit>('visit', id);
  const gathered = visit === null ? null : gather(view, visit);
  if (visit === null || gathered === null) return <Hindered title={t('signoff.missing')}>{t('signoff.missing.detail')}</Hindered>;
  if (visit.signed !== null) return <Hindered title={t('signoff.signed')}>{t('signoff.kept')}</Hindered>;
  if (view.openConflicts(id).length > 0) return <Hindered title={t('signoff.conflict')}>{t('signoff.conflict.detail')}</Hindered>;
  return <Preparing visit={visit} gathered={gathered} onHandOver={onHandOver} />;
}

function Hindered({title, children}: {title: string; children: string}) {
  return <Screen title={t('signoff.title')} onBack={() => back()}><EmptyState icon="signature" title={title}>{children}</EmptyState></Screen>;
}

function Preparing({visit, gathered, onHandOver}: {visit: Row<Visit>; gathered: Gathered; onHandOver: (page: HandOver) => void}) {
  const view = useView();
  const busy = useSignal(false);
  const draft = useSignDraft(visit.id);
  useFirstChoices(draft, gathered, contactsOf(view, visit.site)[0]?.language ?? 'en');
  if (!draft.ready) return null;
  const hand = async () => {
    const page = handOver(view, visit, gathered, draft);
    await Promise.all([loadLanguage(page.locale), keepInkOfPage(draft, linesOf(page, draft.get('meaning')))]);
    onHandOver(page);
  };
  const nobody = async () => {
    if (busy.value) return;
    busy.value = true;
    const code = await settle(handOver(view, visit, gathered, draft), draft, 'absent');
    busy.value = false;
    if (code === null) return;
    showToast(t('signoff.kept'));
    replace('visit', visit.id);
  };
  return (
    <Screen title={t('signoff.title')} onBack={() => back()} bottom={<PrepareActions onHandOver={() => { void hand(); }} onNobody={() => { void nobody(); }} />}>
      {visit.state === 'cancelled' && <Banner tone="warn" title={t('visit.cancelled')} />}
      <Prepare gathered={gathered} draft={draft} />
    </Screen>
  );
}

/** What most visits want, chosen once; the engineer may choose otherwise. */
function useFirstChoices(draft: SignDraft, {facts}: Gathered, locale: Language): void {
  useEffect(() => {
    if (!draft.ready || draft.get('locale') !== '') return;
    const open = [...facts.tickets, ...facts.followups].some((ticket) => !isDone(ticket));
    draft.change({locale, visit_outcome: 'completed', meaning: open ? 'accepted_with_open_items' : 'accepted'});
  }, [draft.ready]);
}
