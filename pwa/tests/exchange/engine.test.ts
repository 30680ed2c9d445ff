/** What the engine does with events, one sentence each. */
import {describe, expect, test} from 'vitest';
import {begin, step} from '../../src/exchange/engine.ts';
import type {Answer, Effect, Event, Request} from '../../src/exchange/types.ts';
import {length} from '../../src/sync/utf8.ts';
import {ok, problem} from './small_server.ts';
import {freshMeta, type SmallTablet, waitingBlob} from './small_tablet.ts';
import {uuid, World} from './world.ts';

const MINUTE = 60_000;
const SHA = 'ab'.repeat(32);

interface Wire {
  world: World;
  tablet: SmallTablet;
  /** Every request, with its time, as it reached the server. */
  heard: {at: number; request: Request}[];
}

/** A tablet that has fetched everything. `answer` may speak in the server's place; null lets the server answer. */
function connected(answer: (request: Request) => Answer | null = () => null): Wire {
  const world = new World(7, 1);
  const [tablet] = world.tablets;
  if (tablet === undefined) throw new Error('no tablet');
  world.run(10_000);
  const heard: Wire['heard'] = [];
  const own = world.server.answer.bind(world.server);
  world.server.answer = (request) => {
    heard.push({at: world.now, request});
    return answer(request) ?? own(request);
  };
  return {world, tablet, heard};
}

function act({world, tablet}: Wire, item: string, blobs = [] as ReturnType<typeof waitingBlob>[]): void {
  const id = uuid(0x9000 + tablet.memory.meta.nextN);
  const n = tablet.act(id, item, 'x', blobs);
  world.created.push(id);
  world.tell(tablet, {kind: 'acted', n, blobs});
}

function pushes(wire: Wire): Extract<Request, {kind: 'push'}>[] {
  return wire.heard.map(({request}) => request).filter((request) => request.kind === 'push');
}

