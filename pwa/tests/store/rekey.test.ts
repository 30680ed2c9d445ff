/** A copied storage becomes a device of its own: in one transaction, with nothing lost and no byte of an act changed. */
import {afterEach, describe, expect, test} from 'vitest';
import {unwrapRecovery} from '../../src/store/keyring.ts';
import {Lodging} from '../../src/store/lodging.ts';
import {FDBObjectStore} from './fake_stores.ts';
import {DEVICE, makeOperation, makeTablet, PERSON, PIN, reopen, VISIT} from './makers.ts';

const OTHER = '01930000-0000-7000-8000-0000000000d9';
const REKEY = {kind: 'rekey', device: OTHER} as const;
const real = {put: FDBObjectStore.prototype.put, delete: FDBObjectStore.prototype.delete};

afterEach(() => { Object.assign(FDBObjectStore.prototype, real); });

/** A tablet whose first acts were settled and pruned: it holds 3 (settled), 4 and 5, and a photo. */
async function worked() {
  const tablet = await makeTablet();
  const {store} = tablet;
  const blob = await store.photos.put(VISIT, new Uint8Array([1, 2, 3]), 'image/jpeg');
  const kept = [];
  for (let count = 0; count < 5; count += 1) kept.push(await store.keep(makeOperation(), count === 4 ? [blob] : []));
  const results = [1, 2, 3].map((n) => ({n, id: null, status: 'applied' as const, seq: 10 + n}));
  await store.commit([
    {kind: 'settle', results, links: ['a1', 'a2', 'a3'], at: 5}, {kind: 'retire', head: 12},
    {kind: 'prune', throughN: 2, settledBefore: 6, blobsBefore: 0, blobsAfterN: null}, {kind: 'meta', set: {ackedN: 3, resume: 'r', durableN: 2, cursor: 'c', head: 12}},
  ]);
  return {...tablet, blob, held: kept.slice(2)};
}

describe('becoming another device', () => {
  test('numbers what is held anew from 1, and keeps ids, bytes, outcomes and photos', async () => {
    const {store, machine, blob, held} = await worked();
    await store.commit([REKEY]);
    for (const {memory, photos} of [store, (await reopen(machine)).store]) {
      expect([...memory.outbox.values()].map(({n, id, text, link}) => ({n, id, text, link}))).toEqual(
        held.map(({id, text}, at) => ({n: at + 1, id, text, link: null})));
      expect(memory.outbox.get(1)).toMatchObject({result: {seq: 13}, retired: false});
      expect(memory.meta).toMatchObject({device: OTHER, nextN: 4, ackedN: 0, durableN: 0, resume: null, cursor: 'c', head: 12});
      expect(await photos.bytes(VISIT, blob.row.sha256)).toEqual(new Uint8Array([1, 2, 3]));
    }
    expect((await store.keep(makeOperation())).n).toBe(4);
  });

  test('begins the chain at the new id', async () => {
    const {store} = await worked();
    const before = await store.load({kind: 'outbox', from: 4, limit: 9});
    await store.commit([REKEY]);
    const after = await store.load({kind: 'outbox', from: 1, limit: 9});
    const fresh = (await makeTablet()).store;
    if (before.kind !== 'outbox' || after.kind !== 'outbox') throw new Error('another answer');
    expect(after.ops.map(({n}) => n)).toEqual([1, 2, 3]);
    expect(after.prev).not.toBe((await fresh.load({kind: 'outbox', from: 1, limit: 9}) as typeof after).prev);
    expect(after.ops.slice(1).map(({text}) => text)).toEqual(before.ops.map(({text}) => text));
  });

  test('gives it a key of its own, and the series of its signatures begins again', async () => {
    const {store, signer, machine} = await worked();
    await store.keepSetting('signoff-series', {seq: 7, last: 'x'});
    await store.commit([REKEY]);
    expect((await store.signer()).jkt).not.toBe(signer.jkt);
    const again = await reopen(machine);
    expect(again.signer.jkt).toBe((await store.signer()).jkt);
    expect(await again.store.setting('signoff-series')).toBeNull();
  });

  test('is all or nothing, wherever the power goes', async () => {
    for (let nth = 1; ; nth += 1) {
      const {store, machine, held} = await worked();
      let tried = 0;
      for (const name of ['put', 'delete'] as const) {
        FDBObjectStore.prototype[name] = function (this: unknown, ...args: never[]) {
          tried += 1;
          if (tried >= nth) throw new DOMException('the power went', 'AbortError');
          return (real[name] as (...given: never[]) => never).apply(this as never, args);
        } as never;
      }
      const failed = await store.commit([REKEY]).then(() => false, () => true);
      Object.assign(FDBObjectStore.prototype, real);
      const after = (await reopen(machine)).store.memory;
      expect([...after.outbox.values()].map(({id}) => id)).toEqual(held.map(({id}) => id));
      expect([after.meta.device, after.meta.nextN]).toEqual(failed ? [DEVICE, 6] : [OTHER, 4]);
      if (!failed) {
        expect(nth).toBeGreaterThan(6);
        return;
      }
    }
  }, 60_000);

  test('takes along what another window has kept at the same moment', async () => {
    const {store, machine} = await worked();
    const other = (await reopen(machine)).store;
    const late = makeOperation();
    const [, row] = await Promise.all([store.commit([REKEY]), other.keep(late)]);
    await store.refresh();
    const ids = [...store.memory.outbox.values()].map(({id}) => id);
    expect(ids).toHaveLength(4);
    expect(ids.filter((id) => id === late.id)).toEqual([row.id]);
    expect([...store.memory.outbox.keys()]).toEqual([1, 2, 3, 4]);
    expect(store.memory.meta.nextN).toBe(5);
  });

  test('keeps the link that the next push needs, when older outcomes are pruned', async () => {
    const {store} = await worked();
    await store.commit([REKEY]);
    await store.commit([{kind: 'settle', results: [{n: 1, id: null, status: 'applied', seq: 13}], links: ['b1'], at: 5}, {kind: 'retire', head: 20},
      {kind: 'prune', throughN: 1, settledBefore: 99, blobsBefore: 0, blobsAfterN: null}]);
    expect(await store.load({kind: 'outbox', from: 2, limit: 1})).toMatchObject({prev: 'b1'});
  });
});

test('after the next unlocking a forgotten PIN is made good as the new device', async () => {
  const {store, machine, recovery} = await worked();
  await store.commit([REKEY]);
  const home = new Lodging(PERSON, machine);
  expect((await home.forRecovery()).device).toBe(DEVICE);
  await home.unlock(PIN);
  const {device, envelope} = await home.forRecovery();
  expect(device).toBe(OTHER);
  expect(await unwrapRecovery(envelope, OTHER, recovery)).toHaveLength(32);
});
