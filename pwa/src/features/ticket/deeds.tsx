import type {Signal} from '@preact/signals';
import {useSignal} from '@preact/signals';
import type {ComponentChildren} from 'preact';
import {act, newId} from '../../app/act.ts';
import {machine} from '../../app/machine.ts';
import type {Ticket} from '../../app/rows.ts';
import {type Row, useView} from '../../app/view.ts';
import {t} from '../../i18n/i18n.ts';
import {Button, ChoiceList, Field, SegmentedChoice, Sheet, showToast} from '../../ui/kit.ts';
import {asMeant, asTyped, instant, keep, useDraft} from '../visit/shared.ts';
import {Resolve} from './resolve.tsx';
import {waitingReasons} from './rules.ts';
import {TicketForm} from './ticket_form.tsx';
import {WAITING} from './wording.ts';

export type Deed = 'resolve' | 'wait' | 'escalate' | 'restore' | 'note' | 'timeline' | 'follow';

interface DeedsProps {
  deed: Signal<Deed | null>;
  ticket: Row<Ticket>;
  visit: string | null;
}

export interface DeedProps {
  ticket: Row<Ticket>;
  onClose: () => void;
}

/** The sheet of the step that the person asked for. */
export function Deeds({deed, ticket, visit}: DeedsProps) {
  const onClose = () => { deed.value = null; };
  switch (deed.value) {
    case null: return null;
    case 'resolve': return <Resolve ticket={ticket} visit={visit} onClose={onClose} />;
    case 'wait': return <Wait ticket={ticket} onClose={onClose} />;
    case 'escalate': return <Escalate ticket={ticket} onClose={onClose} />;
    case 'restore': return <Restore ticket={ticket} onClose={onClose} />;
    case 'note': return <NoteForm ticket={ticket} onClose={onClose} />;
    case 'timeline': return <TimelineForm ticket={ticket} onClose={onClose} />;
    case 'follow': return (
      <TicketForm visit={null} onClose={onClose} start={{
        site: ticket.site, asset: ticket.asset, kind: ticket.kind === 'alert' ? 'incident' : ticket.kind, category: ticket.category ?? 'helpdesk',
        description: t('ticket.follow.from', {number: ticket.number}),
      }} />
    );
  }
}

/** One act on the ticket; closes when it is kept. */
export function useDeed({ticket, onClose}: DeedProps): (type: string, args: Parameters<typeof act>[2], words: string) => Promise<boolean> {
  const {head} = useView();
  return async (type, args, words) => {
    const kept = await keep(() => act(type, ['ticket', ticket.id], args, {base: head}));
    if (!kept) return false;
    onClose();
    showToast(words);
    return true;
  };
}

function DeedSheet({title, go, icon, ready, onClose, onGo, children}: {title: string; go: string; icon: string; ready: boolean; onClose: () => void; onGo: () => void; children: ComponentChildren}) {
  return (
    <Sheet title={title} onClose={onClose}>
      {children}
      <Button kind="primary" icon={icon} wide disabled={!ready} onClick={onGo}>{go}</Button>
    </Sheet>
  );
}

function Wait(props: DeedProps) {
  const reason = useSignal<string | null>(null);
  const note = useSignal('');
  const deed = useDeed(props);
  const go = () => { void deed('ticket.wait', {reason: reason.value, note: note.value.trim() || null}, t('ticket.done.wait')); };
  return (
    <DeedSheet title={t('ticket.do.wait')} go={t('ticket.do.wait')} icon="pause" ready={reason.value !== null} onClose={props.onClose} onGo={go}>
      <ChoiceList legend={t('ticket.wait.why')} value={reason.value} onChange={(value) => { reason.value = value; }}
        options={waitingReasons.map((value) => ({value, label: t(WAITING[value]!)}))} />
      <Field label={t('ticket.wait.note')} rows={2} value={note.value} onInput={(value) => { note.value = value; }} maxLength={4000} />
    </DeedSheet>
  );
}

function Escalate(props: DeedProps) {
  const tiers = props.ticket.tier === 'L1' ? (['L2', 'L3'] as const) : (['L3'] as const);
  const tier = useSignal<'L2' | 'L3'>(tiers[0]);
  const note = useSignal('');
  const deed = useDeed(props);
  const go = () => { void deed('ticket.escalate', {tier: tier.value, note: note.value.trim()}, t('ticket.done.escalate', {tier: tier.value})); };
  return (
    <DeedSheet title={t('ticket.do.escalate')} go={t('ticket.do.escalate')} icon="arrow-up" ready={note.value.trim() !== ''} onClose={props.onClose} onGo={go}>
      <SegmentedChoice legend={t('ticket.escalate.to')} value={tier.value} onChange={(value) => { if (value !== null) tier.value = value; }} options={tiers.map((value) => ({value, label: value}))} />
      <Field label={t('ticket.escalate.note')} hint={t('ticket.escalate.hint')} rows={4} value={note.value} onInput={(value) => { note.value = value; }} maxLength={4000} />
    </DeedSheet>
  );
}

function Restore(props: DeedProps) {
  const at = useSignal(asTyped(machine.now()));
  const meant = asMeant(at.value);
  const deed = useDeed(props);
  const go = () => { if (meant !== null) void deed('ticket.restore', {at: instant(meant)}, t('ticket.done.restore')); };
  return (
    <DeedSheet title={t('ticket.do.restore')} go={t('ticket.do.restore')} icon="check" ready={meant !== null} onClose={props.onClose} onGo={go}>
      <Field label={t('ticket.restore.at')} hint={t('ticket.restore.hint')} type="datetime-local" value={at.value} onInput={(value) => { at.value = value; }} />
    </DeedSheet>
  );
}

function NoteForm(props: DeedProps) {
  const {fields, set, clear} = useDraft(props.ticket.id);
  const visible = useSignal<'internal' | 'client'>('internal');
  const text = fields['note'] ?? '';
  const deed = useDeed(props);
  const go = async () => { if (await deed('ticket.note', {note: newId(), text: text.trim(), visible: visible.value}, t('ticket.done.note'))) clear('note'); };
  return (
    <DeedSheet title={t('ticket.note.add')} go={t('ticket.save')} icon="check" ready={text.trim() !== ''} onClose={props.onClose} onGo={() => { void go(); }}>
      <Field label={t('ticket.note')} rows={5} value={text} onInput={(value) => set('note', value)} maxLength={4000} />
      <SegmentedChoice legend={t('ticket.note.who')} value={visible.value} onChange={(value) => { if (value !== null) visible.value = value; }}
        options={[{value: 'internal', label: t('ticket.note.internal'), icon: 'eye-off'}, {value: 'client', label: t('ticket.note.client'), icon: 'eye'}]} />
    </DeedSheet>
  );
}

function TimelineForm(props: DeedProps) {
  const text = useSignal('');
  const who = useSignal('');
  const deed = useDeed(props);
  const go = () => { void deed('ticket.timeline', {text: text.value.trim(), who: who.value.trim() || null}, t('ticket.done.timeline')); };
  return (
    <DeedSheet title={t('ticket.timeline.add')} go={t('ticket.save')} icon="check" ready={text.value.trim() !== ''} onClose={props.onClose} onGo={go}>
      <Field label={t('ticket.timeline.what')} rows={3} value={text.value} onInput={(value) => { text.value = value; }} maxLength={4000} />
      <Field label={t('ticket.timeline.who')} value={who.value} onInput={(value) => { who.value = value; }} maxLength={200} />
    </DeedSheet>
  );
}
