/**
 * The form of a rescue file, written (backend/rescue/sealed.py reads it): what is left on a tablet, sealed so that only the
 * organisation's recovery key opens it. One photo at a time is in memory; finished parts are Blobs, which browsers may put
 * on the disk.
 */
import {type Bytes, sha256, toHex, utf8} from './bytes.ts';
import {type PublicJwk, wrapForRecovery} from './keyring.ts';
import type {LeftBlob, Salvage, Salvaged} from './salvage.ts';
import type {Random} from './seal.ts';

export const MAGIC = 'singgah-rescue/1\n';
export const RECORD = 1;
export const BYTES = 2;
export const END = 3;
/** Characters of operations in one frame: with escapes and UTF-8 far below the 2 MiB that a frame may have. */
const MOST_TEXT = 200_000;
/** The office takes no larger file. What does not fit stays on the tablet and is counted. */
export const LARGEST_FILE = 1024 * 1024 * 1024;

export interface Sealing {
  readonly organisation: string;
  readonly person: string;
  readonly device: string;
  readonly recoveryKey: PublicJwk;
  /** Milliseconds since 1970 UTC by this tablet's clock. */
  readonly now: number;
  readonly random: Random;
}

export interface RescueFile {
  readonly file: Blob;
  readonly operations: number;
  readonly photos: number;
  /** Records that did not open, photos with a broken part, and those beyond the largest file. */
  readonly left: number;
  readonly signed: boolean;
}

export async function writeRescueFile(salvage: Salvage, found: Salvaged, sealing: Sealing): Promise<RescueFile> {
  const frames = await Frames.begin(sealing);
  const {operations, signer} = found;
  const manifest = {kind: 'manifest', person: sealing.person, unreadable: found.unreadable, photos: found.blobs.length, prev: null};
  await frames.record(manifest);
  for (const ops of inPortions(operations)) await frames.record({kind: 'operations', ops});
  if (signer !== null) await frames.record({kind: 'signature', jws: await signer.signWord('singgah-rescue+json', {digest: await frames.digest()})});
  let photos = 0;
  for (const blob of found.blobs) if (frames.size + blob.row.size < LARGEST_FILE && await addBlob(frames, salvage, blob)) photos += 1;
  return {file: await frames.end(), operations: operations.length, photos, left: found.unreadable + found.blobs.length - photos, signed: signer !== null};
}

/** Read whole before its first frame: a photo with a broken part must not spoil those behind it. */
async function addBlob(frames: Frames, salvage: Salvage, blob: LeftBlob): Promise<boolean> {
  const parts: Bytes[] = [];
  try {
    for await (const part of salvage.parts(blob)) parts.push(part);
  } catch {
    return false;
  }
  const {visit, sha256: digest, filetype, size} = blob.row;
  if (parts.reduce((sum, part) => sum + part.length, 0) !== size) return false;
  await frames.record({kind: 'blob', visit, sha256: digest, filetype, size});
  for (const part of parts) await frames.bytes(part);
  return true;
}

function* inPortions(operations: Salvaged['operations']): Generator<Salvaged['operations']> {
  let portion: (readonly [number, string])[] = [];
  let length = 0;
  for (const line of operations) {
    if (portion.length > 0 && length + line[1].length > MOST_TEXT) {
      yield portion;
      portion = [];
      length = 0;
    }
    portion.push(line);
    length += line[1].length;
  }
  if (portion.length > 0) yield portion;
}

/** The frames so far, encrypted; `size` counts their bytes. */
class Frames {
  size = 0;
  readonly #key: CryptoKey;
  readonly #bound: ArrayBuffer;
  readonly #parts: Blob[];
  readonly #digests: Bytes[] = [];
  #at = 0;

  private constructor(key: CryptoKey, bound: ArrayBuffer, head: Blob) {
    this.#key = key;
    this.#bound = bound;
    this.#parts = [head];
  }

  static async begin({organisation, device, recoveryKey, now, random}: Sealing): Promise<Frames> {
    const raw = random(32);
    const header = {organisation, device, made_at: now, key: await wrapForRecovery(raw, device, recoveryKey, random)};
    const line = utf8(`${JSON.stringify(header)}\n`);
    const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt']);
    return new Frames(key, await sha256(line), new Blob([MAGIC, line]));
  }

  record(value: unknown): Promise<void> {
    return this.#add(RECORD, utf8(JSON.stringify(value)));
  }

  bytes(part: Bytes): Promise<void> {
    return this.#add(BYTES, part);
  }

  async end(): Promise<Blob> {
    await this.#add(END, new Uint8Array(0));
    return new Blob(this.#parts, {type: 'application/octet-stream'});
  }

  /** SHA-256 over the digests of all frames so far, in hex. */
  async digest(): Promise<string> {
    return toHex(await sha256(new Uint8Array(await new Blob(this.#digests).arrayBuffer())));
  }

  async #add(kind: number, content: Bytes): Promise<void> {
    const plain = new Uint8Array(content.length + 1);
    plain[0] = kind;
    plain.set(content, 1);
    this.#digests.push(new Uint8Array(await sha256(plain)));
    const iv = new Uint8Array(12);
    new DataView(iv.buffer).setUint32(8, this.#at);
    const sealed = await crypto.subtle.encrypt({name: 'AES-GCM', iv, additionalData: this.#bound}, this.#key, plain);
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, sealed.byteLength);
    this.#parts.push(new Blob([length, sealed]));
    this.#at += 1;
    this.size += sealed.byteLength + 4;
  }
}
