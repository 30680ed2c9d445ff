import {FDBObjectStore} from './fake_stores.ts';
import {afterEach, describe, expect, test} from 'vitest';
import type {Write} from '../../src/exchange/types.ts';
import type {Memory} from '../../src/store/memory.ts';
import {makeChange, makeOperation, makeTablet, reopen, VISIT} from './makers.ts';

const real = {put: FDBObjectStore.prototype.put, add: FDBObjectStore.prototype.add, delete: FDBObjectStore.prototype.delete};

/** The power goes at the nth write of whatever comes next, and stays away. Returns how many writes were tried. */
function crashAt(nth: number): () => number {
  let tried = 0;
  for (const name of ['put', 'add', 'delete'] as const) {
    FDBObjectStore.prototype[name] = function (this: unknown, ...args: never[]) {
      tried += 1;
      if (tried >= nth) throw new DOMException('the power went', 'AbortError');
      return (real[name] as (...given: never[]) => never).apply(this as never, args);
    } as never;
  }
  return () => tried;
}

afterEach(() => { Object.assign(FDBObjectStore.prototype, real); });

const plain = ({rows, outbox, blobs, meta}: Memory) => JSON.stringify([[...rows].sort(), [...outbox], [...blobs], meta]);

const WRITES: Write[] = [
  {kind: 'settle', results: [{n: 1, id: null, status: 'applied', seq: 12}], links: ['ab'.repeat(32)], at: 5},
  {kind: 'stage', changes: [makeChange({s: 11, id: '01930000-0000-7000-8000-0000000000c2'}), makeChange({s: 12})]},
  {kind: 'apply', limit: 200, generation: 1},
  {kind: 'retire', head: 12},
  {kind: 'meta', set: {cursor: 'MToxMg', head: 12}},
];

describe('a crash', () => {
  test('in the middle of an act keeps neither the act nor its number', async () => {
    for (const nth of [1, 2, 3]) {
      const {store, machine} = await makeTablet();
      const blob = await store.photos.put(VISIT, new Uint8Array([1, 2, 3]), 'image/jpeg');
      const before = plain(store.memory);
      crashAt(nth);
      await expect(store.keep(makeOperation(), [blob])).rejects.toThrow();
      Object.assign(FDBObjectStore.prototype, real);

      expect(plain((await reopen(machine)).store.memory), `write ${nth}`).toBe(before);
      expect((await store.keep(makeOperation())).n).toBe(1);
    }
  });

  test('at any write of a commit leaves everything as it was', async () => {
    const {store, machine} = await makeTablet();
    await store.keep(makeOperation());
    const before = plain(store.memory);
    const count = crashAt(Infinity);
    await store.commit(WRITES);
    const writes = count();
    Object.assign(FDBObjectStore.prototype, real);
    expect(plain((await reopen(machine)).store.memory)).not.toBe(before);
    expect(writes).toBeGreaterThan(3);

    for (let nth = 1; nth <= writes; nth += 1) {
      const again = await makeTablet();
      await again.store.keep(makeOperation());
      const asItWas = plain(again.store.memory);
      crashAt(nth);
      await expect(again.store.commit(WRITES)).rejects.toThrow();
      Object.assign(FDBObjectStore.prototype, real);
      expect(plain((await reopen(again.machine)).store.memory), `write ${nth}`).toBe(asItWas);
      expect(plain(again.store.memory), 'and memory says no more than the disk').toBe(asItWas);
    }
  }, 60_000);
});

test('what was kept is the same after a restart, byte for byte', async () => {
  const {store, machine} = await makeTablet();
  const odd = makeOperation({text: '{"a":"\\u00e9 中 \\ud83d"}'});
  await store.keep(odd);
  await store.commit(WRITES);
  const after = (await reopen(machine)).store;
  expect(after.memory.outbox.get(1)?.text).toBe(odd.text);
  expect(plain(after.memory)).toBe(plain(store.memory));
});

test('two windows never give the same number', async () => {
  const {store, machine} = await makeTablet();
  const other = (await reopen(machine)).store;
  const rows = await Promise.all(Array.from({length: 40}, (_, at) => (at % 2 === 0 ? store : other).keep(makeOperation())));
  expect(rows.map((row) => row.n).sort((a, b) => a - b)).toEqual(Array.from({length: 40}, (_, at) => at + 1));
  await store.refresh();
  expect(store.memory.outbox.size).toBe(40);
  expect(store.memory.meta.nextN).toBe(41);
});

test('two windows never give the same number for people', async () => {
  const {store, machine} = await makeTablet();
  const other = (await reopen(machine)).store;
  const numbers = await Promise.all([store, other, store, other].map((each) => each.nextNumber('T', '7K3')));
  expect(new Set(numbers).size).toBe(4);
  expect(numbers).toContain('T-7K3-1');
});
