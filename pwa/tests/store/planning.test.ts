import {describe, expect, test} from 'vitest';
import type {BlobRow, OutboxRow, Write} from '../../src/exchange/types.ts';
import type {Memory} from '../../src/store/memory.ts';
import {type InboxPage, plan} from '../../src/store/planning.ts';
import {DEVICE, makeChange, makeOperation, RUN, SITE, VISIT} from './makers.ts';

const OTHER = '01930000-0000-7000-8000-0000000000c9';

function makeMemory(over: Partial<Memory> = {}): Memory {
  return {
    rows: new Map(), outbox: new Map(), blobs: new Map(),
    meta: {
      device: DEVICE, schema: 1, epoch: null, resume: null, nextN: 1, ackedN: 0, durableN: 0, durability: null, cursor: null, head: 0,
      journal: null, generation: 1, bootstrapping: false, staged: null, lastContact: null, minApp: null,
    },
    ...over,
  };
}

const row = (n: number, over: Partial<OutboxRow> = {}): [number, OutboxRow] =>
  [n, {n, ...makeOperation(), result: null, link: null, settledAt: null, retired: false, ...over}];

const settled = (n: number, seq: number | null, over: Partial<OutboxRow> = {}): [number, OutboxRow] =>
  row(n, {result: {n, id: null, status: seq === null ? 'held' : 'applied', seq}, link: `l${n}`, settledAt: n * 10, retired: seq === null, ...over});

const base = (kind: string, id: string, v: Record<string, unknown>, generation = 1) => [`${kind}/${id}`, {kind, id, ver: 5, generation, v}] as const;

const run = (memory: Memory, writes: Write[], inbox: InboxPage[] = []) => plan(memory, inbox, writes);

describe('settling', () => {
  test('records the outcome; a held operation leaves the overlay at once, an applied one waits for the base', () => {
    const {memory} = run(makeMemory({outbox: new Map([row(1), row(2)])}), [
      {kind: 'settle', results: [{n: 1, id: null, status: 'applied', seq: 7}, {n: 2, id: null, status: 'held', seq: null}], links: ['a', 'b'], at: 99}]);
    expect(memory.outbox.get(1)).toMatchObject({retired: false, link: 'a', settledAt: 99});
    expect(memory.outbox.get(2)).toMatchObject({retired: true, link: 'b'});
  });

  test('is undone from a number on when a restored server lost it', () => {
    const {memory} = run(makeMemory({outbox: new Map([settled(1, 4), settled(2, null)])}), [{kind: 'reopen', from: 2}]);
    expect(memory.outbox.get(1)?.result).not.toBeNull();
    expect(memory.outbox.get(2)).toMatchObject({result: null, link: null, settledAt: null, retired: false});
  });

  test('retires what the base contains and nothing beyond', () => {
    const {memory} = run(makeMemory({outbox: new Map([settled(1, 4), settled(2, 5), row(3)])}), [{kind: 'retire', head: 4}]);
    expect([...memory.outbox.values()].map((each) => each.retired)).toEqual([true, false, false]);
  });
});

