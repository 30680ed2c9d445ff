import {useSignal} from '@preact/signals';
import {translator} from '../../i18n/i18n.ts';
import {ClientReads} from './client_reads.tsx';
import {ClientRefuses} from './client_refuses.tsx';
import {ClientSigns} from './client_signs.tsx';
import {useSignDraft} from './draft.ts';
import {type HandOver, linesOf} from './hand_over.ts';
import {Receipt} from './receipt.tsx';
import {settle} from './settle.ts';

type Step = 'reads' | 'signs' | 'refuses';

/** Everything that the client does with the tablet in hand, over one frozen page. */
export function ClientSide({handed}: {handed: HandOver}) {
  const {visit, contacts, locale} = handed;
  const step = useSignal<Step>('reads');
  const busy = useSignal(false);
  const receipt = useSignal<{code: string; declined: boolean} | null>(null);
  const draft = useSignDraft(visit.id);
  const words = translator(locale);
  if (receipt.value !== null) return <Receipt words={words} code={receipt.value.code} declined={receipt.value.declined} visit={visit.id} />;

  const meaning = draft.get('meaning');
  const turnTo = (next: Step) => () => { step.value = next; };
  const finish = (outcome: string) => async () => {
    if (busy.value) return;
    busy.value = true;
    const code = await settle(handed, draft, outcome);
    busy.value = false;
    if (code !== null) receipt.value = {code, declined: outcome === 'declined'};
  };
  const common = {words, contacts, draft, busy: busy.value, onBack: turnTo('reads')};
  if (step.value === 'signs') return <ClientSigns {...common} onSigned={finish(meaning)} />;
  if (step.value === 'refuses') return <ClientRefuses {...common} lines={linesOf(handed, 'declined')} onRefused={finish('declined')} />;
  return <ClientReads words={words} lines={linesOf(handed, meaning)} onSign={turnTo('signs')} onRefuse={turnTo('refuses')} />;
}