describe('sending', () => {
  test('acts of two seconds go in one push', () => {
    const wire = connected();
    act(wire, 'a');
    wire.world.run(1_500);
    act(wire, 'b');
    expect(pushes(wire)).toHaveLength(0);
    wire.world.run(1_500);
    expect(pushes(wire).map(({body}) => [body.first, body.ops.length])).toEqual([[1, 2]]);
  });

  test('a lost answer is asked for again with the same bytes', () => {
    let lost = 1;
    const wire = connected((request) => (request.kind === 'push' && lost-- > 0 ? {status: 504, body: null, headers: {}} : null));
    act(wire, 'a');
    wire.world.run(MINUTE);
    const [first, second] = pushes(wire);
    expect(second?.body).toEqual(first?.body);
    expect(wire.tablet.status?.unsent).toBe(0);
  });

  test('a push from before the first pull is written anew when the epoch is known', () => {
    const world = new World(7, 1);
    const [tablet] = world.tablets;
    if (tablet === undefined) throw new Error('no tablet');
    const wire: Wire = {world, tablet, heard: []};
    const own = world.server.answer.bind(world.server);
    const down = {status: 504, body: null, headers: {}};
    // Nothing is pulled before the first push, and no push arrives before the pull.
    world.server.answer = (request) => {
      wire.heard.push({at: world.now, request});
      const kinds = wire.heard.map((one) => one.request.kind);
      const early = request.kind === 'push' ? tablet.memory.meta.epoch === null : request.kind === 'pull' && !kinds.includes('push');
      return early ? down : own(request);
    };
    act(wire, 'a');
    world.run(5 * MINUTE);
    expect(new Set(pushes(wire).map(({body}) => body.epoch))).toEqual(new Set([null, 'epoch-1']));
    expect(tablet.status?.unsent).toBe(0);
  });

  test('an operation that breaks the server is asked for alone after three failures, and the others arrive', () => {
    const wire = connected();
    for (const item of ['a', 'b', 'c', 'd']) act(wire, item);
    wire.world.server.poison.add(wire.world.created[1] ?? '');
    wire.world.run(MINUTE);
    const alone = pushes(wire).filter(({body}) => body.first === 2 && body.ops.length === 1);
    expect(alone.map(({body}) => body.isolate ?? false)).toEqual([false, false, false, true]);
    expect([...wire.tablet.memory.outbox.values()].map((row) => row.result?.status)).toEqual(['applied', 'held', 'applied', 'applied']);
  });

  test('after trouble the batches grow again', () => {
    const wire = connected();
    for (let count = 0; count < 40; count++) act(wire, `i${count}`);
    wire.world.server.poison.add(wire.world.created[0] ?? '');
    wire.world.run(MINUTE);
    const sizes = pushes(wire).map(({body}) => body.ops.length);
    expect(sizes.slice(0, 6)).toEqual([40, 20, 10, 5, 2, 1]);
    expect(sizes.slice(-5)).toEqual([2, 4, 8, 16, 9]);
  });

  test('a push of large operations stays under one MiB', () => {
    const state = begin({...freshMeta(uuid(1)), nextN: 101, epoch: 'e'}, []);
    const text = JSON.stringify({text: '"'.repeat(20_000)});
    const at = {now: 1, luck: SHA.slice(0, 32)};
    const ops = Array.from({length: 100}, (_, index) => ({n: index + 1, id: uuid(index), text, link: SHA}));
    const opened = step(state, {...at, kind: 'unlocked'});
    const asked = opened.effects.find((effect) => effect.kind === 'load');
    const sent = step(opened.state, {...at, kind: 'loaded', id: asked?.id ?? 0, found: {kind: 'outbox', prev: SHA, ops}});
    const push = sent.effects.find((effect) => effect.kind === 'send')?.request;
    if (push?.kind !== 'push') throw new Error('nothing was pushed');
    expect(length(JSON.stringify(push.body))).toBeLessThanOrEqual(1024 * 1024);
    expect(push.body.ops.length).toBeGreaterThan(10);
  });

  test('a server that asks for pruned operations stops the sending and loses nothing', () => {
    const wire = connected((request) => (request.kind === 'push' && request.body.first > 1 ? problem(409, 'op_gap', {expected: 1}) : null));
    act(wire, 'a');
    wire.world.run(MINUTE);
    const {memory} = wire.tablet;
    wire.tablet.memory = {...memory, outbox: new Map([...memory.outbox].map(([n, row]) => [n, row]))};
    act(wire, 'b');
    wire.tablet.memory = {...wire.tablet.memory, outbox: new Map([...wire.tablet.memory.outbox].filter(([n]) => n > 1))};
    wire.world.run(MINUTE);
    expect(wire.tablet.status?.closed).toEqual({push: 'op_gap'});
    expect([...wire.tablet.memory.outbox.keys()]).toEqual([2]);
  });
});

function commitOf(effects: Effect[]): number {
  const found = effects.find((effect) => effect.kind === 'commit');
  if (found?.kind !== 'commit') throw new Error('nothing was committed');
  return found.id;
}

