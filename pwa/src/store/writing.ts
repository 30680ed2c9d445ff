import type {Meta} from '../exchange/types.ts';
import {audienceOf} from '../sync/policy.ts';
import type {Photos} from './blobs.ts';
import type {BlobRecord, CounterRecord, InboxRecord, OutboxRecord, Records, RowRecord, SealedMeta} from './database.ts';
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
}

export async function sealPlan({memory, ...touched}: Plan, vault: Vault, photos: Photos, newId: () => string): Promise<SealedPlan> {
  const [rows, outbox, blobs, blobsGone, inbox, meta] = await Promise.all([
    Promise.all(kept(touched.rows, memory.rows).map((row) => sealRow(vault, row, visitOf(audienceOf(row.kind, row.id, row.v))))),
    Promise.all(kept(touched.outbox, memory.outbox).map((row) => sealOutboxRow(vault, row))),
    Promise.all(kept(touched.blobs, memory.blobs).map(async (row) => sealBlobRow(vault, await photos.nameOf(row.visit, row.sha256), row))),
    Promise.all(gone(touched.blobs, memory.blobs).map((key) => nameOfKey(photos, key))),
    Promise.all(touched.inboxPut.map((page) => sealInbox(vault, page.n, newId(), page.changes))),
    touched.meta ? sealMeta(vault, 'engine', withoutCounter(memory)) : null,
  ]);
  return {
    rows, outbox, blobs, blobsGone, inbox, meta,
    rowsGone: gone(touched.rows, memory.rows).map((key) => key.split('/') as [string, string]),
    outboxGone: gone(touched.outbox, memory.outbox),
    inboxGone: touched.inboxGone,
  };
}

/** Inside one transaction over meta, rows, outbox, inbox, blobs and chunks. */
export async function writePlan(within: Within<Records>, plan: SealedPlan): Promise<void> {
  await Promise.all([
    within.put('rows', ...plan.rows), within.delete('rows', ...plan.rowsGone),
    within.put('outbox', ...plan.outbox), within.delete('outbox', ...plan.outboxGone),
    within.put('inbox', ...plan.inbox), within.delete('inbox', ...plan.inboxGone),
    within.put('blobs', ...plan.blobs), within.delete('blobs', ...plan.blobsGone),
    ...plan.blobsGone.map((name) => within.deleteUnder('chunks', name)),
    plan.meta === null ? null : within.put('meta', plan.meta),
  ]);
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
