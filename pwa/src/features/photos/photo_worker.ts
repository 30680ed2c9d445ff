/**
 * Makes a picture small enough to send and takes out where it was taken: decoding and encoding again drops every EXIF
 * field. Told {bytes, type, longest}; answers {bytes, w, h} or {fault}.
 */
interface Asked {
  readonly bytes: ArrayBuffer;
  readonly type: string;
  /** Pixels of the longer side, at most. */
  readonly longest: number;
}

const QUALITY = 0.8;

addEventListener('message', ({data}: MessageEvent<Asked>) => {
  smaller(data).then(
    (made) => postMessage(made, {transfer: [made.bytes]}),
    (fault: unknown) => postMessage({fault: String(fault)}),
  );
});

async function smaller({bytes, type, longest}: Asked): Promise<{bytes: ArrayBuffer; w: number; h: number}> {
  const bitmap = await createImageBitmap(new Blob([bytes], {type}), {imageOrientation: 'from-image'});
  const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
  const [w, h] = [Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale))];
  const canvas = new OffscreenCanvas(w, h);
  const pen = canvas.getContext('2d', {alpha: false});
  if (pen === null) throw new Error('this browser draws nothing in a worker');
  // Transparent pictures would turn black in JPEG.
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, w, h);
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(bitmap, 0, 0, w, h);
  bitmap.close();
  const jpeg = await canvas.convertToBlob({type: 'image/jpeg', quality: QUALITY});
  return {bytes: await jpeg.arrayBuffer(), w, h};
}