describe('fetching', () => {
  test('goes on while sending fails', () => {
    const wire = connected((request) => (request.kind === 'push' ? problem(500, 'internal') : null));
    act(wire, 'a');
    wire.world.run(MINUTE);
    wire.world.server.put('checklist', uuid(0x77), {title: 'new'});
    wire.world.tell(wire.tablet, {kind: 'poked'});
    wire.world.run(MINUTE);
    expect(wire.tablet.base()).toHaveProperty(`checklist/${uuid(0x77)}`);
    expect(wire.tablet.status?.unsent).toBe(1);
  });

  test('an idle tablet asks once a minute for the head, and fetches only when it moved', () => {
    const wire = connected();
    wire.world.run(10 * MINUTE);
    expect(wire.heard.map(({request}) => request.kind)).toEqual(Array.from({length: 10}, () => 'head'));
    wire.world.server.put('checklist', uuid(0x77), {title: 'new'});
    wire.world.run(MINUTE + 1_000);
    expect(wire.heard.slice(10).map(({request}) => request.kind)).toEqual(['head', 'pull']);
  });

  test('a hidden tablet asks for nothing', () => {
    const wire = connected();
    wire.world.tell(wire.tablet, {kind: 'hidden'});
    wire.world.run(10 * MINUTE);
    expect(wire.heard).toEqual([]);
  });

  test('the cursor is written with the last row, and not before', () => {
    const wire = connected();
    wire.world.server.pageSize = 100;
    for (let count = 0; count < 450; count++) wire.world.server.put('checklist', uuid(0x7000 + count), {title: 't'});
    const {cursor} = wire.tablet.memory.meta;
    let early = 0;
    wire.world.check = ({memory}) => {
      if (memory.meta.cursor !== cursor && memory.rows.size < 452) early += 1;
    };
    wire.world.tell(wire.tablet, {kind: 'poked'});
    wire.world.run(MINUTE);
    expect(wire.tablet.memory.rows.size).toBe(452);
    expect(wire.tablet.memory.meta.staged).toBeNull();
    expect(early).toBe(0);
  });

  test('rows that do not add up are fetched again once; if that does not help, it is said', () => {
    let lies = Infinity;
    const wire = connected();
    const honest = wire.world.server.sum.bind(wire.world.server);
    wire.world.server.sum = () => (lies-- > 0 ? '0'.repeat(16) : honest());
    wire.world.server.put('checklist', uuid(0x77), {title: 'new'});
    wire.world.tell(wire.tablet, {kind: 'poked'});
    wire.world.run(20_000);
    const fromNothing = wire.heard.filter(({request}) => request.kind === 'pull' && request.body.cursor === null);
    expect(fromNothing).toHaveLength(1);
    expect(wire.tablet.status?.divergence).toHaveLength(1);
    lies = 0;
    wire.world.tell(wire.tablet, {kind: 'poked'});
    wire.world.run(MINUTE);
    expect(wire.tablet.status?.divergence).toEqual([]);
  });

  test('a version that is too old still sends', () => {
    const wire = connected((request) => (request.kind === 'pull' ? problem(426, 'app_too_old') : null));
    wire.world.tell(wire.tablet, {kind: 'poked'});
    wire.world.run(MINUTE);
    act(wire, 'a');
    wire.world.run(MINUTE);
    expect(wire.tablet.status).toMatchObject({closed: {pull: 'app_too_old'}, unsent: 0});
  });
});

