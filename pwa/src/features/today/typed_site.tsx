import type {Client} from '../../app/rows.ts';
import {useView} from '../../app/view.ts';
import {t} from '../../i18n/i18n.ts';
import {ChoiceList, Field} from '../../ui/kit.ts';
import type {Draft} from '../visit/shared.ts';
import {plain} from './search.ts';

const MOST = 5;

/** A place that is not on this tablet: its client, known or new, and how to find it. The rest is the office's to fill in. */
export function TypedSite({draft: {fields, set, change}}: {draft: Draft}) {
  const said = (name: string) => fields[`site.${name}`] ?? '';
  const clients = clientsLike(useView().all<Client>('client'), said('client_name'));
  const name = (typed: string) => change({'site.client_name': typed, 'site.client': ''});
  const pick = (id: string | null) => {
    const known = clients.find((client) => client.id === id);
    if (known !== undefined) change({'site.client_name': known.name, 'site.client': known.id});
    else set('site.client', '');
  };
  return (
    <div class="stack">
      <Field label={t('today.typed.client')} hint={t('today.typed.client.hint')} value={said('client_name')} onInput={name} maxLength={200} autocomplete="organization" />
      {clients.length > 0 && <ChoiceList legend={t('today.typed.client.known')} value={said('client') || null} onChange={pick} options={clients.map((client) => ({value: client.id, label: client.name, icon: 'building'}))} />}
      <Field label={t('today.typed.name')} value={said('name')} onInput={(value) => set('site.name', value)} maxLength={200} />
      <Field label={t('today.typed.address')} rows={2} value={said('address')} onInput={(value) => set('site.address', value)} maxLength={1000} autocomplete="street-address" />
      <Field label={t('today.typed.phone')} type="tel" value={said('phone')} onInput={(value) => set('site.phone', value)} maxLength={40} autocomplete="tel" />
    </div>
  );
}

/** Known clients whose name holds what was typed; none before anything was typed. */
function clientsLike<C extends {readonly name: string}>(clients: readonly C[], typed: string): C[] {
  const wanted = plain(typed.trim());
  if (wanted === '') return [];
  return clients.filter(({name}) => plain(name).includes(wanted)).sort((one, other) => one.name.localeCompare(other.name)).slice(0, MOST);
}
