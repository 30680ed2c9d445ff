// @vitest-environment happy-dom
import {render, screen} from '@testing-library/preact';
import 'fake-indexeddb/auto';
import {afterEach, expect, test, vi} from 'vitest';
import {act, newId} from '../../src/app/act.ts';
import {App} from '../../src/app/app.tsx';
import {isOver} from '../../src/app/lease.ts';
import {machine} from '../../src/app/machine.ts';
import {go} from '../../src/app/router.ts';
import * as routes from '../../src/app/routes.ts';
import {opened, syncStatus} from '../../src/app/tablet.ts';
import {closeTablet, deeds, openTablet, rows} from '../features/open_tablet.ts';
import {VISIT} from '../store/makers.ts';

const DAY = 86_400_000;
const HEARD = Date.UTC(2026, 10, 1);

afterEach(() => {
  closeTablet();
  vi.restoreAllMocks();
});

/** The app on a tablet with a visit, so many days after it last heard the office. */
async function opensAfter(days: number): Promise<void> {
  await openTablet(rows.visit(), rows.site());
  await opened().store.commit([{kind: 'meta', set: {lastContact: HEARD}}]);
  vi.spyOn(machine, 'now').mockReturnValue(HEARD + days * DAY);
  go();
  render(<App />);
}

test('after 14 days without the office nothing of its clients is shown; what was done can still be done with', async () => {
  await opensAfter(15);
  expect(await screen.findByRole('heading', {name: 'Too long without the office'})).toBeTruthy();
  expect(screen.queryByText('Kopi Sudut')).toBeNull();
  await act('note.add', ['note', newId()], {visit: VISIT, text: 'Seen'}, {base: 10});
  expect(deeds()).toHaveLength(1);
  go('sync');
  expect(await screen.findByRole('heading', {name: 'Sync'})).toBeTruthy();
});

test('a word from the office opens everything again', async () => {
  await opensAfter(15);
  await screen.findByRole('heading', {name: 'Too long without the office'});
  const {lastContact: _, ...said} = {doing: 'nothing', locked: false, signedOut: false, sparing: false, pending: false, stranger: false, unsent: 0, unsentBlobs: {count: 0, bytes: 0}, refusedBlobs: 0, lostBlobs: 0, quotaUntil: null, head: 10, lastContact: 0, closed: {}, retryAt: null, minApp: null, storage: null, divergence: []} as const;
  syncStatus.value = {...said, divergence: [], lastContact: HEARD + 15 * DAY};
  expect(await screen.findByRole('heading', {name: 'Today'})).toBeTruthy();
});

test('within 14 days the work is there without a network', async () => {
  await opensAfter(14);
  expect(await screen.findByRole('heading', {name: 'Today'})).toBeTruthy();
});

test('what cannot be sent can be saved to a file even then', async () => {
  await opensAfter(15);
  go('rescue');
  expect(await screen.findByRole('heading', {name: 'Save unsent work'})).toBeTruthy();
});

test('nobody is told that it was too long when it was not', async () => {
  await opensAfter(1);
  go('lease');
  expect(await screen.findByRole('heading', {name: 'Today'})).toBeTruthy();
});

test('a screen whose file is gone says so and offers to start again', async () => {
  const gone = vi.spyOn(console, 'error').mockReturnValue();
  vi.spyOn(routes, 'screenNamed').mockReturnValue(() => Promise.reject(new TypeError('Failed to fetch dynamically imported module')));
  await opensAfter(1);
  go('more');
  expect(await screen.findByRole('button', {name: 'Start again'})).toBeTruthy();
  expect(gone).toHaveBeenCalled();
});

test('a tablet that never heard the office has no lease to lose', () => {
  expect(isOver(null, HEARD)).toBe(false);
});