describe('trouble', () => {
  test('without a session work goes on, and signing in sends it', () => {
    let signedIn = false;
    const wire = connected(() => (signedIn ? null : problem(401, 'sign_in')));
    act(wire, 'a');
    wire.world.run(MINUTE);
    act(wire, 'b');
    wire.world.run(60 * MINUTE);
    expect(wire.tablet.status).toMatchObject({signedOut: true, unsent: 2});
    expect(wire.heard.length).toBeLessThanOrEqual(2);
    signedIn = true;
    wire.world.tell(wire.tablet, {kind: 'signed_in'});
    wire.world.run(MINUTE);
    expect(wire.tablet.status).toMatchObject({signedOut: false, unsent: 0});
  });

  test('the pauses grow to five minutes and no further', () => {
    const wire = connected(() => ({status: 502, body: null, headers: {}}));
    act(wire, 'a');
    wire.world.run(6 * 60 * MINUTE);
    const times = wire.heard.filter(({request}) => request.kind === 'push').map(({at}) => at);
    const pauses = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(301_000);
    expect(pauses.length).toBeLessThan(6 * 60);
    expect(pauses.slice(0, 3).every((pause) => pause < 20_000)).toBe(true);
    const late = pauses.slice(10);
    expect(late.reduce((sum, pause) => sum + pause, 0) / late.length).toBeGreaterThan(60_000);
  });

  test('coming online tries at once, but not before the time that the server named', () => {
    const wire = connected((request) => (request.kind === 'push' ? {...problem(503, 'busy'), headers: {'retry-after': '600'}} : null));
    act(wire, 'a');
    wire.world.run(MINUTE);
    wire.world.tell(wire.tablet, {kind: 'online'});
    wire.world.run(8 * MINUTE);
    expect(pushes(wire)).toHaveLength(1);
    wire.world.run(3 * MINUTE);
    expect(pushes(wire)).toHaveLength(2);
  });

  test('a locked tablet sends nothing, and hears out the write that was under way', () => {
    const state = begin({...freshMeta(uuid(1)), epoch: 'e', cursor: 'MTow'}, []);
    const at = {now: 1, luck: SHA.slice(0, 32)};
    const opened = step(state, {...at, kind: 'unlocked'});
    const pull = opened.effects.find((effect) => effect.kind === 'send')?.request;
    if (pull?.kind !== 'pull') throw new Error('it fetches first');
    const body = {nonce: pull.body.nonce, epoch: 'e', cursor: 'MTox', head: 1, journal: '', more: false, ack_n: 0, durable_n: 0, changes: [], directives: []};
    const told = step(opened.state, {...at, kind: 'answered', id: pull.id, answer: ok(body)});
    const locked = step(told.state, {...at, kind: 'locked'});
    const heard = step(locked.state, {...at, kind: 'committed', id: commitOf(told.effects)});
    expect(heard.state.meta.cursor).toBe('MTox');
    expect([...locked.effects, ...heard.effects].filter((effect) => effect.kind !== 'say')).toEqual([]);
  });

  test('a request that was swallowed is made again after five minutes', () => {
    const wire = connected();
    const state = wire.tablet.state;
    const at = {now: wire.world.now, luck: SHA.slice(0, 32)};
    const asked = step(state, {...at, kind: 'poked'});
    const sent = (effects: Effect[]): number => effects.filter((effect) => effect.kind === 'send').length;
    expect(sent(asked.effects)).toBe(1);
    const later = step(asked.state, {...at, now: at.now + 299_999, kind: 'timer'});
    expect(sent(later.effects)).toBe(0);
    const woken = step(later.state, {...at, now: at.now + 300_000, kind: 'timer'});
    const again = step(woken.state, {...at, now: at.now + 303_000, kind: 'timer'});
    expect(sent(again.effects)).toBe(1);
  });

  test('a full disk is said, and the answer is not taken for settled', () => {
    const wire = connected();
    wire.world.faulty = false;
    act(wire, 'a');
    const refuse = wire.tablet.commit.bind(wire.tablet);
    let full = true;
    const tell = wire.tablet.tell.bind(wire.tablet);
    wire.tablet.commit = (writes) => (full ? undefined : refuse(writes));
    wire.tablet.tell = (happening, now, luck) =>
      tell(full && happening.kind === 'committed' ? {kind: 'commit_failed', id: happening.id, reason: 'quota'} : happening, now, luck);
    wire.world.run(MINUTE);
    expect(wire.tablet.status).toMatchObject({storage: 'quota', unsent: 1});
    full = false;
    wire.world.run(5 * MINUTE);
    expect(wire.tablet.status).toMatchObject({storage: null, unsent: 0});
    expect(wire.world.server.disk.accepted).toEqual(wire.world.created);
  });

  test('a fresh start that cannot be written down is not asked for again and again', () => {
    const wire = connected();
    wire.world.server.restore(structuredClone(wire.world.server.disk), 'epoch-2');
    const tell = wire.tablet.tell.bind(wire.tablet);
    wire.tablet.commit = () => undefined;
    wire.tablet.tell = (happening, now, luck) =>
      tell(happening.kind === 'committed' ? {kind: 'commit_failed', id: happening.id, reason: 'lost'} : happening, now, luck);
    act(wire, 'a');
    wire.world.run(5 * MINUTE);
    expect(wire.heard.filter(({request}) => request.kind === 'pull').length).toBeLessThan(12);
  });
});

describe('fetching', () => {
  test('what a fresh start spared because an operation named it goes when a later pull retires that', () => {
    const state = begin({...freshMeta(uuid(1)), epoch: 'e', cursor: 'MTow', generation: 2}, []);
    const at = {now: 1, luck: SHA.slice(0, 32)};
    const opened = step(state, {...at, kind: 'unlocked'});
    const pull = opened.effects.find((effect) => effect.kind === 'send')?.request;
    if (pull?.kind !== 'pull') throw new Error('it fetches first');
    const body = {nonce: pull.body.nonce, epoch: 'e', cursor: 'MTox', head: 1, journal: '', more: false, ack_n: 0, durable_n: 0, changes: [], directives: []};
    const {effects} = step(opened.state, {...at, kind: 'answered', id: pull.id, answer: ok(body)});
    const writes = effects.flatMap((effect) => (effect.kind === 'commit' ? [...effect.writes] : []));
    expect(writes.map(({kind}) => kind)).toEqual(expect.arrayContaining(['retire', 'sweep']));
    expect(writes.findIndex(({kind}) => kind === 'retire')).toBeLessThan(writes.findIndex(({kind}) => kind === 'sweep'));
  });
});

