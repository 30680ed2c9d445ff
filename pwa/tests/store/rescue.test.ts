import {describe, expect, test} from 'vitest';
import {fromBase64Url, sha256, toHex, utf8} from '../../src/store/bytes.ts';
import {unwrapRecovery} from '../../src/store/keyring.ts';
import {Lodging} from '../../src/store/lodging.ts';
import {writeRescueFile} from '../../src/store/rescue_file.ts';
import type {Salvage} from '../../src/store/salvage.ts';
import {DEVICE, makeOperation, makeTablet, PERSON, PIN, type TestMachine, VISIT} from './makers.ts';

const ORGANISATION = '01930000-0000-7000-8000-0000000000f1';

type Frame = {readonly kind: number; readonly text: string; readonly bytes: Uint8Array};

/** The file opened with the organisation's secret, as the server does it. */
async function opened(file: Blob, secret: CryptoKey): Promise<{header: Record<string, never>; frames: Frame[]}> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const first = bytes.indexOf(10) + 1;
  const second = bytes.indexOf(10, first) + 1;
  const line = bytes.slice(first, second);
  const header = JSON.parse(new TextDecoder().decode(line));
  const key = await crypto.subtle.importKey('raw', await unwrapRecovery(header.key, header.device, secret), 'AES-GCM', false, ['decrypt']);
  const frames: Frame[] = [];
  for (let at = second; at < bytes.length;) {
    const length = new DataView(bytes.buffer).getUint32(at);
    const iv = new Uint8Array(12);
    new DataView(iv.buffer).setUint32(8, frames.length);
    const plain = new Uint8Array(await crypto.subtle.decrypt({name: 'AES-GCM', iv, additionalData: await sha256(line)}, key, bytes.slice(at + 4, at + 4 + length)));
    frames.push({kind: plain[0] ?? 0, text: new TextDecoder().decode(plain.slice(1)), bytes: plain.slice(1)});
    at += 4 + length;
  }
  return {header, frames};
}

async function save(salvage: Salvage, machine: TestMachine) {
  const found = await salvage.read();
  if (found.recoveryKey === null || found.device === null) throw new Error('nothing to seal to');
  return writeRescueFile(salvage, found, {organisation: ORGANISATION, person: PERSON, device: found.device, recoveryKey: found.recoveryKey, now: machine.now(), random: machine.random});
}

/** A tablet with `count` acts, one of them with a photo of two chunks. */
async function worked(count = 3) {
  const made = await makeTablet();
  const photo = Uint8Array.from({length: 600_000}, (_, at) => at % 251);
  const blob = await made.store.photos.put(VISIT, photo, 'image/jpeg');
  await made.store.keep(makeOperation(), [blob]);
  for (let n = 2; n <= count; n += 1) await made.store.keep(makeOperation());
  return {...made, photo};
}

/** Flip a bit of one record on the disk. */
async function spoil(machine: TestMachine, store: string, key: IDBValidKey): Promise<void> {
  const database = await new Promise<IDBDatabase>((resolve) => {
    const request = machine.indexedDB.open(`singgah-${PERSON}`);
    request.onsuccess = () => resolve(request.result);
  });
  const within = database.transaction(store, 'readwrite').objectStore(store);
  await new Promise<void>((resolve) => {
    const asked = within.get(key);
    asked.onsuccess = () => {
      const ct = new Uint8Array(asked.result.ct ?? asked.result.sealed.ct);
      ct[3] = (ct[3] ?? 0) ^ 1;
      const record = asked.result.ct === undefined ? {...asked.result, sealed: {...asked.result.sealed, ct: ct.buffer}} : {...asked.result, ct: ct.buffer};
      within.put(record).onsuccess = () => resolve();
    };
  });
  database.close();
}

