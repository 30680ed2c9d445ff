import {useSignal} from '@preact/signals';
import type {Ticket} from '../../app/rows.ts';
import {t} from '../../i18n/i18n.ts';
import {Button, Chip, Field, SegmentedChoice, Sheet, showToast} from '../../ui/kit.ts';
import {keep} from '../visit/shared.ts';
import {AssetPicker} from './asset_picker.tsx';
import {raiseTicket, type Raised, type TicketFacts} from './raise.ts';
import {priorityOf} from './rules.ts';
import {CATEGORIES, LEVELS, PRIORITY_TONES, TICKET_KINDS} from './wording.ts';

export interface TicketFormProps {
  /** Known from where the person stands; everything can be changed but the site. */
  start: Partial<TicketFacts> & {site: string};
  /** The visit whose work it becomes, null for a follow-up that somebody does later. */
  visit: string | null;
  onClose: () => void;
  onRaised?: (raised: Raised) => void;
}

const KINDS = ['incident', 'request', 'change', 'problem'] as const;
const LEVEL_ORDER = ['high', 'medium', 'low'] as const;

/** A new ticket over the page it was born on. One tap is enough when it came prefilled. */
export function TicketForm({start, visit, onClose, onRaised}: TicketFormProps) {
  const facts = useSignal<TicketFacts>({
    kind: 'incident', asset: null, title: '', description: null, impact: 'medium', urgency: 'medium', category: 'hardware', reporter: null, ...start,
  });
  const busy = useSignal(false);
  const now = facts.value;
  const set = (change: Partial<TicketFacts>) => { facts.value = {...facts.peek(), ...change}; };
  const submit = async () => {
    busy.value = true;
    let raised: Raised | null = null;
    const kept = await keep(async () => { raised = await raiseTicket(trimmed(facts.peek()), visit); });
    busy.value = false;
    if (!kept || raised === null) return;
    const {number} = raised as Raised;
    showToast(t('ticket.raised', {number}));
    onRaised?.(raised);
    onClose();
  };
  const priority = priorityOf(now.impact, now.urgency);
  return (
    <Sheet title={t('ticket.new')} onClose={onClose}>
      <Field label={t('ticket.title')} value={now.title} onInput={(title) => set({title})} maxLength={200} spellcheck />
      <Field label={t('ticket.description')} rows={3} value={now.description ?? ''} onInput={(description) => set({description})} maxLength={4000} />
      <SegmentedChoice legend={t('ticket.kind')} value={now.kind} onChange={(kind) => { if (kind !== null) set({kind}); }}
        options={KINDS.map((value) => ({value, label: t(TICKET_KINDS[value])}))} />
      <Level legend={t('ticket.impact')} value={now.impact} onChange={(impact) => set({impact})} />
      <Level legend={t('ticket.urgency')} value={now.urgency} onChange={(urgency) => set({urgency})} />
      <AssetPicker site={now.site} value={now.asset} onChange={(asset) => set({asset})} />
      <Category value={now.category} onChange={(category) => set({category})} />
      <div class="row row--apart">
        <span>{t('ticket.priority')}</span><Chip tone={PRIORITY_TONES[priority]}>{priority}</Chip>
      </div>
      <Button kind="primary" icon="ticket" wide disabled={busy.value || now.title.trim() === ''} onClick={() => { void submit(); }}>{t('ticket.raise')}</Button>
    </Sheet>
  );
}

function Level({legend, value, onChange}: {legend: string; value: Ticket['impact']; onChange: (value: Ticket['impact']) => void}) {
  return (
    <SegmentedChoice legend={legend} value={value} onChange={(chosen) => { if (chosen !== null) onChange(chosen); }}
      options={LEVEL_ORDER.map((level) => ({value: level, label: t(LEVELS[level])}))} />
  );
}

function Category({value, onChange}: {value: string; onChange: (value: string) => void}) {
  return (
    <label class="picker">
      <span class="field__label">{t('ticket.category')}</span>
      <span class="field__box">
        <select class="field__input" value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          {Object.entries(CATEGORIES).map(([name, words]) => <option key={name} value={name}>{t(words)}</option>)}
        </select>
      </span>
    </label>
  );
}

/** What may be sent: no empty text, no spaces around. */
function trimmed(facts: TicketFacts): TicketFacts {
  const description = (facts.description ?? '').trim();
  return {...facts, title: facts.title.trim(), description: description === '' ? null : description};
}
