/** Whatever comes from outside, in whatever order: no exception, and no operation settled without its outcome. */
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {begin, step} from '../../src/exchange/engine.ts';
import type {Answer, Effect, Event} from '../../src/exchange/types.ts';
import {freshMeta, waitingBlob} from './small_tablet.ts';
import {uuid} from './world.ts';

const statuses = [200, 201, 204, 301, 400, 401, 403, 404, 409, 410, 413, 415, 422, 426, 429, 460, 500, 502, 503];
const codes = ['op_gap', 'op_mismatch', 'device_forked', 'epoch_changed', 'cursor_expired', 'use_dpop_nonce', 'sign_in', 'forbidden', 'invalid'];
const nearly = fc.record(
  {
    code: fc.constantFrom(...codes), expected: fc.integer({min: -2, max: 9}), epoch: fc.constantFrom('e', 'f', ''), next_n: fc.integer({min: -1, max: 9}),
    nonce: fc.constantFrom('0'.repeat(32), 'x'), resume: fc.constantFrom('r', null), seq: fc.integer(), head: fc.integer(), cursor: fc.string(),
    journal: fc.string(), more: fc.boolean(), changes: fc.array(fc.anything(), {maxLength: 3}), results: fc.array(fc.anything(), {maxLength: 3}),
    sums: fc.dictionary(fc.constantFrom('v:a', 's:b', 'org'), fc.string()), directives: fc.anything(),
  },
  {requiredKeys: []},
);
const answer: fc.Arbitrary<Answer> = fc.record({
  status: fc.constantFrom(...statuses),
  body: fc.oneof(nearly, fc.anything(), fc.constant(null)),
  headers: fc.record(
    {'retry-after': fc.string(), location: fc.string(), 'upload-offset': fc.oneof(fc.string(), fc.nat({max: 200}).map(String))},
    {requiredKeys: []},
  ),
});
const happening = fc.oneof(
  fc.constantFrom('timer', 'online', 'offline', 'visible', 'hidden', 'locked', 'unlocked', 'signed_in', 'poked').map((kind) => ({kind})),
  fc.constant({kind: 'acted'}),
  fc.boolean().map((photos) => ({kind: 'spare', photos})),
  answer.map((one) => ({kind: 'answered', answer: one})),
  fc.constantFrom('failed', 'committed', 'commit_failed', 'loaded', 'load_failed').map((kind) => ({kind})),
);

/** The event for the newest effect of that kind that is still open, or for one that never was. */
function eventOf({kind, ...rest}: {kind: string; answer?: Answer}, open: Effect[], nextN: number): Record<string, unknown> {
  const wanted = {answered: 'send', failed: 'send', committed: 'commit', commit_failed: 'commit', loaded: 'load', load_failed: 'load'}[kind];
  const effect = open.findLast((one) => one.kind === wanted);
  const id = effect === undefined ? 999_999 : effect.kind === 'send' ? effect.request.id : 'id' in effect ? effect.id : 0;
  if (kind === 'acted') return {kind, n: nextN, blobs: [waitingBlob(nextN.toString(16).padStart(64, '0'), 100)]};
  if (kind !== 'loaded') return {kind, id, reason: 'other', ...rest};
  const query = effect?.kind === 'load' ? effect.query : null;
  if (query?.kind === 'sums') return {kind, id, found: {kind: 'sums', sums: {}}};
  if (query?.kind === 'meta') return {kind, id, found: {kind: 'meta', meta: {...freshMeta(uuid(2)), epoch: 'e', nextN}, blobs: []}};
  const from = query?.from ?? 1;
  const ops = Array.from({length: Math.max(0, Math.min(query?.limit ?? 0, nextN - from))}, (_, index) => ({
    n: from + index, id: uuid(from + index), text: '{}', link: 'ab'.repeat(32),
  }));
  return {kind, id, found: {kind: 'outbox', prev: 'cd'.repeat(32), ops}};
}

test('the engine takes anything from outside', () => {
  fc.assert(
    fc.property(fc.array(happening, {minLength: 5, maxLength: 60}), fc.array(fc.nat({max: 400_000}), {minLength: 60, maxLength: 60}), (story, pauses) => {
      let state = step(begin({...freshMeta(uuid(1)), epoch: 'e', nextN: 4}, []), {kind: 'unlocked', now: 0, luck: '0'.repeat(32)}).state;
      const open: Effect[] = [];
      let now = 0;
      for (const [index, one] of story.entries()) {
        now += pauses[index] ?? 0;
        const before = state.meta;
        const event = {...eventOf(one, open, before.nextN), now, luck: '0'.repeat(32)} as Event;
        const settling = one.kind === 'committed' ? open.findLast((effect) => effect.kind === 'commit') : undefined;
        const turn = step(state, event);
        state = turn.state;
        open.push(...turn.effects);
        expect(state.meta.ackedN).toBeLessThan(state.meta.nextN);
        expect(state.meta.ackedN).toBeGreaterThanOrEqual(0);
        if (state.meta.ackedN > before.ackedN) {
          const writes = settling?.kind === 'commit' ? settling.writes : [];
          const settled = writes.flatMap((write) => (write.kind === 'settle' ? write.results.map((result) => result.n) : []));
          expect(settled).toEqual(Array.from({length: state.meta.ackedN - before.ackedN}, (_, step_) => before.ackedN + 1 + step_));
        }
      }
    }),
    {numRuns: 1_000, seed: 20_261_124},
  );
});
