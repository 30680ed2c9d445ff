import {trustedScript} from '../../app/trust.ts';
import workerUrl from './photo_worker.ts?worker&url';

/** Evidence must stay legible and an afternoon of it must fit through a phone's line. */
const LONGEST = 2048;

export interface SmallPicture {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly w: number;
  readonly h: number;
}

/** The file is no picture that this browser can read. */
export class UnreadablePicture extends Error {}

type Answer = {readonly bytes: ArrayBuffer; readonly w: number; readonly h: number} | {readonly fault: string};

/** JPEG of at most 2048 pixels a side, without location or any other EXIF. Throws UnreadablePicture. */
export async function shrink(file: Blob): Promise<SmallPicture> {
  const bytes = await file.arrayBuffer();
  const worker = new Worker(trustedScript(workerUrl), {type: 'module'});
  try {
    const made = await new Promise<Answer>((resolve, reject) => {
      worker.onmessage = ({data}: MessageEvent<Answer>) => resolve(data);
      worker.onerror = ({message}) => reject(new UnreadablePicture(message));
      worker.postMessage({bytes, type: file.type, longest: LONGEST}, [bytes]);
    });
    if ('fault' in made) throw new UnreadablePicture(made.fault);
    return {bytes: new Uint8Array(made.bytes), w: made.w, h: made.h};
  } finally {
    worker.terminate();
  }
}
