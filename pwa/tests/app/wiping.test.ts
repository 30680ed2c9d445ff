// @vitest-environment happy-dom
import 'fake-indexeddb/auto';
import {IDBFactory} from 'fake-indexeddb';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import {alone, enter, lock, type Owner, syncStatus, tablet} from '../../src/app/tablet.ts';
import {obey, readOrder} from '../../src/app/wiping.ts';
import type {SyncStatus} from '../../src/exchange/types.ts';
import {toBase64Url, utf8} from '../../src/store/bytes.ts';
import {COPY, databaseOf} from '../../src/store/database.ts';
import {type PublicJwk, publicJwk} from '../../src/store/keyring.ts';
import {People} from '../../src/store/people.ts';
import {readWord} from '../../src/store/word.ts';
import {DEVICE, makeMachine, makeOperation, makeTablet, PERSON} from '../store/makers.ts';

const COLLEAGUE = '01930000-0000-7000-8000-000000000002';
const AT = '2026-11-24T02:00:00.000Z';
const OWNER: Owner = {person: PERSON, organisation: 'o', roles: ['engineer'], signIn: 'aisyah', device: DEVICE, code: '7K3', status: 'active'};
const ORDER = {kind: 'wipe', device: DEVICE, at: AT};
const SENT = {unsent: 0, unsentBlobs: {count: 0, bytes: 0}, refusedBlobs: 0, closed: {}} as unknown as SyncStatus;

/** Whoever signs statements: the office, or somebody who would like to be it. */
async function makeSigner(): Promise<{jwk: PublicJwk; sign: (claims: object, typ?: string) => Promise<string>}> {
  const pair = await crypto.subtle.generateKey({name: 'ECDSA', namedCurve: 'P-256'}, false, ['sign', 'verify']);
  const sign = async (claims: object, typ = 'singgah-statement+jwt') => {
    const text = [{alg: 'ES256', typ}, claims].map((part) => toBase64Url(utf8(JSON.stringify(part)))).join('.');
    return `${text}.${toBase64Url(await crypto.subtle.sign({name: 'ECDSA', hash: 'SHA-256'}, pair.privateKey, utf8(text)))}`;
  };
  return {jwk: await publicJwk(pair.publicKey), sign};
}

describe('an order', () => {
  test('holds when the office’s key signed it, and for nobody else’s', async () => {
    const [office, stranger] = await Promise.all([makeSigner(), makeSigner()]);

    expect(await readOrder(await office.sign(ORDER), office.jwk)).toEqual(ORDER);
    expect(await readOrder(await stranger.sign(ORDER), office.jwk)).toBeNull();
    expect(await readOrder(await office.sign(ORDER), null)).toBeNull();
  });

  test('that was altered, is of another kind, or is no statement does not hold', async () => {
    const {jwk, sign} = await makeSigner();
    const [head, , signature] = (await sign(ORDER)).split('.');
    const other = toBase64Url(utf8(JSON.stringify({...ORDER, device: PERSON})));

    for (const text of [`${head}.${other}.${signature}`, await sign(ORDER, 'singgah-wiped+json'), `${await sign(ORDER)}.x`, 'a.b.c', '']) {
      expect(await readOrder(text, jwk), text).toBeNull();
    }
  });
});

