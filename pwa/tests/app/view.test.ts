// @vitest-environment happy-dom
import 'fake-indexeddb/auto';
import {afterEach, describe, expect, test} from 'vitest';
import {act, newId, newNumber} from '../../src/app/act.ts';
import type {Run, Visit} from '../../src/app/rows.ts';
import {enter, lock, opened, tablet} from '../../src/app/tablet.ts';
import {useView, viewNow} from '../../src/app/view.ts';
import {isUuid7} from '../../src/sync/ids.ts';
import {parseOperation} from '../../src/sync/operation.ts';
import {DEVICE, makeChange, makeTablet, PERSON, RUN, VISIT} from '../store/makers.ts';

async function makeOpen() {
  const opening = await makeTablet();
  await opening.store.commit([
    {kind: 'stage', changes: [
      makeChange({s: 11, k: 'visit', id: VISIT, v: {number: 'V-7K3-1', state: 'assigned', marks: [], tickets: []}}),
      makeChange({s: 12, v: {visit: VISIT, answers: {}, authors: {}, remarks: {}, waivers: {}}}),
    ]},
    {kind: 'apply', limit: 9, generation: 1}, {kind: 'meta', set: {head: 12}},
  ]);
  await enter(opening, {person: PERSON, organisation: 'o', roles: ['engineer'], signIn: 'aisyah', device: DEVICE, code: '7K3', status: 'active'});
  return opening;
}

afterEach(() => { lock(); });

test('an act is on the disk and in the view at once, and the feed’s own row is untouched', async () => {
  const {store} = await makeOpen();
  const {head} = useView();
  const row = await act('answer.set', ['run', RUN], {item: 'p3', value: '12.5'}, {base: head});

  expect(viewNow().get<Run>('run', RUN)?.answers).toEqual({p3: '12.5'});
  expect(store.memory.rows.get(`run/${RUN}`)?.v['answers']).toEqual({});
  expect(viewNow().unsent('run', RUN)).toEqual([row]);
  const parsed = parseOperation(row.text);
  expect('operation' in parsed && parsed.operation).toMatchObject({type: 'answer.set', v: 1, entity: ['run', RUN], base: 12, off: null, args: {item: 'p3', value: '12.5'}});
});

test('an act that the server would refuse is refused here, and nothing is kept', async () => {
  const {store} = await makeOpen();
  await expect(act('answer.set', ['run', 'not-an-id'], {}, {base: 0})).rejects.toThrow(RangeError);
  await expect(act('note.add', ['note', newId()], {text: 'x'.repeat(70_000)}, {base: 0})).rejects.toThrow('too_large');
  expect(store.memory.outbox.size).toBe(0);
});

test('a sent act stays in the view until the feed has brought it, then the feed’s word counts', async () => {
  const {store} = await makeOpen();
  await act('answer.set', ['run', RUN], {item: 'p3', value: 'mine'}, {base: 12});
  await store.commit([{kind: 'settle', results: [{n: 1, id: null, status: 'applied', seq: 20}], links: ['aa'], at: 1}]);
  expect(viewNow().get<Run>('run', RUN)?.answers).toEqual({p3: 'mine'});

  await store.commit([
    {kind: 'stage', changes: [makeChange({s: 20, ver: 20, v: {visit: VISIT, answers: {p3: 'merged'}}})]},
    {kind: 'apply', limit: 9, generation: 1}, {kind: 'retire', head: 20}, {kind: 'meta', set: {head: 20}},
  ]);
  expect(viewNow().get<Run>('run', RUN)?.answers).toEqual({p3: 'merged'});
});

describe('what needs attention', () => {
  test.each([['held', null, true], ['rejected', null, true], ['conflict', 20, true], ['applied', 20, false], ['merged', 20, false]] as const)('%s: %s', async (status, seq, troubled) => {
    const {store} = await makeOpen();
    await act('answer.set', ['run', RUN], {item: 'p3', value: 'x'}, {base: 12});
    await store.commit([{kind: 'settle', results: [{n: 1, id: null, status, seq}], links: ['aa'], at: 1}]);
    expect(viewNow().troubled('run', RUN)).toHaveLength(troubled ? 1 : 0);
    expect(viewNow().trouble()).toHaveLength(troubled ? 1 : 0);
  });
});

test('rows are found by kind and by visit', async () => {
  await makeOpen();
  expect(viewNow().all<Visit>('visit').map(({id, number}) => [id, number])).toEqual([[VISIT, 'V-7K3-1']]);
  expect(viewNow().ofVisit<Run>('run', VISIT).map(({id}) => id)).toEqual([RUN]);
  expect(viewNow().ofVisit('run', RUN)).toEqual([]);
  expect(viewNow().get('run', VISIT)).toBeNull();
});

test('numbers and ids for what is made here are final', async () => {
  await makeOpen();
  expect(await newNumber('T')).toBe('T-7K3-1');
  expect(await newNumber('T')).toBe('T-7K3-2');
  expect(await newNumber('V')).toBe('V-7K3-1');
  expect(isUuid7(newId())).toBe(true);
});

test('a locked tablet shows nothing', async () => {
  await makeOpen();
  lock();
  expect(tablet.value).toBeNull();
  expect(() => useView()).toThrow('locked');
  expect(() => opened()).toThrow('locked');
});