describe('applying', () => {
  test('takes rows in their order, across pages, up to the limit, and leaves the rest for the next time', () => {
    const pages = [{n: 1, changes: [makeChange({s: 1}), makeChange({s: 2, id: OTHER})]}, {n: 2, changes: [makeChange({s: 3, k: 'site', id: SITE, v: {}})]}];
    const first = run(makeMemory(), [{kind: 'apply', limit: 1, generation: 1}], pages);
    expect([...first.memory.rows.keys()]).toEqual([`run/${RUN}`]);
    expect(first.inboxPut).toEqual([{n: 1, changes: [makeChange({s: 2, id: OTHER})]}]);
    expect(first.inboxGone).toEqual([]);

    const all = run(makeMemory(), [{kind: 'apply', limit: 9, generation: 1}], pages);
    expect(all.memory.rows.size).toBe(3);
    expect(all.inboxGone).toEqual([1, 2]);
  });

  test('never lets an older version replace a newer one of the same generation', () => {
    const memory = makeMemory({rows: new Map([base('run', RUN, {mine: true})])});
    expect(run(memory, [{kind: 'apply', limit: 9, generation: 1}], [{n: 1, changes: [makeChange({ver: 4})]}]).memory.rows.get(`run/${RUN}`)?.ver).toBe(5);
    expect(run(memory, [{kind: 'apply', limit: 9, generation: 2}], [{n: 1, changes: [makeChange({ver: 4})]}]).memory.rows.get(`run/${RUN}`)?.ver).toBe(4);
  });

  test('drops a visit’s tree when it leaves the scope, but not while an own act on it is unsent', () => {
    const left = makeChange({k: 'scope', id: OTHER, v: {audience: `v:${VISIT}`, state: 'out'}});
    const rows = new Map([base('visit', VISIT, {}), base('run', RUN, {visit: VISIT})]);
    const pages = [{n: 1, changes: [left]}];
    expect([...run(makeMemory({rows}), [{kind: 'apply', limit: 9, generation: 1}], pages).memory.rows.keys()]).toEqual([`scope/${OTHER}`]);
    const busy = run(makeMemory({rows, outbox: new Map([row(1, {kind: 'run', entity: RUN})])}), [{kind: 'apply', limit: 9, generation: 1}], pages);
    expect(busy.memory.rows.has(`visit/${VISIT}`)).toBe(true);
  });

  test('drops the tree that had to stay as soon as the last act on it is retired, and not if the person is back', () => {
    const acts = () => new Map([settled(1, 4, {kind: 'run', entity: RUN}), settled(2, 6, {kind: 'run', entity: RUN})]);
    const tree = [base('visit', VISIT, {}), base('run', RUN, {visit: VISIT})];
    const out = base('scope', OTHER, {audience: `v:${VISIT}`, state: 'out'});
    const after = (head: number, ...more: (typeof out)[]) =>
      [...run(makeMemory({rows: new Map([...tree, out, ...more]), outbox: acts()}), [{kind: 'retire', head}]).memory.rows.keys()];
    expect(after(5)).toEqual([`visit/${VISIT}`, `run/${RUN}`, `scope/${OTHER}`]);
    expect(after(6)).toEqual([`scope/${OTHER}`]);
    expect(after(6, base('scope', DEVICE, {audience: `v:${VISIT}`, state: 'in'}))).toContain(`visit/${VISIT}`);
  });

  test('drops the tree when the last act on it is held', () => {
    const rows = new Map([base('visit', VISIT, {}), base('scope', OTHER, {audience: `v:${VISIT}`, state: 'out'})]);
    const {memory} = run(makeMemory({rows, outbox: new Map([row(1, {kind: 'visit', entity: VISIT})])}), [
      {kind: 'settle', results: [{n: 1, id: null, status: 'held', seq: null}], links: ['a'], at: 9}]);
    expect([...memory.rows.keys()]).toEqual([`scope/${OTHER}`]);
  });

  test('sweeps rows of an older generation except those with an unretired act', () => {
    const rows = new Map([base('run', RUN, {visit: VISIT}), base('run', OTHER, {visit: VISIT}), base('site', SITE, {}, 2)]);
    const {memory} = run(makeMemory({rows, outbox: new Map([row(1, {kind: 'run', entity: RUN})])}), [{kind: 'sweep', generation: 2}]);
    expect([...memory.rows.keys()].sort()).toEqual([`run/${RUN}`, `site/${SITE}`]);
  });

  test('sweeps a row that an act held on to, once the act is settled', () => {
    const rows = new Map([base('run', RUN, {visit: VISIT}), base('site', SITE, {}, 2)]);
    const {memory} = run(makeMemory({rows, outbox: new Map([row(1, {kind: 'run', entity: RUN})])}), [
      {kind: 'settle', results: [{n: 1, id: null, status: 'held', seq: null}], links: ['a'], at: 9}, {kind: 'sweep', generation: 2}]);
    expect([...memory.rows.keys()]).toEqual([`site/${SITE}`]);
  });
});

describe('pruning', () => {
  test('keeps the newest settled operation, the young ones, and everything beyond the durable number', () => {
    const outbox = new Map([settled(1, 4, {retired: true}), settled(2, 5, {retired: true}), settled(3, 6, {retired: true}), row(4)]);
    const prune = (throughN: number, settledBefore: number) =>
      [...run(makeMemory({outbox}), [{kind: 'prune', throughN, settledBefore, blobsBefore: 0, blobsAfterN: null}]).memory.outbox.keys()];
    expect(prune(9, 999)).toEqual([3, 4]);
    expect(prune(1, 999)).toEqual([2, 3, 4]);
    expect(prune(9, 15)).toEqual([2, 3, 4]);
  });

  test('gives up no bytes before a backup holds something that came after them', () => {
    const blob: BlobRow = {visit: VISIT, sha256: 'a', size: 1, filetype: 'image/jpeg', url: null, offset: 1, state: 'complete', code: null, completedAt: 10, afterN: 4};
    const before = {...blob, sha256: 'b', afterN: 3};
    const {afterN: _, ...unsaid} = {...blob, sha256: 'c'};
    const blobs = new Map<string, BlobRow>([['v/a', blob], ['v/b', before], ['v/c', unsaid]]);
    const left = (blobsAfterN: number | null) =>
      [...run(makeMemory({blobs}), [{kind: 'prune', throughN: 0, settledBefore: 0, blobsBefore: 11, blobsAfterN}]).memory.blobs.keys()];
    expect(left(3)).toEqual(['v/a', 'v/b', 'v/c']);
    expect(left(4)).toEqual(['v/a', 'v/c']);
    expect(left(null)).toEqual([]);
  });

  test('gives up bytes of blobs that the server has, never of others', () => {
    const blob: BlobRow = {visit: VISIT, sha256: 'a', size: 1, filetype: 'image/jpeg', url: null, offset: 0, state: 'waiting', code: null, completedAt: null};
    const blobs = new Map<string, BlobRow>([['v/a', blob], ['v/b', {...blob, sha256: 'b', state: 'complete', completedAt: 10}]]);
    const planned = run(makeMemory({blobs}), [{kind: 'prune', throughN: 0, settledBefore: 0, blobsBefore: 11, blobsAfterN: null}]);
    expect([...planned.memory.blobs.keys()]).toEqual(['v/a']);
    expect([...planned.blobs]).toEqual(['v/b']);
  });
});
