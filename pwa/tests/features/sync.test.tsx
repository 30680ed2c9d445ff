// @vitest-environment happy-dom
import 'fake-indexeddb/auto';
import {render, screen} from '@testing-library/preact';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {syncStatus} from '../../src/app/tablet.ts';
import type {SyncStatus} from '../../src/exchange/types.ts';
import SyncScreen from '../../src/features/sync/sync_screen.tsx';
import {speak} from '../../src/i18n/i18n.ts';
import {closeTablet, openTablet, rows} from './open_tablet.ts';

const AT = new Date(2026, 10, 25, 8, 0).getTime();
const STATUS: SyncStatus = {
  doing: 'nothing', locked: false, signedOut: false, sparing: false, pending: false, stranger: false, unsent: 0, unsentBlobs: {count: 0, bytes: 0},
  refusedBlobs: 0, lostBlobs: 0, quotaUntil: null, head: 1, lastContact: 1, closed: {}, retryAt: null, minApp: null, storage: null, divergence: [],
};
const WAITING = {unsentBlobs: {count: 3, bytes: 4_000_000}};

beforeEach(async () => { await openTablet(rows.visit()); });
afterEach(closeTablet);

test.each([
  ['en', 'Today’s share is sent', '08:00'], ['ms', 'Had hari ini sudah dihantar', '08:00'], ['zh', '今日可发送量已用完', '08:00'],
] as const)('photos that wait for the next day say so, and until when, in %s', async (language, title, time) => {
  await speak(language);
  syncStatus.value = {...STATUS, ...WAITING, quotaUntil: AT, retryAt: AT - 3_600_000};
  render(<SyncScreen />);
  expect((await screen.findByText(title)).parentElement?.textContent).toContain(time);
});

test.each([
  [{pull: 'device_suspended'}, 'The office has suspended this tablet'],
  [{pull: 'device_revoked'}, 'The office has withdrawn this tablet'],
  [{pull: 'app_too_old'}, 'This version of the app is too old to fetch'],
  [{pull: 'forbidden'}, 'Fetching has stopped'],
  [{blob: 'forbidden'}, 'Sending photos has stopped'],
  [{push: 'op_gap'}, 'Sending has stopped'],
] as const)('what stands still is named, and only that: %o', async (closed, title) => {
  syncStatus.value = {...STATUS, closed};
  render(<SyncScreen />);
  expect(await screen.findByText(title)).toBeTruthy();
  if (!('push' in closed)) expect(screen.queryByText('Sending has stopped')).toBeNull();
});

test('a photo that the storage has lost is not said to be here', async () => {
  syncStatus.value = {...STATUS, refusedBlobs: 1, lostBlobs: 1};
  render(<SyncScreen />);
  expect(await screen.findByText('1 photo can no longer be read')).toBeTruthy();
  expect(screen.queryByText(/The bytes stay here/)).toBeNull();
});

test('work that waits is never called nothing to do', async () => {
  syncStatus.value = {...STATUS, ...WAITING};
  render(<SyncScreen />);
  expect(await screen.findByText('Waiting')).toBeTruthy();
  expect(screen.queryByText('Nothing to do')).toBeNull();
});
