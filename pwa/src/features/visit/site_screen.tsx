import {Screen} from '../../app/frame.tsx';
import {back} from '../../app/router.ts';
import type {ScreenProps} from '../../app/routes.ts';
import type {Asset, Site, Ticket} from '../../app/rows.ts';
import {type Row, useView} from '../../app/view.ts';
import {t} from '../../i18n/i18n.ts';
import {Banner, Card, Chip, EmptyState, Facts, ListRow} from '../../ui/kit.ts';
import {isOpen} from '../ticket/rules.ts';
import {assetName, TicketRow} from '../ticket/shared.ts';
import {href} from '../../app/router.ts';
import {SiteSheet} from './site_sheet.tsx';
import './visit.css';
import {SITE_RULES} from './wording.ts';

/** A site, and one of its assets when named. `/app/site/<id>[/<asset>]` */
export default function SiteScreen({rest: [id = '', assetId = '']}: ScreenProps) {
  const view = useView();
  const site = view.get<Site>('site', id);
  if (site === null) return <Screen title={t('visit.site.gone')} onBack={() => back()}><EmptyState icon="building" title={t('visit.site.gone')}>{t('visit.site.gone.detail')}</EmptyState></Screen>;
  const asset = view.get<Asset>('asset', assetId);
  const assets = view.all<Asset>('asset').filter(({site: at, stage}) => at === id && stage !== 'disposed').sort((one, other) => assetName(one).localeCompare(assetName(other)));
  const tickets = view.all<Ticket>('ticket').filter((ticket) => ticket.site === id && isOpen(ticket.state));
  return (
    <Screen title={site.name} onBack={() => back()}>
      {site.rules.length > 0 && <Banner tone="warn" title={t('visit.rules')}><ul class="visit__rules">{site.rules.map((rule) => <li key={rule}>{ruleWords(rule)}</li>)}</ul></Banner>}
      {asset !== null && <AssetCard asset={asset} />}
      {tickets.length > 0 && <Card title={t('visit.site.tickets')}><div class="list">{tickets.map((ticket) => <TicketRow key={ticket.id} ticket={ticket} />)}</div></Card>}
      <SiteSheet site={id} />
      <Card title={t('visit.site.assets')}>
        <div class="list">{assets.map((each) => <ListRow key={each.id} icon="server" title={assetName(each)} detail={[each.serial, each.place].filter(Boolean).join(' · ')} href={href('site', id, each.id)} current={each.id === assetId} />)}</div>
      </Card>
    </Screen>
  );
}

function ruleWords(rule: string): string {
  const words = SITE_RULES[rule];
  return words === undefined ? rule : t(words);
}

function AssetCard({asset}: {asset: Row<Asset>}) {
  const tickets = useView().all<Ticket>('ticket').filter((ticket) => ticket.asset === asset.id).sort((one, other) => other.opened_at.localeCompare(one.opened_at)).slice(0, 8);
  const facts = ([
    [t('visit.asset.serial'), asset.serial], [t('visit.asset.model'), [asset.maker, asset.model].filter(Boolean).join(' ')], [t('visit.asset.place'), asset.place],
    [t('visit.asset.warranty'), asset.warranty_until], [t('visit.asset.support'), asset.end_of_support],
  ] as const).filter((pair): pair is readonly [string, string] => typeof pair[1] === 'string' && pair[1] !== '');
  return (
    <Card title={assetName(asset)} tone="accent" end={asset.type !== null && <Chip>{asset.type}</Chip>}>
      <Facts facts={facts} />
      {tickets.length > 0 && <div class="list">{tickets.map((ticket) => <TicketRow key={ticket.id} ticket={ticket} />)}</div>}
    </Card>
  );
}
