import {useSignal} from '@preact/signals';
import {act, newId} from '../../app/act.ts';
import {machine} from '../../app/machine.ts';
import {opened} from '../../app/tablet.ts';
import type {Ticket, Visit} from '../../app/rows.ts';
import {type Row, useView} from '../../app/view.ts';
import {t, tn} from '../../i18n/i18n.ts';
import {Button, Field, SegmentedChoice, Sheet, showToast} from '../../ui/kit.ts';
import {instant, keep, useDraft} from '../visit/shared.ts';

const MINUTES = ['5', '15', '30', '60'] as const;

/** How it ended, in the three sentences that every resolution needs, and how long it took. */
export function Resolve({ticket, visit, onClose}: {ticket: Row<Ticket>; visit: string | null; onClose: () => void}) {
  const view = useView();
  const {fields, set, clear} = useDraft(ticket.id);
  const minutes = useSignal<string | null>(null);
  const [cause = '', action = '', prevention = ''] = [fields['cause'], fields['action'], fields['prevention']];
  const ready = cause.trim() !== '' && action.trim() !== '';
  const where = visit ?? visitOf(ticket, view.all<Visit>('visit'));
  const go = async () => {
    const kept = await keep(async () => {
      await act('ticket.resolve', ['ticket', ticket.id], {cause: cause.trim(), action: action.trim(), prevention: prevention.trim() || null}, {base: view.head});
      if (minutes.value !== null) await spend(ticket.id, where, Number(minutes.value), view.head);
    });
    if (!kept) return;
    clear('cause', 'action', 'prevention');
    onClose();
    showToast(t('ticket.done.resolve', {number: ticket.number}));
  };
  return (
    <Sheet title={t('ticket.do.resolve')} onClose={onClose}>
      <Field label={t('ticket.cause')} rows={2} value={cause} onInput={(value) => set('cause', value)} maxLength={4000} />
      <Field label={t('ticket.action')} rows={3} value={action} onInput={(value) => set('action', value)} maxLength={4000} />
      <Field label={t('ticket.prevention')} hint={t('ticket.prevention.hint')} rows={2} value={prevention} onInput={(value) => set('prevention', value)} maxLength={4000} />
      <SegmentedChoice legend={t('ticket.minutes')} value={minutes.value} onChange={(value) => { minutes.value = value; }}
        options={MINUTES.map((value) => ({value, label: tn('ticket.minutes.n', Number(value))}))} />
      <Button kind="primary" icon="circle-check" wide disabled={!ready} onClick={() => { void go(); }}>{t('ticket.do.resolve')}</Button>
    </Sheet>
  );
}

/** The person's visit under way at this site, if the ticket belongs to it. */
function visitOf(ticket: Row<Ticket>, visits: readonly Row<Visit>[]): string | null {
  const {person} = opened().owner;
  return visits.find(({state, tickets, engineers}) => state === 'under_way' && tickets.includes(ticket.id) && engineers.includes(person))?.id ?? null;
}

function spend(ticket: string, visit: string | null, minutes: number, base: number) {
  const now = machine.now();
  return act('time.add', ['time_entry', newId()], {
    visit, ticket, kind: visit === null ? 'remote' : 'on_site', starts_at: instant(now - minutes * 60_000), ends_at: instant(now), minutes, note: null,
  }, {base});
}
