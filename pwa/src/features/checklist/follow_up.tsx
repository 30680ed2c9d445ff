import {useSignal} from '@preact/signals';
import {label} from '../../checklists/index.ts';
import {language, t} from '../../i18n/i18n.ts';
import {Button, Icon} from '../../ui/kit.ts';
import {impactOf, TicketForm} from '../ticket/shared.ts';
import type {ItemProps} from './item_card.tsx';

/** What to do about a failed item: the next step in words, and its ticket, prefilled. */
export function FollowUp({item, facts, place, name}: ItemProps & {name: string}) {
  const raising = useSignal(false);
  const next = item.onFail?.next ?? null;
  const impact = impactOf(item.severity);
  const description = [facts.remark, next === null ? '' : label(next, language.value)].filter((part) => part !== '').join('\n');
  return (
    <>
      {next !== null && <p class="item__next"><Icon name="arrow-right" /><span>{label(next, language.value)}</span></p>}
      {facts.tickets.length === 0 && <div><Button icon="ticket" onClick={() => { raising.value = true; }}>{t('checklist.followUp')}</Button></div>}
      {raising.value && (
        <TicketForm visit={null} onClose={() => { raising.value = false; }} start={{
          site: place.site, asset: place.asset, kind: 'incident', title: name.slice(0, 200), description, impact, urgency: 'medium',
          cameFrom: {visit: place.visit, run: place.run, item: item.id},
        }} />
      )}
    </>
  );
}