describe('a tablet that is told to empty itself', () => {
  let office: Awaited<ReturnType<typeof makeSigner>>;
  let jwk: PublicJwk;
  /** In order: what the tablet did that cannot be taken back, with the databases that were there. */
  let deeds: [deed: string, databases: (string | undefined)[]][];
  let confirmation: string;
  const left = vi.fn();

  const databases = async () => (await indexedDB.databases()).map(({name}) => name).sort();

  beforeEach(async () => {
    vi.stubGlobal('indexedDB', new IDBFactory());
    const {machine} = await import('../../src/app/machine.ts');
    vi.spyOn(machine, 'indexedDB', 'get').mockReturnValue(indexedDB);
    deeds = [];
    left.mockReset();
    vi.stubGlobal('location', {origin: 'https://s.example', replace: left});
    vi.stubGlobal('caches', {keys: async () => ['files'], delete: async (name: string) => { deeds.push([`cache ${name}`, await databases()]); }});
    vi.stubGlobal('navigator', {serviceWorker: {getRegistrations: async () => []}});
    vi.stubGlobal('fetch', async (_: URL, {body}: {body: string}) => {
      deeds.push(['confirmed', await databases()]);
      ({confirmation} = JSON.parse(body) as {confirmation: string});
      return new Response('{}', {headers: {'Content-Type': 'application/json'}});
    });
    office = await makeSigner();
    const opening = await makeTablet(makeMachine(indexedDB as IDBFactory));
    jwk = opening.signer.jwk;
    await opening.store.keepSetting('statement_key', office.jwk);
    await new People(machine).note(PERSON, 'Aisyah');
    await enter(opening, OWNER);
  });

  afterEach(() => {
    lock();
    alone.value = false;
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  const store = () => tablet.value?.store;

  test('keeps everything until all was sent, then deletes databases and files, and only then says so under its own key', async () => {
    await store()?.keep(makeOperation());
    await obey([{wipe: await office.sign(ORDER)}]);

    const waiting: Partial<SyncStatus>[] = [{unsent: 1}, {}, {unsentBlobs: {count: 1, bytes: 5}}, {closed: {push: 'bad_request'}}, {closed: {blob: 'forbidden'}}];
    for (const why of waiting) {
      syncStatus.value = {...SENT, ...why};
      await Promise.resolve();
      expect(tablet.value, JSON.stringify(why)).not.toBeNull();
    }
    expect(alone.value, 'it speaks for itself').toBe(true);
    expect(deeds).toEqual([]);
    expect(store()?.memory.outbox.size).toBe(1);

    await store()?.commit([{kind: 'meta', set: {ackedN: 1}}]);
    syncStatus.value = {...SENT, refusedBlobs: 2};

    await vi.waitFor(() => expect(left).toHaveBeenCalledWith('/app/'));
    expect(deeds).toEqual([['cache files', []], ['confirmed', []]]);
    expect(await readWord(confirmation, 'singgah-wiped+json', jwk)).toEqual({order: AT, alone: true, left: {operations: 0, photos: 2}});
  });

  test('leaves what is a colleague’s', async () => {
    const {machine} = await import('../../src/app/machine.ts');
    await new People(machine).note(COLLEAGUE, 'Bala');
    await new Promise((resolve) => { indexedDB.open(databaseOf(COLLEAGUE)).onsuccess = ({target}) => { (target as IDBOpenDBRequest).result.close(); resolve(null); }; });
    await obey([{wipe: await office.sign(ORDER)}]);

    syncStatus.value = SENT;

    await vi.waitFor(() => expect(left).toHaveBeenCalled());
    expect(deeds).toEqual([['confirmed', ['singgah-people', databaseOf(COLLEAGUE)].sort()]]);
    expect(await readWord(confirmation, 'singgah-wiped+json', jwk)).toMatchObject({alone: false});
    expect((await new People(machine).all()).map(({id}) => id)).toEqual([COLLEAGUE]);
  });

  test('does not obey what is meant for another device or signed by somebody else', async () => {
    const stranger = await makeSigner();

    await obey([{wipe: await office.sign({...ORDER, device: PERSON})}]);
    await obey([{wipe: await stranger.sign(ORDER)}]);
    await obey([{wipe: await office.sign({...ORDER, kind: 'readmission'})}]);
    syncStatus.value = SENT;
    await Promise.resolve();

    expect(alone.value).toBe(false);
    expect(deeds).toEqual([]);
    expect(await databases()).toContain(databaseOf(PERSON));
    expect(await databases()).not.toContain(COPY);
  });
});
