/** A photo follows the operations: the server knows its visit only once it has them. */
import {expect, test} from 'vitest';
import {begin, type State, step} from '../../src/exchange/engine.ts';
import type {Event, Meta} from '../../src/exchange/types.ts';
import {freshMeta, waitingBlob} from './small_tablet.ts';
import {uuid} from './world.ts';

const NOW = 1_790_000_000_000;
const LUCK = 'c0ffee00'.repeat(4);

/** What a tablet with one waiting photo sends in its first minute, while nobody answers. */
function sends(meta: Partial<Meta>, change: (state: State) => State = (state) => state): string[] {
  let state = begin({...freshMeta(uuid(1)), epoch: 'e', cursor: 'c', ...meta}, [waitingBlob('a'.repeat(64), 10)]);
  const kinds: string[] = [];
  for (const happening of [{kind: 'unlocked'}, {kind: 'visible'}, ...Array.from({length: 6}, () => ({kind: 'timer'}))]) {
    const next = step(change(state), {...happening, now: NOW + kinds.length * 10_000, luck: LUCK} as Event);
    state = next.state;
    kinds.push(...next.effects.flatMap((effect) => (effect.kind === 'send' ? [effect.request.kind] : [])));
  }
  return kinds;
}

test('a photo goes when no operation waits', () => {
  expect(sends({nextN: 1})).toContain('blob_create');
});

test('a photo waits while an operation is unsent', () => {
  expect(sends({nextN: 2})).not.toContain('blob_create');
});

test('a lane of operations that has given up does not hold the photos back', () => {
  expect(sends({nextN: 2}, (state) => ({...state, push: {...state.push, closed: 'op_gap', busy: null}}))).toContain('blob_create');
});
