import type {Asset, Site, Ticket, Visit} from '../../app/rows.ts';
import type {Row, View} from '../../app/view.ts';
import {assetName} from '../ticket/shared.ts';

const MOST = 20;

export interface Found {
  readonly visits: readonly Row<Visit>[];
  readonly sites: readonly Row<Site>[];
  readonly assets: readonly Row<Asset>[];
  readonly tickets: readonly Row<Ticket>[];
}

/** Everything on this tablet that holds all words of the question, at most 20 of a kind. Needs no network. */
export function search(view: View, question: string): Found {
  const words = plain(question).split(/\s+/).filter((word) => word !== '');
  const fits = (...parts: readonly (string | null)[]) => {
    const text = plain(parts.join(' '));
    return words.every((word) => text.includes(word));
  };
  const at = (id: string) => {
    const site = view.get<Site>('site', id);
    return `${site?.name ?? ''} ${site?.client_name ?? ''}`;
  };
  const pick = <R>(rows: readonly R[], says: (row: R) => boolean) => rows.filter(says).slice(0, MOST);
  return {
    visits: pick(newest(view.all<Visit>('visit')), (row) => fits(row.number, row.client_name, row.site_name, row.title)),
    sites: pick(view.all<Site>('site'), (row) => fits(row.name, row.client_name, row.address, row.district)),
    assets: pick(view.all<Asset>('asset'), (row) => fits(row.tag, row.serial, row.maker, row.model, row.name, row.place, row.type, at(row.site))),
    tickets: pick(newestTickets(view.all<Ticket>('ticket')), (row) => fits(row.number, row.title, row.description, row.reporter, row.action, at(row.site))),
  };
}

/** What both the question and the answer are compared as: small letters without accents. */
export function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** A line below the name of an asset. */
export function assetDetail(asset: Asset): string {
  return [asset.serial, asset.place].filter(Boolean).join(' · ') || assetName(asset);
}

function newest(visits: readonly Row<Visit>[]): readonly Row<Visit>[] {
  return [...visits].sort((one, other) => (other.starts_at ?? '').localeCompare(one.starts_at ?? ''));
}

function newestTickets(tickets: readonly Row<Ticket>[]): readonly Row<Ticket>[] {
  return [...tickets].sort((one, other) => other.opened_at.localeCompare(one.opened_at));
}
