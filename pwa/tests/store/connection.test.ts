import {describe, expect, test} from 'vitest';
import {Connection, StoreFull, StoreLost, StoreNewer} from '../../src/store/connection.ts';
import {LODGING} from '../../src/store/form.ts';
import {databaseOf, type Records} from '../../src/store/database.ts';
import {Lodging} from '../../src/store/lodging.ts';
import {keepNumbered} from '../../src/store/writing.ts';
import {DEVICE, makeMachine, makeOperation, makeRecoveryKey, makeTablet, PERSON, reopen, VISIT} from './makers.ts';

const NAME = 'singgah-x';

const connect = (machine = makeMachine()) => new Connection<Records>(NAME, LODGING, machine);

function failing(times: number, name: string): () => Promise<string> {
  let left = times;
  return async () => {
    left -= 1;
    if (left >= 0) throw new DOMException('connection to Indexed Database server lost', name);
    return 'done';
  };
}

describe('a lost connection', () => {
  test('is opened again after a quarter, one and three seconds, and the work repeated', async () => {
    const machine = makeMachine();
    expect(await connect(machine).write(['meta'], failing(3, 'UnknownError'))).toBe('done');
    expect(machine.waits).toEqual([250, 1_000, 3_000]);
  });

  test('that does not come back is said, so that the app can offer to start again', async () => {
    await expect(connect().write(['meta'], failing(4, 'InvalidStateError'))).rejects.toThrow(StoreLost);
  });

  test('is not what a fault of ours is taken for', async () => {
    const machine = makeMachine();
    await expect(connect(machine).write(['meta'], failing(1, 'DataError'))).rejects.toThrow(expect.objectContaining({name: 'DataError'}));
    expect(machine.waits).toEqual([]);
  });
});

test('a full disk is said at once and not tried again', async () => {
  const machine = makeMachine();
  await expect(connect(machine).write(['meta'], failing(1, 'QuotaExceededError'))).rejects.toThrow(StoreFull);
  expect(machine.waits).toEqual([]);
});

/** Another window's connection in this form of the database. */
function openAs(machine: ReturnType<typeof makeMachine>, version: number): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = machine.indexedDB.open(NAME, version);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function heeded(connection: Connection<Records>): (string | null)[] {
  const told: (string | null)[] = [];
  connection.onTrouble = (trouble) => { told.push(trouble); };
  return told;
}

const look = (connection: Connection<Records>) => connection.read(['meta'], (within) => within.keys('meta'));

test('a window lets go of the database when another needs it in a newer form, and says so', async () => {
  const machine = makeMachine();
  const connection = connect(machine);
  const told = heeded(connection);
  await look(connection);
  (await openAs(machine, 99)).close();
  expect(told).toEqual([null, 'superseded']);
  await expect(look(connection)).rejects.toThrow(StoreLost);
});

test('an older app that meets a newer database says so, and leaves it as it is', async () => {
  const machine = makeMachine();
  await connect(machine).write(['meta'], (within) => within.put('meta', {key: 'next_n', next: 7}));
  (await openAs(machine, 99)).close();
  const connection = connect(machine);
  const told = heeded(connection);
  await expect(look(connection)).rejects.toThrow(StoreNewer);
  expect([told, machine.waits]).toEqual([['newer'], []]);
  const newer = await openAs(machine, 99);
  expect([...newer.objectStoreNames]).toContain('outbox');
  newer.close();
});

test('a window with an older form that does not let go is named; when it is closed everything goes on', async () => {
  const machine = makeMachine();
  await look(connect(machine));
  const stubborn = await openAs(machine, 1);
  const newer = new Connection<Records>(NAME, [...LODGING, {more: {keyPath: 'key'}}], machine);
  const told = heeded(newer);
  newer.onTrouble = (trouble) => {
    told.push(trouble);
    if (trouble === 'blocked') stubborn.close();
  };
  expect(await look(newer)).toEqual([]);
  expect(told).toEqual(['blocked', null]);
});

test('two who ask at once share one connection: nothing is ever written from two', async () => {
  const machine = makeMachine();
  const connection = connect(machine);
  await Promise.all([look(connection), look(connection)]);
  connection.close();
  // A second connection would stay open, and hold this up for ever.
  (await openAs(machine, 99)).close();
});

test('an act whose answer was lost with the connection keeps its number when it is repeated', async () => {
  const {machine, store} = await makeTablet();
  const kept = await store.keep(makeOperation());
  const connection = new Connection<Records>(databaseOf(PERSON), LODGING, machine);
  const record = await connection.read(['outbox'], (within) => within.get('outbox', 1));
  if (record === undefined) throw new Error('nothing was kept');
  const {n: _, ...again} = record;
  expect(await connection.write(['meta', 'outbox'], (within) => keepNumbered(within, again))).toBe(kept.n);
  expect(await connection.read(['outbox'], (within) => within.keys('outbox'))).toEqual([1]);
});

