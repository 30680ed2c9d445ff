import {useSignal} from '@preact/signals';
import {t} from '../../i18n/i18n.ts';
import {Field} from '../../ui/kit.ts';
import type {ItemProps} from './item_card.tsx';

/** What the person says about an answer; an act when they leave the field. */
export function Remark({item, facts, answering, drafts, open}: ItemProps) {
  const name = `${item.id}/remark`;
  const typed = useSignal<string | null>(drafts.get(name));
  const commit = async (text: string) => {
    if (typed.peek() === null || !await answering.remark(item.id, text)) return;
    typed.value = null;
    drafts.set(name, null);
  };
  const input = (text: string) => {
    typed.value = text;
    drafts.set(name, text);
  };
  return (
    <Field label={t('checklist.remark')} rows={2} value={typed.value ?? facts.remark} onInput={input} onCommit={(text) => { void commit(text); }} maxLength={4000} disabled={!open}
      {...(facts.missing.includes('remark') ? {hint: t('checklist.remark.due')} : {})} />
  );
}
