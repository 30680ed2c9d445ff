/**
 * Before a new version of the app takes over, its form of the database is tried on a copy. Only when everything is still
 * there, and every act that waits can still be read, may it have the real one.
 */
import {type Memory, openOutboxRow} from './memory.ts';
import {COPY, databaseOf, type Machine, type OutboxRecord, type Records} from './database.ts';
import {FORMAT, type Form, LODGING, type Plan} from './form.ts';
import {openDatabase, transact, type Within} from './indexed.ts';
import type {Vault} from './seal.ts';

/** The new version would not keep everything. Nothing but the copy was touched. */
export class RehearsalFailed extends Error {
  override name = 'RehearsalFailed';
}

const STORES = ['meta', 'rows', 'outbox', 'inbox', 'drafts', 'blobs', 'chunks', 'diag'] as const satisfies readonly (keyof Records)[];
const HEEDLESS = {gone: () => {}, blocked: () => {}};
type Contents = Readonly<Record<string, readonly unknown[]>>;

/** Resolves when the new form keeps everything of this person; rejects with RehearsalFailed when it does not. The copy is gone either way. */
export async function rehearse(person: string, next: Form, machine: Machine, vault: Vault, memory: Memory): Promise<void> {
  if (next.format !== FORMAT) throw new RehearsalFailed(`what is sealed would be read in another format, ${next.format}`);
  await drop(machine);
  try {
    const before = await contents(databaseOf(person), LODGING, machine);
    await fill(before, machine);
    const after = await contents(COPY, next.plan, machine);
    compare(before, after);
    await readable(after['outbox'] as readonly OutboxRecord[], vault, memory);
  } catch (fault) {
    throw fault instanceof RehearsalFailed ? fault : new RehearsalFailed('the new form could not be tried', {cause: fault});
  } finally {
    await drop(machine);
  }
}

/** All records by store; of photos the keys alone, for a copy of their bytes could fill the disk. */
async function contents(name: string, plan: Plan, machine: Machine): Promise<Contents> {
  const database = await openDatabase(name, plan, machine, HEEDLESS);
  try {
    return await transact<Records, Contents>(database, machine, STORES, 'readonly', async (within) => {
      const found = await Promise.all(STORES.map(async (store) => [store, store === 'chunks' ? await chunkKeys(within) : await within.all(store)] as const));
      return Object.fromEntries(found);
    });
  } finally {
    database.close();
  }
}

async function chunkKeys(within: Within<Records>): Promise<object[]> {
  const keys = await within.keys('chunks') as [name: string, at: number][];
  return keys.map(([name, at]) => ({name, at}));
}

async function fill(before: Contents, machine: Machine): Promise<void> {
  const database = await openDatabase(COPY, LODGING, machine, HEEDLESS);
  try {
    await transact<Records, void>(database, machine, STORES, 'readwrite', async (within) => {
      await Promise.all(STORES.map((store) => within.put(store, ...before[store] as Records[typeof store][])));
    });
  } finally {
    database.close();
  }
}

function compare(before: Contents, after: Contents): void {
  for (const store of STORES) {
    const [had, has] = [before[store]?.length ?? 0, after[store]?.length ?? 0];
    if (had !== has) throw new RehearsalFailed(`of ${had} records in ${store} ${has} would be left`);
  }
}

async function readable(records: readonly OutboxRecord[], vault: Vault, memory: Memory): Promise<void> {
  for (const record of records) {
    const row = await openOutboxRow(vault, record);
    const known = memory.outbox.get(row.n);
    // One that another window has kept a moment ago is not known here, but it could be read.
    if (known !== undefined && (known.id !== row.id || known.text !== row.text)) throw new RehearsalFailed(`operation ${row.n} would be another`);
  }
}

function drop({indexedDB}: Machine): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(COPY);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
}
