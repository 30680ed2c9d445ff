/**
 * A rescue file, opened on another tablet of the same person (rescue_file.ts writes it). Nothing is believed before it was
 * checked: each frame by its seal, everything before the photos by the device's signature, each photo by its digest.
 */
import {type Bytes, sha256, toHex, utf8} from './bytes.ts';
import type {PublicJwk, RecoveryWrap} from './keyring.ts';
import {BYTES, END, LARGEST_FILE, MAGIC, RECORD} from './rescue_file.ts';
import {readWord} from './word.ts';

const LONGEST_HEADER = 2_048;
const LONGEST_FRAME = 2 * 1024 * 1024;
const LARGEST_PHOTO = 25 * 1024 * 1024;
const TAG = 16;

/** Another kind of file. */
export class NotARescueFile extends Error {
  override name = 'NotARescueFile';
}

/** Changed, cut off, or not sealed with this key. What was read from it before is good. */
export class Damaged extends Error {
  override name = 'Damaged';
}

export interface Header {
  readonly organisation: string;
  readonly device: string;
  readonly key: RecoveryWrap;
  /** Bytes of the clear part. */
  readonly length: number;
  /** SHA-256 of the header's line. */
  readonly bound: ArrayBuffer;
}

/** Everything before the photos. `signed`: true by that device, null without a signature. */
export interface Work {
  readonly person: string;
  readonly operations: readonly (readonly [n: number, text: string])[];
  readonly unreadable: number;
  readonly signed: true | null;
}

export interface RescuedPhoto {
  readonly visit: string;
  readonly sha256: string;
  readonly filetype: string;
  readonly bytes: Bytes;
}

interface Frame {
  readonly kind: number;
  readonly content: Bytes;
  readonly digest: Bytes;
}

type Fields = Readonly<Record<string, unknown>>;

/** The clear part. Rejects with NotARescueFile or Damaged. */
export async function readHeader(file: Blob): Promise<Header> {
  const magic = utf8(MAGIC);
  const head = await bytesOf(file, 0, magic.length + LONGEST_HEADER);
  if (file.size > LARGEST_FILE + LONGEST_HEADER || magic.some((byte, at) => head[at] !== byte)) throw new NotARescueFile();
  const end = head.indexOf(10, magic.length) + 1;
  const line = head.slice(magic.length, end);
  const {organisation, device, key} = end === 0 ? {} as Fields : fieldsOf(line);
  if (typeof organisation !== 'string' || typeof device !== 'string' || typeof key !== 'object' || key === null) throw new Damaged('header');
  return {organisation, device, key: key as RecoveryWrap, length: end, bound: await sha256(line)};
}

/** Reads a file once from its beginning to its end; one photo at a time is in memory. */
export class RescueReader {
  readonly #frames: AsyncGenerator<Frame>;
  #next: Frame | null = null;

  private constructor(frames: AsyncGenerator<Frame>) {
    this.#frames = frames;
  }

