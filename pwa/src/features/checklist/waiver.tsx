import {useSignal} from '@preact/signals';
import {t} from '../../i18n/i18n.ts';
import {Banner, Button, Field} from '../../ui/kit.ts';
import {SITE_RULES} from '../visit/shared.ts';
import type {ItemProps} from './item_card.tsx';

/** The place forbids photos: somebody of the client says so, by name, and the item counts as complete (field.md A9). */
export function Waiver({item, facts, answering, open}: ItemProps) {
  const witness = useSignal('');
  const rule = facts.waiver?.rule ?? facts.forbidden ?? 'no_photography';
  const words = SITE_RULES[rule];
  const title = words === undefined ? rule : t(words);
  if (facts.waiver !== null) return <Banner tone="info" title={t('checklist.waived')}>{t('checklist.waived.by', {rule: title, witness: facts.waiver.witness ?? ''})}</Banner>;
  const due = facts.missing.includes('photo') || item.type === 'photo';
  return (
    <Banner tone="warn" title={title}>
      {due && open && (
        <div class="stack stack--tight">
          <p>{t('checklist.waive.why')}</p>
          <Field label={t('checklist.waive.witness')} value={witness.value} onInput={(value) => { witness.value = value; }} maxLength={200} />
          <Button icon="check" disabled={witness.value.trim() === ''} onClick={() => { void answering.waive(item.id, rule, witness.value); }}>{t('checklist.waive')}</Button>
        </div>
      )}
    </Banner>
  );
}
