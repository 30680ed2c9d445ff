// @vitest-environment happy-dom
import 'fake-indexeddb/auto';
import {IDBFactory} from 'fake-indexeddb';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import {alone, emptying, enter, GIVEN_UP, lock, type Owner, syncStatus, tablet} from '../../src/app/tablet.ts';
import {obey, readOrder} from '../../src/app/wiping.ts';
import type {SyncStatus} from '../../src/exchange/types.ts';
import {toBase64Url, utf8} from '../../src/store/bytes.ts';
import {Connection, StoreLost} from '../../src/store/connection.ts';
import {COPY, databaseOf, type Records} from '../../src/store/database.ts';
import {LODGING} from '../../src/store/form.ts';
import {type PublicJwk, publicJwk} from '../../src/store/keyring.ts';
import {Lodging} from '../../src/store/lodging.ts';
import {People} from '../../src/store/people.ts';
import {readWord} from '../../src/store/word.ts';
import {DEVICE, makeMachine, makeOperation, makeRecoveryKey, makeTablet, PERSON, PIN, reopen} from '../store/makers.ts';

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
    emptying.value = false;
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  /** Crypto and the fake disk answer on the machine's own turns: after so many nothing is under way any more. */
  const settled = async () => { for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => { setImmediate(resolve); }); };
  const store = () => tablet.value?.store;

  test('keeps everything until all was sent, then deletes databases and files, and only then says so under its own key', async () => {
    await store()?.keep(makeOperation());
    await obey([{wipe: await office.sign(ORDER)}]);

    const waiting: Partial<SyncStatus>[] = [{unsent: 1}, {}, {closed: {push: 'bad_request'}}, {closed: {blob: 'forbidden'}}];
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

    await vi.waitFor(() => expect(left).toHaveBeenCalledWith(`/app/${GIVEN_UP}`));
    expect(deeds).toEqual([['cache files', []], ['confirmed', []]]);
    expect(await readWord(confirmation, 'singgah-wiped+json', jwk)).toEqual({order: AT, alone: true, left: {operations: 0, photos: 2}});
  });

  test('keeps a photo that waits, whatever the status says', async () => {
    const blob = await store()?.photos.put(PERSON, utf8('a photo'), 'image/jpeg');
    await store()?.takeIn([], blob === undefined ? [] : [blob]);
    await obey([{wipe: await office.sign(ORDER)}]);
    syncStatus.value = SENT;
    await settled();
    expect(deeds).toEqual([]);
  });

  test('takes what it held from the screens of other windows too', async () => {
    const heard: unknown[] = [];
    const other = new Connection<Records>(databaseOf(PERSON), LODGING, makeMachine(indexedDB as IDBFactory));
    other.onTrouble = (trouble) => { heard.push(trouble); };
    await other.read(['meta'], (within) => within.keys('meta'));
    await obey([{wipe: await office.sign(ORDER)}]);
    syncStatus.value = SENT;

    await vi.waitFor(() => expect(left).toHaveBeenCalled());
    expect(heard).toEqual([null, 'emptied']);
    await expect(other.read(['meta'], (within) => within.keys('meta')), 'it never makes the database anew').rejects.toThrow(StoreLost);
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

  test('never empties the part of a colleague who unlocked it meanwhile', async () => {
    const {machine} = await import('../../src/app/machine.ts');
    await store()?.keep(makeOperation());
    await obey([{wipe: await office.sign(ORDER)}]);
    syncStatus.value = {...SENT, unsent: 1};
    lock();
    expect(alone.value, 'a colleague does not speak for that device').toBe(false);

    const {jwk: recovery} = await makeRecoveryKey();
    await new People(machine).note(COLLEAGUE, 'Bala');
    const theirs = '01930000-0000-7000-8000-0000000000de';
    await enter(await new Lodging(COLLEAGUE, makeMachine(indexedDB as IDBFactory)).furnish(PIN, theirs, recovery), {...OWNER, person: COLLEAGUE, device: theirs});
    syncStatus.value = SENT;
    await settled();
    expect(deeds).toEqual([]);
    expect(await databases()).toEqual([databaseOf(COLLEAGUE), databaseOf(PERSON), 'singgah-people'].sort());
  });

  test('looks once more at what lies on the disk: an act of the last moment is sent first', async () => {
    await obey([{wipe: await office.sign(ORDER)}]);
    const late = store()?.keep(makeOperation());
    syncStatus.value = SENT;
    await late;
    await vi.waitFor(() => expect([tablet.value, emptying.value], 'locked, and only that').toEqual([null, false]));
    await settled();
    expect(deeds).toEqual([]);

    await enter(await reopen(makeMachine(indexedDB as IDBFactory)), OWNER);
    expect(store()?.memory.outbox.size).toBe(1);
    await obey([{wipe: await office.sign(ORDER)}]);
    await store()?.commit([{kind: 'meta', set: {ackedN: 1}}]);
    syncStatus.value = {...SENT};
    await vi.waitFor(() => expect(left).toHaveBeenCalledWith(`/app/${GIVEN_UP}`));
  });

  test('shows no list of people without a database, wherever the power fails', async () => {
    const {machine} = await import('../../src/app/machine.ts');
    const forgets = vi.spyOn(People.prototype, 'forget').mockRejectedValueOnce(new Error('the power failed'));
    await obey([{wipe: await office.sign(ORDER)}]);
    syncStatus.value = SENT;

    await vi.waitFor(() => expect(forgets).toHaveBeenCalled());
    expect(await databases()).not.toContain(databaseOf(PERSON));
    expect((await new People(machine).all()).map(({id}) => id)).toEqual([PERSON]);
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
