import type {BlobRow, Meta, OutboxRow} from '../exchange/types.ts';
import type {BlobRecord, CounterRecord, InboxRecord, OutboxRecord, Records, RowRecord, SealedMeta} from './database.ts';
import {SCHEMA} from '../sync/protocol.ts';
import type {Connection} from './connection.ts';
import type {Seat, Vault} from './seal.ts';

/** A row of the feed as this tablet holds it. `v` is its wire value. */
export interface BaseRow {
  readonly kind: string;
  readonly id: string;
  readonly ver: number;
  readonly generation: number;
  readonly v: Readonly<Record<string, unknown>>;
}

/** Everything decrypted, so that search, sorting and replay never wait. Replaced as a whole, never changed in place. */
export interface Memory {
  /** By "kind/id". */
  readonly rows: ReadonlyMap<string, BaseRow>;
  /** By n, ascending. */
  readonly outbox: ReadonlyMap<number, OutboxRow>;
  /** By "visit/sha256". */
  readonly blobs: ReadonlyMap<string, BlobRow>;
  readonly meta: Meta;
}

export const seats = {
  meta: (key: string): Seat => ({store: 'meta', kind: key, id: key}),
  row: (kind: string, id: string): Seat => ({store: 'rows', kind, id}),
  operation: (id: string): Seat => ({store: 'outbox', kind: 'operation', id}),
  inbox: (id: string): Seat => ({store: 'inbox', kind: 'page', id}),
  draft: (id: string): Seat => ({store: 'drafts', kind: 'draft', id}),
  blob: (name: string): Seat => ({store: 'blobs', kind: 'blob', id: name}),
  chunk: (name: string, at: number): Seat => ({store: 'chunks', kind: String(at), id: name}),
  diag: (id: string): Seat => ({store: 'diag', kind: 'line', id}),
};

type RowInside = Pick<BaseRow, 'ver' | 'generation' | 'v'>;
type OutboxInside = Pick<OutboxRow, 'text' | 'result' | 'link' | 'settledAt' | 'retired'>;

export function rowKey(kind: string, id: string): string {
  return `${kind}/${id}`;
}

export function blobKey(visit: string, sha256: string): string {
  return `${visit}/${sha256}`;
}

/** Read and open everything, in one snapshot. */
export async function recall(connection: Connection<Records>, vault: Vault): Promise<Memory> {
  const [rows, outbox, blobs, engine, counter] = await connection.read(['rows', 'outbox', 'blobs', 'meta'], (within) => Promise.all([
    within.all('rows'), within.all('outbox'), within.all('blobs'),
    within.get('meta', 'engine') as Promise<SealedMeta | undefined>, within.get('meta', 'next_n') as Promise<CounterRecord | undefined>]));
  if (engine === undefined || counter === undefined) throw new Error('this database was never set up');
  const [openRows, openOutbox, openBlobs, meta] = await Promise.all([
    Promise.all(rows.map((record) => openRow(vault, record))),
    Promise.all(outbox.map((record) => openOutboxRow(vault, record))),
    Promise.all(blobs.map((record) => vault.openJson<BlobRow>(seats.blob(record.name), record))),
    vault.openJson<Omit<Meta, 'nextN'>>(seats.meta('engine'), engine),
  ]);
  return {
    rows: new Map(openRows.map((row) => [rowKey(row.kind, row.id), row])),
    outbox: new Map(openOutbox.map((row) => [row.n, row])),
    blobs: new Map(openBlobs.map((row) => [blobKey(row.visit, row.sha256), row])),
    // What this app knows is what it asks for, whichever app was here before.
    meta: {...meta, schema: SCHEMA, nextN: counter.next},
  };
}

async function openRow(vault: Vault, record: RowRecord): Promise<BaseRow> {
  return {kind: record.kind, id: record.id, ...await vault.openJson<RowInside>(seats.row(record.kind, record.id), record)};
}

export async function sealRow(vault: Vault, row: BaseRow, visit: string): Promise<RowRecord> {
  const {kind, id, ver, generation, v} = row;
  return {kind, id, visit, ...await vault.sealJson(seats.row(kind, id), {ver, generation, v} satisfies RowInside)};
}

export async function openOutboxRow(vault: Vault, record: OutboxRecord): Promise<OutboxRow> {
  const {n, id, kind, entity} = record;
  return {n, id, kind, entity, ...await vault.openJson<OutboxInside>(seats.operation(id), record)};
}

/** Sealed to the operation's id and never to n: a device that must be numbered anew changes no byte. */
export async function sealOutboxRow(vault: Vault, row: OutboxRow): Promise<OutboxRecord> {
  const {n, id, kind, entity, text, result, link, settledAt, retired} = row;
  return {n, id, kind, entity, ...await vault.sealJson(seats.operation(id), {text, result, link, settledAt, retired} satisfies OutboxInside)};
}

export async function sealBlobRow(vault: Vault, name: string, row: BlobRow): Promise<BlobRecord> {
  return {name, ...await vault.sealJson(seats.blob(name), row)};
}

export async function sealInbox(vault: Vault, n: number, id: string, changes: readonly unknown[]): Promise<InboxRecord> {
  return {n, id, ...await vault.sealJson(seats.inbox(id), changes)};
}

export async function sealMeta(vault: Vault, key: string, value: unknown): Promise<SealedMeta> {
  return {key, ...await vault.sealJson(seats.meta(key), value)};
}
