import {act, newId, newNumber} from '../../app/act.ts';
import {machine} from '../../app/machine.ts';
import {instant} from '../visit/shared.ts';

/** A place as it was typed: `client` is the id of a known one, or null and `clientName` makes a new one. */
export interface TypedPlace {
  readonly client: string | null;
  readonly clientName: string;
  readonly name: string;
  readonly address: string;
  readonly phone: string;
}

/** Make the place, its client first when that is new. The site's id. The office may edit both afterwards. */
export async function makePlace({client, clientName, name, address, phone}: TypedPlace, base: number): Promise<string> {
  const owner = client ?? newId();
  if (client === null) await act('client.create', ['client', owner], {name: clientName.trim()}, {base});
  const site = newId();
  await act('site.create', ['site', site], {client: owner, name: name.trim(), address: address.trim() || null, phone: phone.trim() || null}, {base});
  return site;
}

/** Open a visit that nobody planned, beginning now, with its final number. */
export async function openUnplanned(site: string, title: string, hours: number, base: number): Promise<{id: string; number: string}> {
  const id = newId();
  const number = await newNumber('V');
  const now = machine.now();
  await act('visit.create', ['visit', id], {
    number, site, title: title.trim(), kind: 'unplanned', starts_at: instant(now), ends_at: instant(now + hours * 3_600_000), briefing: null, unplanned: true,
  }, {base});
  return {id, number};
}
