/** A new version of the app over unsent work: from the first shipped form, aborted, rolled back, and tried on a copy. */
import {describe, expect, test} from 'vitest';
import {Connection, StoreNewer} from '../../src/store/connection.ts';
import {FORM, LODGING, type Plan} from '../../src/store/form.ts';
import {databaseOf, type Records} from '../../src/store/database.ts';
import {RehearsalFailed} from '../../src/store/rehearsal.ts';
import {SCHEMA} from '../../src/sync/protocol.ts';
import {makeOperation, makeTablet, PERSON, PIN, reopen, VISIT} from './makers.ts';
import {Lodging} from '../../src/store/lodging.ts';

const NAME = databaseOf(PERSON);
/** What a later version might add. */
const NEXT: Plan = [...LODGING, {more: {keyPath: 'key'}, outbox: {indexes: {kind: {on: 'kind'}}}}];

async function worked() {
  const tablet = await makeTablet();
  const {store} = tablet;
  const blob = await store.photos.put(VISIT, new Uint8Array([1, 2, 3]), 'image/jpeg');
  const kept = [await store.keep(makeOperation()), await store.keep(makeOperation(), [blob])];
  await store.keepDraft('d', 'half a sentence');
  store.close();
  return {...tablet, kept};
}

const names = (factory: IDBFactory) => factory.databases().then((found) => found.map(({name}) => name).sort());

describe('the database of the first version', () => {
  test('is extended, and everything in it is as it was', async () => {
    const {machine, kept} = await worked();
    const next = new Connection<Records>(NAME, NEXT, machine);
    expect(await next.read(['outbox'], (within) => within.keys('outbox'))).toEqual([1, 2]);
    const found = await next.read(['outbox'], (within) => within.find('outbox', 'kind', 'run'));
    expect(found?.id).toBe(kept[0]?.id);
    next.close();
  });

  test('stays as it is when the extension breaks off, and the version before goes on', async () => {
    const {machine, kept} = await worked();
    const broken: Plan = [...LODGING, {more: {keyPath: 'key'}, outbox: {indexes: {id: {on: 'id'}}}}];
    await expect(new Connection<Records>(NAME, broken, machine).read(['outbox'], (within) => within.keys('outbox'))).rejects.toThrow();
    const {store} = await reopen(machine);
    expect([...store.memory.outbox.values()].map(({text}) => text)).toEqual(kept.map(({text}) => text));
    expect(await store.draft('d')).toBe('half a sentence');
  });

  test('that a newer version has extended is left alone by the older one, and is whole for the newer', async () => {
    const {machine} = await worked();
    const newer = new Connection<Records>(NAME, NEXT, machine);
    await newer.read(['outbox'], (within) => within.keys('outbox'));
    newer.close();
    await expect(new Lodging(PERSON, machine).unlock(PIN)).rejects.toThrow(StoreNewer);
    expect(await newer.read(['outbox'], (within) => within.keys('outbox'))).toEqual([1, 2]);
  });
});

test('a tablet asks for what its app knows, whatever the app before it knew', async () => {
  const {machine} = await worked();
  const {store} = await reopen(machine);
  await store.commit([{kind: 'meta', set: {schema: SCHEMA - 1}}]);
  expect((await reopen(machine)).store.memory.meta.schema).toBe(SCHEMA);
});

describe('a new version tried on a copy', () => {
  test('passes when it keeps everything; the copy is gone and the database as it was', async () => {
    const {machine} = await worked();
    const {store} = await reopen(machine);
    await store.rehearse(PERSON, {...FORM, plan: NEXT});
    expect(await names(machine.indexedDB as IDBFactory)).toEqual([NAME]);
    expect((await store.keep(makeOperation())).n).toBe(3);
  });

  test.each<[string, typeof FORM]>([
    ['takes an index to be there already', {...FORM, plan: [...LODGING, {outbox: {indexes: {id: {on: 'id'}}}}]}],
    ['lets only one act have an entity', {...FORM, plan: [...LODGING, {outbox: {indexes: {entity: {on: 'entity', unique: true}}}}]}],
    ['reads what is sealed in another way', {...FORM, format: FORM.format + 1}],
    ['is older', {...FORM, plan: []}],
  ])('does not when it %s; work goes on', async (_, form) => {
    const {machine} = await worked();
    const {store} = await reopen(machine);
    await expect(store.rehearse(PERSON, form)).rejects.toThrow(RehearsalFailed);
    expect(await names(machine.indexedDB as IDBFactory)).toEqual([NAME]);
    expect((await store.keep(makeOperation())).n).toBe(3);
  });
});
