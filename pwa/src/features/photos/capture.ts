import {act, newId} from '../../app/act.ts';
import {machine} from '../../app/machine.ts';
import type {Photo} from '../../app/rows.ts';
import {opened} from '../../app/tablet.ts';
import {viewNow} from '../../app/view.ts';
import {StoreFull, StoreLost} from '../../store/connection.ts';
import {shrink, type SmallPicture, UnreadablePicture} from './shrink.ts';

/** What a picture may need before it is made smaller. */
const ROOM = 12_000_000;

export type PhotoFault = 'full' | 'lost' | 'unreadable';

export interface Captured {
  readonly kept: number;
  readonly faults: readonly PhotoFault[];
}

/** Whether the tablet has room; asked before the camera opens, so that nobody loses a picture they have just taken. */
export async function hasRoom(): Promise<boolean> {
  try {
    await opened().store.photos.checkRoom(ROOM);
    return true;
  } catch (fault) {
    if (fault instanceof StoreFull) return false;
    throw fault;
  }
}

/** Keep pictures one after the other; one that cannot be kept never stops the rest. */
export async function capture(files: readonly Blob[], visit: string, on: Photo['on'], small: (file: Blob) => Promise<SmallPicture> = shrink): Promise<Captured> {
  const faults: PhotoFault[] = [];
  for (const file of files) {
    const fault = await keepOne(file, visit, on, small);
    if (fault !== null) faults.push(fault);
  }
  return {kept: files.length - faults.length, faults};
}

async function keepOne(file: Blob, visit: string, on: Photo['on'], small: (file: Blob) => Promise<SmallPicture>): Promise<PhotoFault | null> {
  try {
    const {bytes, w, h} = await small(file);
    const blob = await opened().store.photos.put(visit, bytes, 'image/jpeg');
    const {sha256, size} = blob.row;
    await act('photo.add', ['photo', newId()], {
      visit, on, sha256, size, w, h, caption: null, visible: 'client', taken_at: new Date(machine.now()).toISOString(),
    }, {base: viewNow().head, blobs: [blob]});
    return null;
  } catch (fault) {
    if (fault instanceof UnreadablePicture) return 'unreadable';
    if (fault instanceof StoreFull) return 'full';
    if (fault instanceof StoreLost) return 'lost';
    throw fault;
  }
}
