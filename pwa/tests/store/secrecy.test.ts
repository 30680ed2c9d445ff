import {describe, expect, test} from 'vitest';
import {toHex} from '../../src/store/bytes.ts';
import {MOST_FAILURES, unwrapRecovery} from '../../src/store/keyring.ts';
import {Lodging} from '../../src/store/lodging.ts';
import {sealMeta} from '../../src/store/memory.ts';
import {Vault} from '../../src/store/seal.ts';
import {makeChange, makeMachine, makeOperation, makeRecoveryKey, makeTablet, PERSON, PIN, reopen, SITE, type TestMachine, VISIT} from './makers.ts';

/** Every byte that lies on the disk, as Latin-1 text; text of records also as UTF-16, as some engines write it. */
async function disk({indexedDB}: TestMachine): Promise<string> {
  const found: string[] = [];
  for (const {name = ''} of await indexedDB.databases()) {
    const database = await asked(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const all = database.transaction(store).objectStore(store);
      found.push(...[...await asked(all.getAll()), ...await asked(all.getAllKeys())].map(flat));
    }
    database.close();
  }
  return found.join('\n');
}

function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function flat(value: unknown): string {
  if (value instanceof ArrayBuffer) return latin1(new Uint8Array(value));
  if (value instanceof Uint8Array) return latin1(value);
  if (value instanceof CryptoKey) return `a key that ${value.extractable ? 'can' : 'cannot'} be read`;
  if (value instanceof Object) return Object.entries(value).map(([key, inner]) => `${key}:${flat(inner)}`).join(',');
  return String(value);
}

const latin1 = (bytes: Uint8Array) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');

describe('the profile’s bytes', () => {
  test('hold nothing that was said, drawn or named', async () => {
    const {store, machine} = await makeTablet();
    const photo = new TextEncoder().encode('JPEG of a rack at Kallang');
    const blob = await store.photos.put(VISIT, photo, 'image/jpeg');
    await store.keep(makeOperation({text: '{"value":"door was open"}'}), [blob]);
    await store.commit([
      {kind: 'stage', changes: [makeChange({k: 'site', id: SITE, v: {name: 'Kallang depot'}}), makeChange({s: 11, k: 'contact', id: VISIT, v: {site: SITE, name: 'Mdm Tan'}})]},
      {kind: 'apply', limit: 1, generation: 1},
      {kind: 'meta', set: {cursor: 'cursor-of-the-feed', resume: 'resume-token'}},
    ]);
    await store.keepDraft('remark', 'half a sentence');
    await store.keepSetting('owner', {name: 'Aisyah binti Rahman'});
    await store.note('a line for later');
    const bytes = await disk(machine);

    for (const secret of ['JPEG of', 'door was', 'Kallang', 'Mdm Tan', 'cursor-of', 'resume-token', 'half a', 'Aisyah', 'a line', 'image/jpeg', blob.row.sha256]) {
      expect(bytes, secret).not.toContain(secret);
    }
    // The search itself must be able to find something.
    expect(bytes).toContain(SITE);
  });

  test('hold no key: neither the data key nor one that can be read', async () => {
    const {machine, store} = await makeTablet();
    await store.keep(makeOperation());
    const bytes = await disk(machine);
    const keys = machine.handedOut.filter((value) => value.length === 32);
    expect(keys.length).toBeGreaterThan(1);
    for (const key of keys) expect(bytes.includes(latin1(key)), toHex(key)).toBe(false);
    expect(bytes).not.toContain('can be read');
    expect(bytes).not.toMatch(/\bd:/);
  });
});

test('rows that were swapped on the disk do not open', async () => {
  const {machine, store} = await makeTablet();
  await store.commit([{kind: 'stage', changes: [makeChange({k: 'site', id: SITE, v: {name: 'A'}}), makeChange({s: 11, k: 'asset', id: SITE, v: {site: SITE}})]}, {kind: 'apply', limit: 9, generation: 1}]);
  const database = await asked(machine.indexedDB.open(`singgah-${PERSON}`));
  const rows = database.transaction('rows', 'readwrite').objectStore('rows');
  const [one, two] = await asked(rows.getAll()) as {iv: unknown; ct: unknown}[];
  await asked(rows.put({...one, iv: two?.iv, ct: two?.ct}));
  database.close();
  await expect(reopen(machine)).rejects.toThrow(expect.objectContaining({name: 'OperationError'}));
});

