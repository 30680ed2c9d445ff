import {act, newId} from '../../app/act.ts';
import {machine} from '../../app/machine.ts';
import {http, opened, syncStatus} from '../../app/tablet.ts';
import {APP} from '../../app/version.ts';
import {digestOf, sha256, toHex} from '../../store/bytes.ts';
import {start} from '../../sync/chain.ts';
import {composeDocuments, composeRecord, type Digested, type Moment, type Signing, receiptCode} from './compose.ts';
import type {HandOver} from './hand_over.ts';

/** This device's records so far: how many, and the digest of the last. Changes with the act that carries a record, or not at all. */
interface Series {
  readonly seq: number;
  readonly last: string;
}

const SERIES = 'signoff-series';

/** Compose, sign with the device's key and keep record and documents in one transaction. The receipt's short code comes back. */
export async function sign({visit, gathered: {facts, entity, organisation}, openItems, anchor}: HandOver, signing: Signing): Promise<string> {
  const {store, signer, owner} = opened();
  const documents = await Promise.all(composeDocuments({...facts, open_items: openItems}, signing, newId, newSalt).map(digested));
  const series = await store.setting<Series>(SERIES) ?? {seq: 0, last: await start(owner.device, digestOf)};
  const identity = {record: newId(), org: organisation, entity, visit: visit.id, site: visit.site, engineer: owner.person, base: anchor.position};
  const record = composeRecord(identity, signing, documents, {jkt: signer.jkt, seq: series.seq + 1, prev: series.last}, moment(anchor)) as Uint8Array<ArrayBuffer>;
  const blobs = await Promise.all(documents.map(({bytes}) => store.photos.put(visit.id, bytes as Uint8Array<ArrayBuffer>, 'application/json')));
  const digest = toHex(await sha256(record));
  await act('visit.sign', ['visit', visit.id], {envelope: {...await signer.signEnvelope(record)}},
    {base: anchor.position, blobs, settings: {[SERIES]: {seq: series.seq + 1, last: digest} satisfies Series}});
  return receiptCode(digest);
}

async function digested(document: Omit<Digested, 'sha256'>): Promise<Digested> {
  return {...document, sha256: toHex(await sha256(document.bytes as Uint8Array<ArrayBuffer>))};
}

function newSalt(): string {
  return toHex(machine.random(16));
}

function moment(anchor: Moment['anchor']): Moment {
  const heard = syncStatus.value?.lastContact ?? null;
  const age = heard === null ? null : Math.max(0, Math.round((machine.now() - heard) / 1000));
  const offset = http.offset;
  return {
    clock: {device: new Date(machine.now()).toISOString(), offset_ms: offset === null ? null : Math.round(offset), offset_age_s: offset === null ? null : age, mono_ms: machine.mono()},
    anchor,
    app: APP,
  };
}
