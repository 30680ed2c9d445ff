import {useSignal} from '@preact/signals';
import {act} from '../../app/act.ts';
import {Screen} from '../../app/frame.tsx';
import {back} from '../../app/router.ts';
import type {ScreenProps} from '../../app/routes.ts';
import type {Contact, Visit} from '../../app/rows.ts';
import {opened} from '../../app/tablet.ts';
import {useView} from '../../app/view.ts';
import {key, t} from '../../i18n/i18n.ts';
import {Button, Field, SegmentedChoice, showToast} from '../../ui/kit.ts';
import {raiseTicket} from '../ticket/shared.ts';
import {keep} from '../visit/shared.ts';
import {SiteChoice} from './site_choice.tsx';

/** Causes that fit most questions at the desk; one tap, and the sentence is written in the language of the screen. */
const CAUSES = {
  howto: {words: key('today.cause.howto'), category: 'helpdesk'}, setting: {words: key('today.cause.setting'), category: 'software'},
  hardware: {words: key('today.cause.hardware'), category: 'hardware'}, network: {words: key('today.cause.network'), category: 'network'},
} as const;
type Cause = keyof typeof CAUSES;
const ASKERS = 4;

/** "Since you are here…": who asked, what, solved? In under 15 seconds. `/app/walk_up[/<visit>]` */
export default function WalkUpScreen({rest: [visitId]}: ScreenProps) {
  const view = useView();
  const visit = visitId === undefined ? visitNow(view.all<Visit>('visit')) : view.get<Visit>('visit', visitId);
  const site = useSignal<string | null>(visit?.site ?? null);
  const who = useSignal('');
  const what = useSignal('');
  const solved = useSignal<'yes' | 'no' | null>(null);
  const cause = useSignal<Cause>('howto');
  const action = useSignal('');
  const busy = useSignal(false);
  const ready = site.value !== null && what.value.trim() !== '' && solved.value !== null && (solved.value === 'no' || action.value.trim() !== '');
  const go = async () => {
    busy.value = true;
    const own = visit !== null && visit.site === site.value && visit.state !== 'completed' ? visit.id : null;
    let number = '';
    const kept = await keep(async () => {
      const raised = await raiseTicket({
        kind: 'request', site: site.value ?? '', asset: null, title: what.value.trim(), description: null, impact: 'low', urgency: 'low',
        category: CAUSES[cause.value].category, reporter: who.value.trim() || null, channel: 'walk_up',
      }, own);
      number = raised.number;
      if (solved.value === 'yes') {
        await act('ticket.resolve', ['ticket', raised.id], {cause: t(CAUSES[cause.value].words), action: action.value.trim(), prevention: null}, {base: view.head});
      }
    });
    busy.value = false;
    if (!kept) return;
    showToast(t('today.walkUp.made', {number}));
    back();
  };
  return (
    <Screen title={t('today.walkUp')} onBack={() => back()} bottom={<Button kind="primary" icon="check" disabled={!ready || busy.value} onClick={() => { void go(); }}>{t('today.walkUp.go')}</Button>}>
      {visit === null ? <SiteChoice value={site.value} onChange={(value) => { site.value = value; }} missing={t('today.site.unknown')} /> : <p class="soft">{[visit.site_name, visit.client_name].filter(Boolean).join(' · ')}</p>}
      <Field label={t('today.walkUp.what')} value={what.value} onInput={(value) => { what.value = value; }} maxLength={200} spellcheck />
      <Asker site={site.value} value={who.value} onChange={(value) => { who.value = value; }} />
      <SegmentedChoice legend={t('today.walkUp.solved')} value={solved.value} onChange={(value) => { solved.value = value; }}
        options={[{value: 'yes', label: t('today.yes'), icon: 'check', tone: 'ok'}, {value: 'no', label: t('today.notYet'), icon: 'clock', tone: 'warn'}]} />
      {solved.value === 'yes' && <>
        <SegmentedChoice legend={t('today.walkUp.cause')} value={cause.value} onChange={(value) => { if (value !== null) cause.value = value; }}
          options={(Object.keys(CAUSES) as Cause[]).map((value) => ({value, label: t(CAUSES[value].words)}))} />
        <Field label={t('today.walkUp.action')} value={action.value} onInput={(value) => { action.value = value; }} maxLength={500} spellcheck />
      </>}
    </Screen>
  );
}

/** The person's visit under way. */
function visitNow<V extends Visit>(visits: readonly V[]): V | null {
  const {person} = opened().owner;
  return visits.find(({state, engineers}) => state === 'under_way' && engineers.includes(person)) ?? null;
}

/** A name, or one tap on somebody known at the site. */
function Asker({site, value, onChange}: {site: string | null; value: string; onChange: (value: string) => void}) {
  const contacts = useView().all<Contact>('contact').filter((contact) => contact.site === site && contact.active).slice(0, ASKERS);
  return (
    <div class="stack stack--tight">
      <Field label={t('today.walkUp.who')} value={value} onInput={onChange} maxLength={200} />
      {contacts.length > 0 && <div class="row">{contacts.map(({id, name}) => <Button key={id} icon="user" onClick={() => onChange(name)}>{name}</Button>)}</div>}
    </div>
  );
}