describe('a PIN', () => {
  test('that is wrong opens nothing and says how many are left', async () => {
    const {machine} = await makeTablet();
    expect(await new Lodging(PERSON, machine).unlock('000000')).toEqual({refused: 'wrong_pin', left: MOST_FAILURES - 1});
  });

  test('that is right forgives the wrong ones before', async () => {
    const {machine} = await makeTablet();
    const home = new Lodging(PERSON, machine);
    await home.unlock('000000');
    await home.unlock(PIN);
    expect(await home.unlock('000000')).toEqual({refused: 'wrong_pin', left: MOST_FAILURES - 1});
  });

  test('is not even tried after ten wrong ones, across restarts, and nothing is destroyed', async () => {
    const {machine, store, recovery} = await makeTablet();
    await store.keep(makeOperation());
    for (let attempt = 1; attempt <= MOST_FAILURES; attempt += 1) await new Lodging(PERSON, machine).unlock('999999');
    expect(await new Lodging(PERSON, machine).unlock(PIN)).toEqual({refused: 'too_many'});

    const home = new Lodging(PERSON, machine);
    const dek = await openedByServer(home, recovery);
    const {jwk} = await makeRecoveryKey();
    expect((await home.recover(dek, '777777', jwk)).store.memory.outbox.size).toBe(1);
    expect(await new Lodging(PERSON, machine).unlock('777777')).toHaveProperty('opened');
  }, 60_000);

  test('of five digits is refused', async () => {
    const {jwk} = await makeRecoveryKey();
    await expect(new Lodging(PERSON, makeMachine()).furnish('12345', PERSON, jwk)).rejects.toThrow(RangeError);
  });
});

async function openedByServer(home: Lodging, secret: CryptoKey): Promise<string> {
  const {device, envelope} = await home.forRecovery();
  await expect(unwrapRecovery(envelope, 'another device', secret)).rejects.toThrow();
  return btoa(latin1(await unwrapRecovery(envelope, device, secret))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

test('a forgotten PIN loses nothing: the old one is dead, the new one opens the same work with the same device key', async () => {
  const {machine, store, signer, recovery} = await makeTablet();
  const kept = await store.keep(makeOperation());
  const home = new Lodging(PERSON, machine);
  const {jwk} = await makeRecoveryKey();
  const again = await home.recover(await openedByServer(home, recovery), '135791', jwk);

  expect(again.store.memory.outbox.get(1)).toEqual(kept);
  expect(again.signer.jkt).toBe(signer.jkt);
  expect(await home.unlock(PIN)).toHaveProperty('refused', 'wrong_pin');
});

test('a wrong data key from the server does not replace the wrapping that works', async () => {
  const {machine} = await makeTablet();
  const {jwk} = await makeRecoveryKey();
  const home = new Lodging(PERSON, machine);
  await expect(home.recover('A'.repeat(43), '135791', jwk)).rejects.toThrow();
  expect(await home.unlock(PIN)).toHaveProperty('opened');
});

test('a value opens only in its own seat and format', async () => {
  const machine = makeMachine();
  const key = await crypto.subtle.generateKey({name: 'AES-GCM', length: 256}, false, ['encrypt', 'decrypt']);
  const vault = new Vault(key, machine.random);
  const sealed = await sealMeta(vault, 'session', 'abc');
  await expect(vault.openJson({store: 'meta', kind: 'session', id: 'session'}, sealed)).resolves.toBe('abc');
  for (const seat of [{store: 'rows', kind: 'session', id: 'session'}, {store: 'meta', kind: 'owner', id: 'session'}, {store: 'meta', kind: 'session', id: 'owner'}]) {
    await expect(vault.openJson(seat, sealed)).rejects.toThrow();
  }
});
