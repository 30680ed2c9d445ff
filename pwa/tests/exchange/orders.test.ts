import {describe, expect, test} from 'vitest';
import {begin, step, type State} from '../../src/exchange/engine.ts';
import type {Answer, Effect, Event} from '../../src/exchange/types.ts';
import {freshMeta, type SmallTablet} from './small_tablet.ts';
import {World} from './world.ts';

const DEVICE = '019a0000-0000-7000-8000-0000000000d1';
const ORDER = {wipe: 'the signed order'};
const revoked: Answer = {status: 403, body: {code: 'device_revoked', directives: [ORDER]}, headers: {}};

type Happening = Event extends infer E ? (E extends Event ? Omit<E, 'now' | 'luck'> : never) : never;

/** The engine alone, with three operations that were never sent. */
class Alone {
  state: State = begin({...freshMeta(DEVICE), epoch: 'e1', nextN: 4}, []);
  effects: Effect[] = [];
  now = 1_000_000;

  tell(happening: Happening): Effect[] {
    this.now += 60_000;
    const {state, effects} = step(this.state, {...happening, now: this.now, luck: 'ab'.repeat(16)} as Event);
    this.state = state;
    this.effects.push(...effects);
    return effects;
  }

  request(): Extract<Effect, {kind: 'send'}>['request'] {
    const last = this.effects.findLast(({kind}) => kind === 'send');
    if (last?.kind !== 'send') throw new Error('nothing was sent');
    return last.request;
  }
}

function pulling(): Alone {
  const engine = new Alone();
  for (const effect of engine.tell({kind: 'unlocked'})) {
    // It reads the disk before it speaks.
    if (effect.kind === 'load') engine.tell({kind: 'loaded', id: effect.id, found: {kind: 'meta', meta: engine.state.meta, blobs: []}});
  }
  for (let turns = 0; turns < 5 && !engine.effects.some(({kind}) => kind === 'send'); turns += 1) engine.tell({kind: 'timer'});
  return engine;
}

describe('a lost tablet', () => {
  /** One that worked without a network, then hears that it is lost; and how the world goes on, faults and all. */
  function lostTablet(seed: number): [World, SmallTablet] {
    const world = new World(seed, 1);
    const [tablet] = world.tablets;
    if (tablet === undefined) throw new Error('no tablet');
    world.run(60_000);
    for (let act = 0; act < 120; act += 1) world.act(tablet);
    world.server.lost.add(tablet.device);
    world.faulty = true;
    for (let minute = 0; minute < 20; minute += 1) world.run(60_000);
    world.faulty = false;
    // What a fault signed out signs in again: the order does that in the tablet too.
    world.tell(tablet, {kind: 'signed_in'});
    for (let minute = 0; minute < 60; minute += 1) world.run(60_000);
    return [world, tablet];
  }

  test.each([1, 2, 3, 4, 5])('with a full outbox sends all of it and loses nothing (seed %i)', (seed) => {
    const [world, tablet] = lostTablet(seed);

    expect(tablet.status).toMatchObject({unsent: 0, unsentBlobs: {count: 0}});
    expect(new Set(world.server.disk.accepted)).toEqual(new Set(world.created));
    expect(tablet.memory.meta.ackedN).toBe(tablet.memory.meta.nextN - 1);
  });
});

describe('an order', () => {
  test('rides on a refusal too, and the work of the tablet goes on being sent', () => {
    const engine = pulling();

    const effects = engine.tell({kind: 'answered', id: engine.request().id, answer: revoked});

    expect(effects).toContainEqual({kind: 'obey', directives: [ORDER]});
    expect(effects.some((effect) => effect.kind === 'load' && effect.query.kind === 'outbox')).toBe(true);
    expect(engine.state.meta.nextN).toBe(4);
  });

  test.each([[{code: 'device_revoked'}], [{code: 'device_revoked', directives: []}], [{code: 'device_revoked', directives: 'wipe'}], [null]])(
    'is none in %j', (body) => {
      const engine = pulling();
      const effects = engine.tell({kind: 'answered', id: engine.request().id, answer: {status: 403, body, headers: {}}});
      expect(effects.filter(({kind}) => kind === 'obey')).toEqual([]);
    });

  test('in an answer that nobody waits for is not heard', () => {
    const engine = pulling();
    expect(engine.tell({kind: 'answered', id: 999, answer: revoked}).filter(({kind}) => kind === 'obey')).toEqual([]);
  });
});
