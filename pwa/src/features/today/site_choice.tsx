import {useSignal} from '@preact/signals';
import type {Site} from '../../app/rows.ts';
import {useView} from '../../app/view.ts';
import {t} from '../../i18n/i18n.ts';
import {ChoiceList, Field} from '../../ui/kit.ts';
import {plain} from './search.ts';

const MOST = 8;

interface SiteChoiceProps {
  value: string | null;
  onChange: (site: string | null) => void;
  /** What to do about a site that is not here. */
  missing: string;
}

/** One of the sites on this tablet: type a few letters, tap. */
export function SiteChoice({value, onChange, missing}: SiteChoiceProps) {
  const question = useSignal('');
  const sites = useView().all<Site>('site')
    .filter((site) => site.id === value || plain(`${site.name} ${site.client_name} ${site.address ?? ''}`).includes(plain(question.value.trim())))
    .sort((one, other) => one.name.localeCompare(other.name));
  return (
    <div class="stack stack--tight">
      <Field label={t('today.site.find')} type="search" value={question.value} onInput={(typed) => { question.value = typed; }} />
      <ChoiceList legend={t('today.site')} quiet value={value} onChange={onChange} options={sites.slice(0, MOST).map(({id, name, client_name}) => ({value: id, label: `${name} · ${client_name}`, icon: 'building'}))} />
      {sites.length === 0 && <p class="soft">{missing}</p>}
      {sites.length > MOST && <p class="soft">{t('today.site.more', {n: sites.length - MOST})}</p>}
    </div>
  );
}
