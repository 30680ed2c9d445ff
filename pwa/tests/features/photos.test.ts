// @vitest-environment happy-dom
import 'fake-indexeddb/auto';
import {afterEach, expect, test} from 'vitest';
import {opened} from '../../src/app/tablet.ts';
import {capture, hasRoom} from '../../src/features/photos/capture.ts';
import {byPlace} from '../../src/features/photos/rules.ts';
import {type SmallPicture, UnreadablePicture} from '../../src/features/photos/shrink.ts';
import {RUN, VISIT} from '../store/makers.ts';
import {closeTablet, deeds, openTablet, restart, rows} from './open_tablet.ts';

afterEach(closeTablet);

/** Stands for the worker: the file's own bytes, unless it says that it is bad. */
async function small(file: Blob): Promise<SmallPicture> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (file.type !== 'image/jpeg') throw new UnreadablePicture('no picture');
  return {bytes, w: 4, h: 3};
}

const picture = (text: string) => new Blob([text], {type: 'image/jpeg'});

test('a bad photo never blocks the others, and what was kept survives a restart with its act', async () => {
  const machine = await openTablet(rows.visit(), rows.run());
  const {kept, faults} = await capture([picture('one'), new Blob(['x'], {type: 'text/plain'}), picture('two')], VISIT, {run: RUN, item: 'picture'}, small);
  expect([kept, faults]).toEqual([2, ['unreadable']]);

  await restart(machine);
  const acts = deeds();
  expect(acts.map(({type}) => type)).toEqual(['photo.add', 'photo.add']);
  expect(acts[0]?.args).toMatchObject({visit: VISIT, on: {run: RUN, item: 'picture'}, size: 3, w: 4, h: 3, caption: null});
  const digest = String(acts[0]?.args['sha256']);
  expect(new TextDecoder().decode(await opened().store.photos.bytes(VISIT, digest) ?? undefined)).toBe('one');
  expect(opened().store.memory.blobs.get(`${VISIT}/${digest}`)?.state).toBe('waiting');
});

test('a full tablet is told before the camera opens, and a picture that no longer fits is no act', async () => {
  const machine = await openTablet(rows.visit());
  machine.roomLeft = 1_000_000;
  expect(await hasRoom()).toBe(false);
  expect((await capture([picture('one')], VISIT, {visit: VISIT}, small)).faults).toEqual(['full']);
  expect(deeds()).toEqual([]);
});

test('photos are found by where they belong, removed ones not at all', () => {
  const photos = [{id: 1, on: {run: 'r', item: 'i'}, removed: null}, {id: 2, on: {run: 'r', item: 'i'}, removed: 'blurred'}, {id: 3, on: {visit: 'v'}, removed: null}];
  const found = byPlace(photos);
  expect([...found].map(([place, each]) => [place, each.map(({id}) => id)])).toEqual([['r/i', [1]], ['v', [3]]]);
});
