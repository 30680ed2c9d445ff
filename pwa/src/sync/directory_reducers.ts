/** How a tablet shows its own operations on clients, sites, contacts and assets (rule S21). */
import type {Operation} from './operation.ts';
import {argument, blank, copied, create, keyOf, type Changes, type Reducer, type Rows, type Value} from './reducer.ts';

const SITE: Value = {
  ...blank('client client_name name address district region calendar access_notes opening_hours phone'),
  rules: [],
  sheet: {},
};
const CONTACT: Value = {
  ...blank('name capacity email phone'),
  language: 'en',
  may_sign: false,
  active: true,
};
const ASSET: Value = {
  ...blank('type tag serial maker model name place warranty_until end_of_support'),
  stage: 'in_service',
};

/** The client of the site that the operation names, where the tablet knows it. */
export function clientOf(op: Operation, rows: Rows): Value {
  return {client: rows.get(`site/${op.args['site']}`)?.['client'] ?? null};
}

/** A tablet holds a client's name and nothing else of it. */
function createClient(op: Operation): Changes {
  return {[keyOf(op)]: {name: argument(op, 'name')}};
}

/** A site that was typed on the spot lies in the region where its engineer is based. */
function createSite(op: Operation, rows: Rows, person: string): Changes {
  const known = {
    client_name: rows.get(`client/${op.args['client']}`)?.['name'] ?? null,
    region: rows.get(`person/${person}`)?.['base'] ?? null,
  };
  return {[keyOf(op)]: {...SITE, ...op.args, ...known}};
}

function moveAsset(op: Operation, rows: Rows): Changes {
  const row = rows.get(keyOf(op));
  const moved = {site: argument(op, 'site'), place: argument(op, 'place'), ...clientOf(op, rows)};
  return row === undefined ? {} : {[keyOf(op)]: {...row, ...moved}};
}

export const DIRECTORY_REDUCERS: Readonly<Record<string, Reducer>> = {
  'client.create': createClient,
  'site.create': createSite,
  'contact.create': create(CONTACT, {}, clientOf),
  'asset.create': create(ASSET, {}, clientOf),
  'asset.edit': copied(),
  'asset.move': moveAsset,
  'asset.stage': copied('stage'),
};