describe('photos', () => {
  test('go after the operations, one at a time, in parts, and resume where the server is', () => {
    let cut = 0;
    const wire = connected((request) => (request.kind === 'blob_patch' && ++cut === 2 ? {status: 504, body: null, headers: {}} : null));
    act(wire, 'a', [waitingBlob(SHA, 3_000_000), waitingBlob('cd'.repeat(32), 10)]);
    wire.world.run(5 * MINUTE);
    const kinds = wire.heard.map(({request}) => request).filter((request) => request.kind.startsWith('blob'));
    const first = kinds.map((request) => (request.kind === 'blob_patch' ? `${request.offset}+${request.length}` : request.kind));
    const half = 512 * 1024;
    expect(first.slice(0, 5)).toEqual(['blob_create', `0+${half}`, `${half}+${2 * half}`, 'blob_head', `${half}+${half}`]);
    expect(first.slice(-2)).toEqual(['blob_create', '0+10']);
    expect(wire.tablet.status?.unsentBlobs).toEqual({count: 0, bytes: 0});
    expect([...wire.tablet.memory.blobs.values()].map((row) => row.state)).toEqual(['complete', 'complete']);
  });

  test('one that the server will not have is said, and the next goes', () => {
    const wire = connected((request) => (request.kind === 'blob_create' && request.sha256 === SHA ? problem(415, 'wrong_media_type') : null));
    act(wire, 'a', [waitingBlob(SHA, 100), waitingBlob('cd'.repeat(32), 100)]);
    wire.world.run(MINUTE);
    expect(wire.tablet.status).toMatchObject({refusedBlobs: 1, unsentBlobs: {count: 0, bytes: 0}});
    expect([...wire.tablet.memory.blobs.values()].map((row) => row.code)).toEqual(['wrong_media_type', null]);
  });

  test('the answer about one is never taken for another’s, not even when a sign-in offers the refused ones again', () => {
    const [refused, sent] = [SHA, 'cd'.repeat(32)];
    let refuses = true;
    const wire = connected((request) => (request.kind === 'blob_create' && request.sha256 === refused && refuses ? problem(415, 'wrong_media_type') : null));
    act(wire, 'a', [waitingBlob(refused, 100), waitingBlob(sent, 100)]);
    for (let turn = 0; !wire.heard.some(({request}) => request.kind === 'blob_patch'); turn += 1) {
      expect(turn, 'a part is under way').toBeLessThan(60_000);
      wire.world.run(1);
    }
    refuses = false;
    const before = wire.heard.length;
    wire.world.tell(wire.tablet, {kind: 'signed_in'});
    wire.world.run(5 * MINUTE);

    const told = wire.heard.slice(before).map(({request}) => request).filter((request) => request.kind === 'blob_create');
    expect(told.map(({sha256}) => sha256)).toContain(refused);
    expect(wire.world.server.complete).toEqual(new Set([refused, sent].map((sha256) => `${waitingBlob(sha256, 1).visit}/${sha256}`)));
    expect([...wire.tablet.memory.blobs.values()].map((row) => row.state)).toEqual(['complete', 'complete']);
  });

  test('wait for the next day when the day’s share is sent, as they are, and that is what is said', () => {
    let spent = true;
    const wire = connected((request) => (request.kind === 'blob_patch' && spent ? {...problem(429, 'upload_quota'), headers: {'retry-after': '7200'}} : null));
    act(wire, 'a', [waitingBlob(SHA, 3_000_000), waitingBlob('cd'.repeat(32), 10)]);
    wire.world.run(MINUTE);
    const asked = wire.heard.find(({request}) => request.kind === 'blob_patch')?.at ?? 0;
    const {quotaUntil} = wire.tablet.status ?? {};
    expect(Math.abs((quotaUntil ?? 0) - asked - 7_200_000)).toBeLessThan(MINUTE);
    expect(wire.heard.filter(({request}) => request.kind === 'blob_patch')).toHaveLength(1);

    spent = false;
    wire.world.run(130 * MINUTE);
    expect(wire.tablet.status).toMatchObject({quotaUntil: null, unsentBlobs: {count: 0}});
  });

  test('one whose bytes are gone is said, and the next goes', () => {
    const wire = connected((request) => (request.kind === 'blob_patch' && request.sha256 === SHA ? problem(400, 'bytes_gone') : null));
    act(wire, 'a', [waitingBlob(SHA, 100), waitingBlob('cd'.repeat(32), 100)]);
    wire.world.run(MINUTE);
    expect(wire.tablet.status).toMatchObject({refusedBlobs: 1, lostBlobs: 1, unsentBlobs: {count: 0, bytes: 0}});
  });

  test('one that is there already is complete without a byte', () => {
    const wire = connected();
    wire.world.server.complete.add(`${waitingBlob(SHA, 1).visit}/${SHA}`);
    act(wire, 'a', [waitingBlob(SHA, 3_000_000)]);
    wire.world.run(MINUTE);
    expect(wire.tablet.memory.blobs.values().next().value?.state).toBe('complete');
  });
});

