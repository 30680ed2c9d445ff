import {useSignal} from '@preact/signals';
import {Screen} from '../../app/frame.tsx';
import {back, replace} from '../../app/router.ts';
import {opened} from '../../app/tablet.ts';
import {useView} from '../../app/view.ts';
import {t, tn} from '../../i18n/i18n.ts';
import {Button, Field, SegmentedChoice, showToast} from '../../ui/kit.ts';
import {type Draft, keep, useDraft} from '../visit/shared.ts';
import {makePlace, openUnplanned, type TypedPlace} from './open_visit.ts';
import {SiteChoice} from './site_choice.tsx';
import {TypedSite} from './typed_site.tsx';

const HOURS = ['1', '2', '4'] as const;
type Hours = (typeof HOURS)[number];

/** A visit that nobody planned, at a site that is known or typed, made offline with its final number. `/app/unplanned` */
export default function UnplannedScreen() {
  const {head} = useView();
  // Nothing has an id yet: the draft is the person's.
  const draft = useDraft(opened().owner.person);
  const busy = useSignal(false);
  const {fields, set} = draft;
  const hours = (fields['hours'] ?? '1') as Hours;
  const typed = fields['where'] === 'typed';
  const go = async () => {
    busy.value = true;
    let made = {id: '', number: ''};
    const kept = await keep(async () => {
      const site = typed ? await placed(draft, head) : fields['site'] ?? '';
      made = await openUnplanned(site, fields['title'] ?? '', Number(hours), head);
    });
    busy.value = false;
    if (!kept) return;
    draft.clear();
    showToast(t('today.unplanned.made', {number: made.number}));
    replace('visit', made.id);
  };
  const begin = <Button kind="primary" icon="play" disabled={!isReady(draft) || busy.value} onClick={() => { void go(); }}>{t('today.unplanned.go')}</Button>;
  return (
    <Screen title={t('today.unplanned')} onBack={() => back()} bottom={begin}>
      <SegmentedChoice legend={t('today.where')} value={typed ? 'typed' : 'known'} onChange={(value) => { if (value !== null) set('where', value); }}
        options={[{value: 'known', label: t('today.where.known')}, {value: 'typed', label: t('today.where.typed')}]} />
      {typed ? <TypedSite draft={draft} /> : <SiteChoice value={fields['site'] || null} onChange={(site) => set('site', site ?? '')} missing={t('today.site.type')} />}
      <Field label={t('today.unplanned.title')} value={fields['title'] ?? ''} onInput={(value) => set('title', value)} maxLength={200} spellcheck />
      <SegmentedChoice legend={t('today.unplanned.long')} value={hours} onChange={(value) => { if (value !== null) set('hours', value); }}
        options={HOURS.map((value) => ({value, label: tn('today.hours', Number(value))}))} />
    </Screen>
  );
}

function placeOf({fields}: Draft): TypedPlace {
  const said = (name: string) => fields[`site.${name}`] ?? '';
  return {client: said('client') || null, clientName: said('client_name'), name: said('name'), address: said('address'), phone: said('phone')};
}

/** The typed site. Should the visit itself not be kept, it is a known site when the person tries again. */
async function placed(draft: Draft, base: number): Promise<string> {
  const site = await makePlace(placeOf(draft), base);
  draft.change({where: 'known', site});
  return site;
}

function isReady(draft: Draft): boolean {
  const {clientName, name} = placeOf(draft);
  const {fields} = draft;
  const somewhere = fields['where'] === 'typed' ? clientName.trim() !== '' && name.trim() !== '' : (fields['site'] ?? '') !== '';
  return somewhere && (fields['title'] ?? '').trim() !== '';
}
