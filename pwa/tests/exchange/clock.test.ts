/** What becomes of what was due, and of what is old, when the tablet's clock is set. */
import {describe, expect, test} from 'vitest';
import {begin, step, type State} from '../../src/exchange/engine.ts';
import type {Answer, Effect, Event, Request} from '../../src/exchange/types.ts';
import {freshMeta} from './small_tablet.ts';
import {uuid} from './world.ts';

const YEAR = 365 * 86_400_000;
const NOW = Date.UTC(2026, 10, 23, 4, 0);
const LUCK = '0'.repeat(32);

type Happening = Event extends infer E ? (E extends Event ? Omit<E, 'now' | 'luck'> : never) : never;

/** An engine with its effects so far; `tell` one event after the other. */
class Told {
  state: State = {...begin({...freshMeta(uuid(1)), epoch: uuid(2), cursor: 'MToy', head: 2}, []), locked: false, visible: false, heardAt: NOW};
  effects: Effect[] = [];

  tell(now: number, happening: Happening): this {
    const {state, effects} = step(this.state, {...happening, now, luck: LUCK} as Event);
    this.state = state;
    this.effects = effects;
    return this;
  }

  get alarm(): number | null {
    return this.effects.flatMap((effect) => (effect.kind === 'wake' ? [effect.at] : [])).at(-1) ?? null;
  }

  get asked(): Request | undefined {
    return this.effects.flatMap((effect) => (effect.kind === 'send' ? [effect.request] : []))[0];
  }
}

describe('a clock that is set back', () => {
  test('does not put off what was to be sent in two seconds', () => {
    const told = new Told().tell(NOW, {kind: 'acted', n: 1});
    expect(told.alarm).toBe(NOW + 2_000);
    told.tell(NOW - 10 * YEAR, {kind: 'timer'});
    expect(told.alarm).toBe(NOW - 10 * YEAR + 2_000);
    told.tell(NOW - 10 * YEAR + 2_000, {kind: 'timer'});
    expect(told.effects).toContainEqual(expect.objectContaining({kind: 'load', query: {kind: 'outbox', from: 1, limit: 200}}));
  });

  test('does not put off the next attempt', () => {
    const told = new Told().tell(NOW, {kind: 'poked'});
    told.tell(NOW, {kind: 'failed', id: told.asked?.id ?? 0, reason: 'network'});
    const rest = (told.alarm ?? 0) - NOW;
    told.tell(NOW - YEAR, {kind: 'hidden'});
    expect(told.alarm).toBe(NOW - YEAR + rest);
  });
});

test('a clock that jumps on forgets nothing: ages are counted by the server’s', () => {
  const told = new Told().tell(NOW + 10 * YEAR, {kind: 'poked'});
  const request = told.asked;
  if (request?.kind !== 'pull') throw new Error('no pull');
  const body = {nonce: request.body.nonce, epoch: uuid(2), cursor: 'MToz', more: false, head: 3, journal: '0'.repeat(64), ack_n: 0, durable_n: 0, changes: [], sums: {}, directives: []};
  const answer: Answer = {status: 200, body, headers: {date: new Date(NOW).toUTCString()}};
  told.tell(NOW + 10 * YEAR, {kind: 'answered', id: request.id, answer});
  const prune = told.effects.flatMap((effect) => (effect.kind === 'commit' ? effect.writes : [])).find((write) => write.kind === 'prune');
  expect(prune).toMatchObject({settledBefore: NOW - 30 * 86_400_000});
});
