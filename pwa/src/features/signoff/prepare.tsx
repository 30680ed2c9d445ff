import {useSignal} from '@preact/signals';
import {t, tn} from '../../i18n/i18n.ts';
import {Banner, Button, Card, ChoiceList, Field, SegmentedChoice, Sheet} from '../../ui/kit.ts';
import {OUTCOMES} from '../visit/shared.ts';
import {MEANINGS} from './choices.ts';
import type {SignDraft} from './draft.ts';
import type {Gathered} from './gather.ts';

export const LANGUAGES = [{value: 'en', label: 'English'}, {value: 'ms', label: 'Bahasa Melayu'}, {value: 'zh', label: '中文'}] as const;

/** The engineer's side, before the tablet changes hands. */
export function Prepare({gathered, draft}: {gathered: Gathered; draft: SignDraft}) {
  const unfinished = gathered.facts.runs.filter(({found}) => found.missing.length > 0).length;
  return (
    <>
      {unfinished > 0 && <Banner tone="warn" title={tn('signoff.unfinished', unfinished)}>{t('signoff.unfinished.detail')}</Banner>}
      <Card>
        <SegmentedChoice legend={t('signoff.language')} options={LANGUAGES} value={draft.get('locale') as 'en'} onChange={(value) => value !== null && draft.set('locale', value)} />
      </Card>
      <Card>
        <ChoiceList legend={t('signoff.ended')} value={draft.get('visit_outcome')} onChange={(value) => value !== null && draft.set('visit_outcome', value)}
          options={Object.entries(OUTCOMES).map(([value, words]) => ({value, label: t(words)}))} />
      </Card>
      <Card>
        <ChoiceList legend={t('signoff.meaning')} value={draft.get('meaning')} onChange={(value) => value !== null && draft.set('meaning', value)}
          options={Object.entries(MEANINGS).map(([value, words]) => ({value, label: t(words)}))} />
      </Card>
      <Card>
        <Field label={t('signoff.openItems')} hint={t('signoff.openItems.hint')} rows={3} maxLength={4000} value={draft.get('open')} onInput={(value) => draft.set('open', value)} />
      </Card>
    </>
  );
}

/** The bottom bar of the engineer's side. */
export function PrepareActions({onHandOver, onNobody}: {onHandOver: () => void; onNobody: () => void}) {
  const asking = useSignal(false);
  return (
    <>
      <Button icon="circle-minus" onClick={() => { asking.value = true; }}>{t('signoff.nobody')}</Button>
      <Button kind="primary" icon="tablet" onClick={onHandOver}>{t('signoff.handOver')}</Button>
      {asking.value && (
        <Sheet title={t('signoff.nobody')} onClose={() => { asking.value = false; }}>
          <p>{t('signoff.nobody.detail')}</p>
          <Button kind="primary" wide onClick={onNobody}>{t('signoff.nobody.confirm')}</Button>
        </Sheet>
      )}
    </>
  );
}