  /** `key`: the file's, as the server opened it. */
  static async open(file: Blob, header: Header, key: Bytes): Promise<RescueReader> {
    if (key.length !== 32) throw new Damaged('key');
    return new RescueReader(framesOf(file, header, await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['decrypt'])));
  }

  /** Everything before the photos; a signature that does not hold is damage. */
  async work(jwk: PublicJwk): Promise<Work> {
    const manifest = await this.#look();
    const {kind, person, unreadable} = fieldsOf(manifest.content);
    if (manifest.kind !== RECORD || kind !== 'manifest' || typeof person !== 'string' || !isCount(unreadable)) throw new Damaged('manifest');
    const digests = [manifest.digest];
    const operations: (readonly [number, string])[] = [];
    this.#next = null;
    for (let frame = await this.#look(); this.#is(frame, 'operations'); frame = await this.#look()) {
      operations.push(...operationsOf(frame));
      digests.push(frame.digest);
      this.#next = null;
    }
    const signed = await this.#signed(jwk, toHex(await sha256(new Uint8Array(await new Blob(digests).arrayBuffer()))));
    return {person, operations: operations.sort(([one], [other]) => one - other), unreadable, signed};
  }

  /** Each photo whose bytes are what its record says. Rejects with Damaged, behind what was good. */
  async* photos(): AsyncGenerator<RescuedPhoto> {
    for (let frame = await this.#look(); frame.kind !== END; frame = await this.#look()) {
      if (!this.#is(frame, 'blob')) throw new Damaged('order');
      this.#next = null;
      yield await this.#photo(fieldsOf(frame.content));
    }
  }

  async #photo({visit, sha256: digest, filetype, size}: Fields): Promise<RescuedPhoto> {
    if (typeof visit !== 'string' || typeof digest !== 'string' || typeof filetype !== 'string' || !isCount(size) || size > LARGEST_PHOTO) throw new Damaged('photo');
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size;) {
      const frame = await this.#look();
      if (frame.kind !== BYTES || frame.content.length === 0 || at + frame.content.length > size) throw new Damaged('photo');
      bytes.set(frame.content, at);
      at += frame.content.length;
      this.#next = null;
    }
    if (toHex(await sha256(bytes)) !== digest) throw new Damaged('photo');
    return {visit, sha256: digest, filetype, bytes};
  }

  async #signed(jwk: PublicJwk, digest: string): Promise<true | null> {
    const frame = await this.#look();
    if (!this.#is(frame, 'signature')) return null;
    this.#next = null;
    const {jws} = fieldsOf(frame.content);
    const said = typeof jws === 'string' ? await readWord(jws, 'singgah-rescue+json', jwk) as {digest?: unknown} | null : null;
    if (said?.digest !== digest) throw new Damaged('signature');
    return true;
  }

  #is(frame: Frame, kind: string): boolean {
    return frame.kind === RECORD && fieldsOf(frame.content)['kind'] === kind;
  }

  /** The frame that comes next. */
  async #look(): Promise<Frame> {
    if (this.#next === null) {
      const {value, done} = await this.#frames.next();
      if (done === true) throw new Damaged('end');
      this.#next = value;
    }
    return this.#next;
  }
}

async function* framesOf(file: Blob, {length, bound}: Header, key: CryptoKey): AsyncGenerator<Frame> {
  let at = length;
  for (let nth = 0; ; nth += 1) {
    const head = await bytesOf(file, at, 4);
    const size = head.length < 4 ? 0 : new DataView(head.buffer).getUint32(0);
    const sealed = await bytesOf(file, at + 4, size);
    if (size <= TAG || size > LONGEST_FRAME || sealed.length < size) throw new Damaged('frame');
    const plain = await opened(key, nth, bound, sealed);
    at += 4 + size;
    const kind = plain[0] ?? 0;
    // What stands behind the end was put there by somebody.
    if (kind === END && at !== file.size) throw new Damaged('end');
    yield {kind, content: plain.slice(1), digest: new Uint8Array(await sha256(plain))};
    if (kind === END) return;
  }
}

async function opened(key: CryptoKey, nth: number, bound: ArrayBuffer, sealed: Bytes): Promise<Bytes> {
  const iv = new Uint8Array(12);
  new DataView(iv.buffer).setUint32(8, nth);
  try {
    return new Uint8Array(await crypto.subtle.decrypt({name: 'AES-GCM', iv, additionalData: bound}, key, sealed));
  } catch {
    throw new Damaged('seal');
  }
}

function operationsOf({content}: Frame): (readonly [number, string])[] {
  const {ops} = fieldsOf(content);
  const good = Array.isArray(ops) && ops.every((line) => Array.isArray(line) && line.length === 2 && isCount(line[0]) && typeof line[1] === 'string');
  if (!good) throw new Damaged('operations');
  return ops as (readonly [number, string])[];
}

function fieldsOf(content: Bytes): Fields {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', {fatal: true}).decode(content));
    if (typeof value === 'object' && value !== null) return value as Fields;
  } catch (fault) {
    if (!(fault instanceof SyntaxError || fault instanceof TypeError)) throw fault;
  }
  throw new Damaged('record');
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

async function bytesOf(file: Blob, at: number, length: number): Promise<Bytes> {
  return new Uint8Array(await file.slice(at, at + length).arrayBuffer());
}
