import {useSignal} from '@preact/signals';
import {act, newId} from '../../app/act.ts';
import {go} from '../../app/router.ts';
import type {Checklist, Visit} from '../../app/rows.ts';
import {type Row, useView} from '../../app/view.ts';
import {language, t} from '../../i18n/i18n.ts';
import {Button, ChoiceList, Sheet} from '../../ui/kit.ts';
import {label} from '../../checklists/index.ts';
import {definitionOf} from '../checklist/shared.ts';
import {AssetPicker} from '../ticket/shared.ts';
import {keep} from './keep.ts';

/** One more checklist for this visit, for an asset where the checklist is about one. */
export function AddRun({visit, onClose}: {visit: Row<Visit>; onClose: () => void}) {
  const view = useView();
  const digest = useSignal<string | null>(null);
  const asset = useSignal<string | null>(null);
  const published = view.all<Checklist>('checklist').filter(({state}) => state === 'published')
    .map((checklist) => ({checklist, title: label({...checklist.title}, language.value)}))
    .sort((one, other) => one.title.localeCompare(other.title));
  const chosen = published.find(({checklist}) => checklist.digest === digest.value)?.checklist;
  const types = chosen === undefined ? null : definitionOf(chosen)?.assetTypes ?? null;
  const ready = chosen !== undefined && (types === null || asset.value !== null);
  const add = async () => {
    const run = newId();
    const kept = await keep(() => act('visit.add_run', ['visit', visit.id], {run, checklist: digest.value, asset: types === null ? null : asset.value}, {base: view.head}));
    if (!kept) return;
    onClose();
    go('run', run);
  };
  return (
    <Sheet title={t('visit.run.add')} onClose={onClose}>
      <ChoiceList legend={t('visit.run.which')} value={digest.value} onChange={(value) => { digest.value = value; asset.value = null; }}
        options={published.map(({checklist, title}) => ({value: checklist.digest, label: title, icon: 'clipboard-list'}))} />
      {types !== null && <AssetPicker site={visit.site} types={types} value={asset.value} onChange={(value) => { asset.value = value; }} />}
      <Button kind="primary" icon="plus" wide disabled={!ready} onClick={() => { void add(); }}>{t('visit.run.start')}</Button>
    </Sheet>
  );
}
