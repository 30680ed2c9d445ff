import {href} from '../../app/router.ts';
import type {Contact, Coverage, History, Site} from '../../app/rows.ts';
import {useView} from '../../app/view.ts';
import {shortDate} from '../../i18n/format.ts';
import {t, tn} from '../../i18n/i18n.ts';
import {Button, Card, Chip, Facts, Icon} from '../../ui/kit.ts';
import {OUTCOMES, SHEET, VISIT_KINDS} from './wording.ts';

const PAST = 8;

/** Everything that helps to get in and around, without a network. */
export function SiteSheet({site: id, except = null}: {site: string; except?: string | null}) {
  const view = useView();
  const site = view.get<Site>('site', id);
  if (site === null) return null;
  return (
    <>
      <Card title={t('visit.site')}>
        <Facts facts={factsOf(site)} />
        <div class="row">
          {site.address !== null && <Button icon="map-pin" href={mapsLink(site)}>{t('visit.site.maps')}</Button>}
          {site.phone !== null && <Button icon="phone" href={`tel:${site.phone.replace(/[^\d+]/g, '')}`}>{site.phone}</Button>}
          {except !== null && <Button kind="quiet" icon="building" href={href('site', id)}>{t('visit.site.all')}</Button>}
        </div>
      </Card>
      <Contacts contacts={view.all<Contact>('contact').filter(({site: at, active}) => at === id && active)} />
      <CoverageCard coverage={view.all<Coverage>('coverage').find(({site: at}) => at === id) ?? null} />
      <Past rows={view.all<History>('history').filter(({site: at, visit}) => at === id && visit !== except)} />
    </>
  );
}

function factsOf(site: Site): [string, string][] {
  const {desk, ...rest} = site.sheet ?? {};
  const sheet = Object.entries(desk === site.access_notes ? rest : {...rest, ...(desk === undefined ? {} : {desk})});
  return [
    ...[[t('visit.site.address'), site.address], [t('visit.site.access'), site.access_notes], [t('visit.site.hours'), site.opening_hours]]
      .filter((pair): pair is [string, string] => typeof pair[1] === 'string' && pair[1] !== ''),
    ...sheet.map(([name, value]): [string, string] => [sheetWords(name), value]),
  ];
}

function sheetWords(name: string): string {
  const words = SHEET[name];
  return words === undefined ? name.replaceAll('_', ' ') : t(words);
}

function mapsLink({name, address}: Site): string {
  return `https://www.google.com/maps/search/?api=1&query=${encodeURIComponent(`${name}, ${address ?? ''}`)}`;
}

function Contacts({contacts}: {contacts: readonly (Contact & {id: string})[]}) {
  if (contacts.length === 0) return null;
  return (
    <Card title={t('visit.contacts')}>
      {contacts.map(({id, name, capacity, phone, email, may_sign}) => (
        <div key={id} class="person">
          <div class="person__words">
            <p class="strong">{name}</p>
            <p class="soft">{capacity}</p>
            {may_sign && <Chip tone="ok" icon="signature">{t('visit.contact.maySign')}</Chip>}
          </div>
          <div class="row">
            {phone !== null && <Button icon="phone" label={t('visit.contact.call', {name})} href={`tel:${phone.replace(/[^\d+]/g, '')}`} />}
            {email !== null && <Button icon="mail" label={t('visit.contact.mail', {name})} href={`mailto:${email}`} />}
          </div>
        </div>
      ))}
    </Card>
  );
}

function CoverageCard({coverage}: {coverage: Coverage | null}) {
  if (coverage === null) return null;
  const hours = new Map(Object.entries(coverage.windows));
  return (
    <details class="card">
      <summary class="fold"><Icon name="file-text" />{t('visit.coverage', {number: coverage.number})}</summary>
      <Facts facts={[...hours].map(([priority, window]) => [priority, `${window}${promise(coverage.targets[priority])}`])} />
    </details>
  );
}

function promise(targets: Readonly<Record<string, number | null>> | undefined): string {
  const {response, resolved} = targets ?? {};
  const parts = [response == null ? null : tn('visit.coverage.response', response), resolved == null ? null : tn('visit.coverage.resolved', resolved)].filter((part) => part !== null);
  return parts.length === 0 ? '' : ` · ${parts.join(' · ')}`;
}

function Past({rows}: {rows: readonly (History & {id: string})[]}) {
  if (rows.length === 0) return null;
  const newest = [...rows].sort((one, other) => other.on.localeCompare(one.on)).slice(0, PAST);
  return (
    <Card title={t('visit.history')}>
      {newest.map((row) => (
        <div key={row.id} class="entry">
          <p class="entry__head">
            <span class="numbers">{shortDate(Date.parse(row.on))}</span><span class="numbers">{row.number}</span>
            <span>{kindWords(row.kind)}</span>{row.outcome !== null && <span>{outcomeWords(row.outcome)}</span>}
          </p>
          <p>{row.summary}</p>
          <p class="soft">{row.engineers.join(', ')}</p>
        </div>
      ))}
    </Card>
  );
}

function kindWords(kind: string): string {
  const words = VISIT_KINDS[kind as keyof typeof VISIT_KINDS] as (typeof VISIT_KINDS)['both'] | undefined;
  return words === undefined ? kind : t(words);
}

function outcomeWords(outcome: string): string {
  const words = OUTCOMES[outcome];
  return words === undefined ? outcome : t(words);
}
