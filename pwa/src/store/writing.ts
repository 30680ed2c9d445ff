import type {Meta} from '../exchange/types.ts';
import {audienceOf} from '../sync/policy.ts';
import type {Photos} from './blobs.ts';
import type {BlobRecord, CounterRecord, InboxRecord, OutboxRecord, Records, RowRecord, SealedMeta} from './database.ts';
import {makeDeviceKey, type StoredDeviceKey} from './device_key.ts';
import type {Within} from './indexed.ts';
import {type Memory, sealBlobRow, sealInbox, sealMeta, sealOutboxRow, sealRow} from './memory.ts';
import type {Plan} from './planning.ts';
import type {Vault} from './seal.ts';

/** A plan as it goes to the disk: ciphertext ready, so that the transaction awaits nothing but IndexedDB. */
export interface SealedPlan {
  readonly rows: readonly RowRecord[];
  readonly rowsGone: readonly [string, string][];
  readonly outbox: readonly OutboxRecord[];
  readonly outboxGone: readonly number[];
  readonly blobs: readonly BlobRecord[];
  readonly blobsGone: readonly string[];
  readonly inbox: readonly InboxRecord[];
  readonly inboxGone: readonly number[];
  readonly meta: SealedMeta | null;
  readonly rekey: Rekey | null;
}

/** Another key, and the outbox anew. `before`: the numbers that it is made from, in order. */
interface Rekey {
  readonly key: StoredDeviceKey;
  readonly before: readonly number[];
  readonly next: number;
}

/** Another window has kept an act since the plan was made. Nothing was written; plan again. */
export class Outrun extends Error {
  override name = 'Outrun';
}

/** Settings that count what one device's key has done. */
const OF_THE_KEY = ['signoff-series'];

export async function sealPlan(before: Memory, {memory, ...touched}: Plan, vault: Vault, photos: Photos, newId: () => string): Promise<SealedPlan> {
  const [rows, outbox, blobs, blobsGone, inbox, meta, key] = await Promise.all([
    Promise.all(kept(touched.rows, memory.rows).map((row) => sealRow(vault, row, visitOf(audienceOf(row.kind, row.id, row.v))))),
    Promise.all(kept(touched.outbox, memory.outbox).map((row) => sealOutboxRow(vault, row))),
    Promise.all(kept(touched.blobs, memory.blobs).map(async (row) => sealBlobRow(vault, await photos.nameOf(row.visit, row.sha256), row))),
    Promise.all(gone(touched.blobs, memory.blobs).map((key) => nameOfKey(photos, key))),
    Promise.all(touched.inboxPut.map((page) => sealInbox(vault, page.n, newId(), page.changes))),
    touched.meta ? sealMeta(vault, 'engine', withoutCounter(memory)) : null,
    touched.rekey === null ? null : makeDeviceKey(vault),
  ]);
  return {
    rows, outbox, blobs, blobsGone, inbox, meta,
    rowsGone: gone(touched.rows, memory.rows).map((key) => key.split('/') as [string, string]),
    outboxGone: gone(touched.outbox, memory.outbox),
    inboxGone: touched.inboxGone,
    rekey: key === null ? null : {key, before: [...before.outbox.keys()].sort((one, other) => one - other), next: memory.meta.nextN},
  };
}

/** Inside one transaction over meta, rows, outbox, inbox, blobs and chunks. */
export async function writePlan(within: Within<Records>, plan: SealedPlan): Promise<void> {
  if (plan.rekey !== null) await rekey(within, plan.rekey);
  await Promise.all([
    within.put('rows', ...plan.rows), within.delete('rows', ...plan.rowsGone),
    within.put('outbox', ...plan.outbox), within.delete('outbox', ...plan.outboxGone),
    within.put('inbox', ...plan.inbox), within.delete('inbox', ...plan.inboxGone),
    within.put('blobs', ...plan.blobs), within.delete('blobs', ...plan.blobsGone),
    ...plan.blobsGone.map((name) => within.deleteUnder('chunks', name)),
    plan.meta === null ? null : within.put('meta', plan.meta),
  ]);
}

/** Room for the new numbers. Ciphertext is bound to ids, not to numbers, so no operation's bytes are touched. */
async function rekey(within: Within<Records>, {key, before, next}: Rekey): Promise<void> {
  const there = await within.keys('outbox');
  if (there.join() !== before.join()) throw new Outrun('another window has kept an act meanwhile');
  await within.delete('outbox', ...there);
  await within.delete('meta', ...OF_THE_KEY);
  await within.put('meta', {key: 'device_key', ...key}, {key: 'next_n', next});
}

/** Give an operation its number and keep it, inside a transaction over meta and outbox. The same operation again keeps its number. */
export async function keepNumbered(within: Within<Records>, operation: Omit<OutboxRecord, 'n'>): Promise<number> {
  // The answer to the first attempt may have been lost with the connection although it was kept.
  const before = await within.find('outbox', 'id', operation.id);
  if (before !== undefined) return before.n;
  const counter = await within.get('meta', 'next_n') as CounterRecord | undefined;
  if (counter === undefined) throw new Error('this database was never set up');
  await within.add('outbox', {...operation, n: counter.next});
  await within.put('meta', {key: 'next_n', next: counter.next + 1});
  return counter.next;
}

function withoutCounter(memory: Memory): Omit<Meta, 'nextN'> {
  const {nextN: _, ...engine} = memory.meta;
  return engine;
}

function visitOf(audience: string | null): string {
  return audience?.startsWith('v:') ? audience.slice(2) : '';
}

function kept<K, V>(keys: ReadonlySet<K>, map: ReadonlyMap<K, V>): V[] {
  return [...keys].flatMap((key) => map.get(key) ?? []);
}

function gone<K, V>(keys: ReadonlySet<K>, map: ReadonlyMap<K, V>): K[] {
  return [...keys].filter((key) => !map.has(key));
}

function nameOfKey(photos: Photos, key: string): Promise<string> {
  const [visit = '', sha256 = ''] = key.split('/');
  return photos.nameOf(visit, sha256);
}