describe('a rescue file', () => {
  test('holds every operation byte for byte under its number, and the photos', async () => {
    const {store, machine, recovery, photo} = await worked();

    const made = await save(store.salvage(), machine);
    const {header, frames} = await opened(made.file, recovery);

    expect(made).toMatchObject({operations: 3, photos: 1, left: 0, signed: true});
    expect(header).toMatchObject({organisation: ORGANISATION, device: DEVICE});
    const texts = [1, 2, 3].map((n) => [n, store.memory.outbox.get(n)?.text]);
    expect(JSON.parse(frames[1]?.text ?? '')).toEqual({kind: 'operations', ops: texts});
    expect(frames.map(({kind}) => kind)).toEqual([1, 1, 1, 1, 2, 2, 3]);
    const bytes = await new Blob(frames.filter(({kind}) => kind === 2).map(({bytes: part}) => new Uint8Array(part))).arrayBuffer();
    expect(new Uint8Array(bytes)).toEqual(photo);
  });

  test('is signed by the device over everything before its photos', async () => {
    const {store, signer, machine, recovery} = await worked();

    const {frames} = await opened((await save(store.salvage(), machine)).file, recovery);

    const [head = '', payload = '', signature = ''] = JSON.parse(frames[2]?.text ?? '').jws.split('.');
    const key = await crypto.subtle.importKey('jwk', {...signer.jwk}, {name: 'ECDSA', namedCurve: 'P-256'}, false, ['verify']);
    expect(await crypto.subtle.verify({name: 'ECDSA', hash: 'SHA-256'}, key, fromBase64Url(signature), utf8(`${head}.${payload}`))).toBe(true);
    const digests = await Promise.all(frames.slice(0, 2).map(({kind, bytes}) => sha256(Uint8Array.from([kind, ...bytes]))));
    expect(JSON.parse(new TextDecoder().decode(fromBase64Url(payload)))).toEqual({digest: toHex(await sha256(await new Blob(digests).arrayBuffer()))});
  });

  test('shows nothing to whoever finds it', async () => {
    const {store, machine} = await worked();

    const text = await (await save(store.salvage(), machine)).file.text();

    expect(text).not.toContain(store.memory.outbox.get(1)?.id);
    expect(text).not.toContain(VISIT);
  });

  test('of a half broken database holds what can still be read, and says how much cannot', async () => {
    const {store, machine, recovery} = await worked(4);
    store.close();
    await spoil(machine, 'outbox', 2);
    await spoil(machine, 'meta', 'device_key');
    const lodging = new Lodging(PERSON, machine);
    await expect(lodging.unlock(PIN)).rejects.toThrow();

    const saved = await lodging.salvage(PIN);

    if (!('salvage' in saved)) throw new Error('refused');
    const made = await save(saved.salvage, machine);
    expect(made).toMatchObject({operations: 3, photos: 1, left: 1, signed: false});
    const {frames} = await opened(made.file, recovery);
    expect(JSON.parse(frames[1]?.text ?? '').ops.map(([n]: [number]) => n)).toEqual([1, 3, 4]);
  });

  test('a photo with a broken part does not spoil the file', async () => {
    const {store, machine} = await worked();
    const name = await store.photos.nameOf(VISIT, [...store.memory.blobs.values()][0]?.sha256 ?? '');
    await spoil(machine, 'chunks', [name, 1]);

    expect(await save(store.salvage(), machine)).toMatchObject({operations: 3, photos: 0, left: 1});
  });

  test('is made only for the right PIN, which is counted as at the door', async () => {
    const {store, machine} = await worked();
    store.close();
    const lodging = new Lodging(PERSON, machine);

    expect(await lodging.salvage('111111')).toEqual({refused: 'wrong_pin', left: 9});
    expect(await lodging.salvage('111111')).toEqual({refused: 'wrong_pin', left: 8});
    expect('salvage' in await lodging.salvage(PIN)).toBe(true);
  });

  test('twenty photos keep one photo in memory at a time, and the file is hardly larger than they are', async () => {
    const {store, machine} = await makeTablet();
    const size = 700_000;
    for (let nth = 0; nth < 20; nth += 1) {
      const blob = await store.photos.put(VISIT, new Uint8Array(size).fill(nth), 'image/jpeg');
      await store.keep(makeOperation(), [blob]);
    }

    const made = await save(store.salvage(), machine);

    expect(made.photos).toBe(20);
    expect(made.file.size - 20 * size).toBeLessThan(30_000);
  });
});