test('keys are never put over a database that has some: its work would be lost', async () => {
  const {machine} = await makeTablet();
  const {jwk} = await makeRecoveryKey();
  await expect(new Lodging(PERSON, machine).furnish('111111', DEVICE, jwk)).rejects.toThrow(expect.objectContaining({name: 'ConstraintError'}));
  await expect(reopen(machine)).resolves.toHaveProperty('store');
});

describe('photos', () => {
  const bytes = Uint8Array.from({length: 2 * 512 * 1024 + 5}, (_, at) => at % 251);

  test('come back whole after a restart, over several chunks', async () => {
    const {store, machine} = await makeTablet();
    const blob = await store.photos.put(VISIT, bytes, 'image/jpeg');
    await store.keep(makeOperation(), [blob]);
    const {photos, memory} = (await reopen(machine)).store;
    expect(await photos.bytes(VISIT, blob.row.sha256)).toEqual(bytes);
    expect([...memory.blobs.values()]).toEqual([blob.row]);
    expect(await photos.bytes(VISIT, 'f'.repeat(64))).toBeNull();
  });

  test('that no act names are swept at the second look, others stay', async () => {
    const {store} = await makeTablet();
    const named = await store.photos.put(VISIT, bytes.slice(0, 10), 'image/jpeg');
    await store.keep(makeOperation(), [named]);
    const orphan = await store.photos.put(VISIT, bytes.slice(0, 11), 'image/jpeg');
    await store.photos.sweep();
    await store.photos.sweep();
    expect(await store.photos.bytes(VISIT, named.row.sha256)).not.toBeNull();
    expect(await store.photos.bytes(VISIT, orphan.row.sha256)).toBeNull();
  });

  test('taken in one window are not swept by another that is unlocked before the act is kept', async () => {
    const {store, machine} = await makeTablet();
    const blob = await store.photos.put(VISIT, bytes.slice(0, 10), 'image/jpeg');
    await (await reopen(machine)).store.photos.sweep();
    await store.keep(makeOperation(), [blob]);
    await (await reopen(machine)).store.photos.sweep();
    expect(await store.photos.bytes(VISIT, blob.row.sha256)).toEqual(bytes.slice(0, 10));
  });

  test('are refused before the camera when they would not fit beside the reserve', async () => {
    const {store, machine} = await makeTablet();
    machine.roomLeft = 50_000_009;
    await expect(store.photos.put(VISIT, bytes.slice(0, 10), 'image/jpeg')).rejects.toThrow(StoreFull);
    machine.roomLeft = 50_000_010;
    await expect(store.photos.put(VISIT, bytes.slice(0, 10), 'image/jpeg')).resolves.toHaveProperty('name');
  });

  test('and their bytes go when the server has them for long enough', async () => {
    const {store, machine} = await makeTablet();
    const blob = await store.photos.put(VISIT, bytes.slice(0, 10), 'image/jpeg');
    await store.keep(makeOperation(), [blob]);
    await store.commit([{kind: 'blob', visit: VISIT, sha256: blob.row.sha256, set: {state: 'complete', completedAt: 5}}, {kind: 'prune', throughN: 0, settledBefore: 0, blobsBefore: 6, blobsAfterN: null}]);
    expect(await (await reopen(machine)).store.photos.bytes(VISIT, blob.row.sha256)).toBeNull();
  });
});

test('two who look at once whether the storage keeps anything do not take each other’s word for its failing', async () => {
  const {store, machine} = await makeTablet();
  const other = (await reopen(machine)).store;
  expect(await Promise.all([store, store, other].map((each) => each.survivesReopening()))).toEqual([true, true, true]);
  expect(await store.salvage().read().then(({unreadable}) => unreadable)).toBe(0);
});

test('drafts, settings and notes survive a restart', async () => {
  const {store, machine} = await makeTablet();
  await store.keepDraft('remark/p1', {text: 'half'});
  await store.keepSetting('owner', {name: 'A'});
  const after = (await reopen(machine)).store;
  expect(await after.draft('remark/p1')).toEqual({text: 'half'});
  expect(await after.setting('owner')).toEqual({name: 'A'});
  await after.dropDraft('remark/p1');
  expect(await after.draft('remark/p1')).toBeNull();
});

test('the outbox is loaded with the chain’s links from where the server stands', async () => {
  const {store} = await makeTablet();
  for (let count = 0; count < 3; count += 1) await store.keep(makeOperation());
  const whole = await store.load({kind: 'outbox', from: 1, limit: 10});
  if (whole.kind !== 'outbox') throw new Error('another answer');
  expect(whole.ops.map((op) => op.n)).toEqual([1, 2, 3]);
  await store.commit([{kind: 'settle', results: [{n: 1, id: null, status: 'applied', seq: 5}], links: [whole.ops[0]?.link ?? ''], at: 1}]);
  const rest = await store.load({kind: 'outbox', from: 2, limit: 1});
  expect(rest).toEqual({kind: 'outbox', prev: whole.ops[0]?.link, ops: [whole.ops[1]]});
  expect(await store.load({kind: 'outbox', from: 3, limit: 1})).toEqual({kind: 'outbox', prev: null, ops: []});
});