describe('over mobile data, when the person wants photos to wait', () => {
  const document = {...waitingBlob('ef'.repeat(32), 100), filetype: 'application/json'};

  test('a photo stays, a signature goes, and over Wi-Fi the photo follows', () => {
    const wire = connected();
    wire.world.tell(wire.tablet, {kind: 'spare', photos: true});
    act(wire, 'a', [waitingBlob(SHA, 3_000_000), document]);
    wire.world.run(5 * MINUTE);
    expect(wire.tablet.status).toMatchObject({sparing: true, unsent: 0, unsentBlobs: {count: 1, bytes: 3_000_000}});
    wire.world.tell(wire.tablet, {kind: 'spare', photos: false});
    wire.world.run(MINUTE);
    expect([...wire.world.server.complete].sort()).toEqual([`${document.visit}/${SHA}`, `${document.visit}/${document.sha256}`].sort());
  });

  test('the answer about a photo under way is not taken for one about the signature that is first now', () => {
    const wire = connected();
    act(wire, 'a', [waitingBlob(SHA, 3_000_000), document]);
    for (let turn = 0; !wire.heard.some(({request}) => request.kind === 'blob_patch'); turn += 1) {
      expect(turn).toBeLessThan(1_000);
      wire.world.run(50);
    }
    wire.world.tell(wire.tablet, {kind: 'spare', photos: true});
    wire.world.run(5 * MINUTE);
    expect([...wire.world.server.complete]).toEqual([`${document.visit}/${document.sha256}`]);
    wire.world.tell(wire.tablet, {kind: 'spare', photos: false});
    wire.world.run(MINUTE);
    expect(wire.tablet.status).toMatchObject({unsentBlobs: {count: 0, bytes: 0}});
  });
});

describe('forgetting', () => {
  test.each([
    ['none', 0, 1, 30],
    ['daily', 2, 0, 7],
  ])('with backup %s', (durability, durableN, throughN, days) => {
    const wire = connected();
    const {state} = wire.tablet;
    const meta = {...state.meta, nextN: 4, ackedN: 3, durability, durableN};
    const at = {now: wire.world.now, luck: SHA.slice(0, 32)};
    const asked = step({...state, meta, prunedAt: 0}, {...at, kind: 'poked'});
    const pull = asked.effects.find((effect) => effect.kind === 'send')?.request;
    if (pull?.kind !== 'pull') throw new Error('it fetches');
    const {effects} = step(asked.state, {...at, kind: 'answered', id: pull.id, answer: wire.world.server.answer(pull)});
    const prune = effects.flatMap((effect) => (effect.kind === 'commit' ? effect.writes : [])).find((write) => write.kind === 'prune');
    expect(prune).toEqual({
      kind: 'prune', throughN, settledBefore: at.now - days * 86_400_000, blobsBefore: at.now - 30 * 86_400_000, blobsAfterN: durability === 'none' ? null : durableN,
    });
  });
});

test('what the state holds is plain data', () => {
  const event: Event = {kind: 'unlocked', now: 1, luck: SHA.slice(0, 32)};
  const {state} = step(begin(freshMeta(uuid(1)), []), event);
  expect(JSON.parse(JSON.stringify(state))).toEqual(state);
});
