/**
 * Order instead of chance. IndexedDB's tasks run one at a time, WebCrypto answers at once where it can, and `settle`
 * returns when nothing is left to happen by itself: the same commands give the same steps on any machine.
 */
import {createCipheriv, createDecipheriv, createHash, KeyObject, sign, type webcrypto} from 'node:crypto';

const tasks: (() => void)[] = [];
const turn = globalThis.setImmediate;
let pending = 0;

/** The fake IndexedDB asks for `setImmediate` by name at every task: this is where its tasks go. */
export function takeOver(): void {
  // A stream ends when the machine pleases. Without it pushes travel plain; the scheduler packs and spoils them itself.
  Reflect.deleteProperty(globalThis, 'CompressionStream');
  (globalThis as {setImmediate: unknown}).setImmediate = (task: () => void) => { tasks.push(task); };
  const {subtle} = globalThis.crypto;
  const slow = {importKey: subtle.importKey, unwrapKey: subtle.unwrapKey, wrapKey: subtle.wrapKey, generateKey: subtle.generateKey, exportKey: subtle.exportKey, deriveBits: subtle.deriveBits};
  for (const [name, original] of Object.entries(slow)) put(name, counted(original.bind(subtle) as Slow));
  const derive = subtle.deriveKey.bind(subtle) as Slow;
  // What a guess of the PIN costs is not what is simulated, and every restart of a tablet would pay it.
  put('deriveKey', counted((how, ...rest) => derive((how as {name: string}).name === 'PBKDF2' ? {...(how as object), iterations: 1} : how, ...rest)));
  put('digest', async (_: string, data: ArrayBuffer | Uint8Array) => exact(createHash('sha256').update(view(data)).digest()));
  put('encrypt', async (how: AesGcmParams, key: CryptoKey, data: ArrayBuffer | Uint8Array) => sealed(how, key, view(data)));
  put('decrypt', async (how: AesGcmParams, key: CryptoKey, data: ArrayBuffer | Uint8Array) => opened(how, key, view(data)));
  const plain = subtle.sign.bind(subtle) as Slow;
  put('sign', (how: unknown, key: CryptoKey, data: ArrayBuffer | Uint8Array) => signed(how, key, view(data)) ?? counted(plain)(how, key, data));
}

/** All that can happen without a word from outside has happened. */
export async function settle(): Promise<void> {
  do {
    await nextTurn();
    tasks.shift()?.();
  } while (tasks.length > 0 || pending > 0 || await stirs());
}

async function stirs(): Promise<boolean> {
  await nextTurn();
  return tasks.length > 0 || pending > 0;
}

/** A platform answer that comes from outside the queue, such as a stream of bytes: settled states wait for it. */
export function counted<Asked extends unknown[], T>(work: (...asked: Asked) => Promise<T>): (...asked: Asked) => Promise<T> {
  return async (...asked) => {
    pending += 1;
    try {
      return await work(...asked);
    } finally {
      pending -= 1;
    }
  };
}

type Slow = (...asked: unknown[]) => Promise<unknown>;

function nextTurn(): Promise<void> {
  return new Promise((resolve) => { turn(resolve); });
}

function put(name: string, value: unknown): void {
  Object.defineProperty(globalThis.crypto.subtle, name, {value, configurable: true});
}

const keys = new WeakMap<object, KeyObject>();

function keyOf(key: CryptoKey): KeyObject {
  const known = keys.get(key) ?? KeyObject.from(key as unknown as webcrypto.CryptoKey);
  keys.set(key, known);
  return known;
}

const TAG = 16;

function sealed({iv, additionalData}: AesGcmParams, key: CryptoKey, data: Uint8Array): ArrayBuffer {
  const cipher = createCipheriv('aes-256-gcm', keyOf(key), view(iv));
  if (additionalData) cipher.setAAD(view(additionalData));
  return exact(Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()]));
}

function opened({iv, additionalData}: AesGcmParams, key: CryptoKey, data: Uint8Array): ArrayBuffer {
  const decipher = createDecipheriv('aes-256-gcm', keyOf(key), view(iv));
  if (additionalData) decipher.setAAD(view(additionalData));
  decipher.setAuthTag(data.subarray(data.length - TAG));
  try {
    return exact(Buffer.concat([decipher.update(data.subarray(0, data.length - TAG)), decipher.final()]));
  } catch (fault) {
    throw new DOMException(String(fault), 'OperationError');
  }
}

function signed(how: unknown, key: CryptoKey, data: Uint8Array): Promise<ArrayBuffer> | null {
  if ((how as {name?: string}).name !== 'ECDSA') return null;
  return Promise.resolve(exact(sign('sha256', data, {key: keyOf(key), dsaEncoding: 'ieee-p1363'})));
}

function view(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function exact(bytes: Buffer): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}
