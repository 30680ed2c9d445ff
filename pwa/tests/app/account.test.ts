// @vitest-environment happy-dom
import 'fake-indexeddb/auto';
import {IDBFactory} from 'fake-indexeddb';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import type {RecoveryWrap} from '../../src/store/keyring.ts';
import {unwrapRecovery} from '../../src/store/keyring.ts';
import {toBase64Url} from '../../src/store/bytes.ts';
import {makeRecoveryKey, PERSON} from '../store/makers.ts';

type Account = typeof import('../../src/features/account/account.ts');
type Tablet = typeof import('../../src/app/tablet.ts');

const OTHER = '01930000-0000-7000-8000-000000000002';

/** A server in the process: accounts "aisyah" and "bala" with the password "right", one device each. */
class Office {
  readonly devices = new Map<string, string>();
  readonly keys = makeRecoveryKey();
  enrolments = 0;
  reachable = true;
  session: string | null = null;

  readonly fetch = async (url: URL, init: RequestInit): Promise<Response> => {
    if (!this.reachable) throw new TypeError('Failed to fetch');
    const body = typeof init.body === 'string' ? JSON.parse(init.body) as Record<string, unknown> : {};
    const [status, answer] = await this.#answer(`${init.method} ${url.pathname}`, body);
    return new Response(JSON.stringify(answer), {status, headers: {'Content-Type': 'application/json'}});
  };

  async #answer(door: string, body: Record<string, unknown>): Promise<[number, unknown]> {
    if (door === 'POST /api/v1/session') return this.#signIn(body);
    if (this.session === null) return [401, {code: 'sign_in'}];
    if (door === 'POST /api/v1/devices') return this.#enrol(String(body['device']));
    if (door === 'GET /api/v1/devices') return [200, {devices: [...this.devices].map(([device, status]) => ({device, code: '7K3', status, received: 41, last_seen: '2026-11-24T01:00:00.000Z'}))}];
    const [, id = '', deed] = /^\w+ \/api\/v1\/devices\/([^/]+)(\/recover)?$/.exec(door) ?? [];
    if (deed !== undefined) return [200, {key: toBase64Url(await unwrapRecovery(body as unknown as RecoveryWrap, id, (await this.keys).secret))}];
    return this.devices.has(id) ? [200, {device: id, code: '7K3', status: this.devices.get(id)}] : [404, {code: 'not_found'}];
  }

  async #signIn({sign_in: name, password}: Record<string, unknown>): Promise<[number, unknown]> {
    if (password !== 'right') return [401, {code: 'wrong_password'}];
    this.session = String(name);
    const person = name === 'aisyah' ? PERSON : OTHER;
    return [201, {person, organisation: 'o', roles: ['engineer'], session_hash: `hash of ${String(name)}`, recovery_key: (await this.keys).jwk}];
  }

  #enrol(device: string): [number, unknown] {
    this.enrolments += 1;
    this.devices.set(device, this.devices.get(device) ?? 'pending');
    return [201, {device, code: '7K3', status: this.devices.get(device)}];
  }

  confirm(): void {
    for (const device of this.devices.keys()) this.devices.set(device, 'active');
  }
}

let office: Office;
let account: Account;
let app: Tablet;

/** The app after a restart: everything in memory is new, the disk is the same. */
async function start(): Promise<void> {
  vi.resetModules();
  account = await import('../../src/features/account/account.ts');
  app = await import('../../src/app/tablet.ts');
  await account.begin();
}

const at = () => account.step.value.at;

beforeEach(async () => {
  localStorage.clear();
  office = new Office();
  vi.stubGlobal('indexedDB', new IDBFactory());
  vi.stubGlobal('fetch', office.fetch);
  vi.stubGlobal('matchMedia', () => ({matches: true}));
  vi.stubGlobal('BroadcastChannel', class { onmessage = null; postMessage(): void {} close(): void {} });
  // Nobody leads: what is exchanged with the server is shell.test.ts's matter.
  Object.defineProperty(navigator, 'locks', {configurable: true, value: {request: () => new Promise(() => undefined)}});
  await start();
});

afterEach(() => { app.lock(); vi.unstubAllGlobals(); });

async function enrolled(name = 'aisyah', pin = '204060'): Promise<void> {
  await account.signIn(name, 'right');
  await account.choosePin(pin);
  office.confirm();
  await account.askAgain();
}

describe('coming in for the first time', () => {
  test('leads over sign-in, PIN and the eight characters to the open tablet', async () => {
    expect(account.step.value).toMatchObject({at: 'sign_in', why: 'new'});
    await account.signIn('aisyah', 'right');
    expect(account.step.value).toEqual({at: 'choose_pin', why: 'new'});
    await account.choosePin('204060');
    expect(account.step.value).toMatchObject({at: 'waiting', status: 'pending'});
    await account.askAgain();
    expect(at()).toBe('waiting');

    office.confirm();
    await account.askAgain();
    expect(at()).toBe('open');
    expect(app.opened().owner).toMatchObject({person: PERSON, code: '7K3', status: 'active', signIn: 'aisyah'});
    expect(app.credentials()).toMatchObject({sessionHash: 'hash of aisyah'});
  });

  test('survives a restart while the office has not confirmed: the same characters, no second device', async () => {
    await account.signIn('aisyah', 'right');
    await account.choosePin('204060');
    const before = account.step.value;
    await start();
    expect(account.step.value).toMatchObject({at: 'unlock', lodger: {id: PERSON, initials: 'A'}});
    await account.unlock('204060');
    expect(account.step.value).toMatchObject({at: 'waiting', eightCharacters: (before as {eightCharacters: string}).eightCharacters});
    expect(office.devices.size).toBe(1);
  });

  test('without a network at the moment of enrolling goes on when it is back', async () => {
    await account.signIn('aisyah', 'right');
    office.reachable = false;
    await account.choosePin('204060');
    expect([at(), account.trouble.value]).toEqual(['waiting', 'offline']);
    office.reachable = true;
    await account.askAgain();
    expect([at(), account.trouble.value, office.devices.size]).toEqual(['waiting', null, 1]);
  });

  test('asks to sign in again when the session ended while waiting', async () => {
    await account.signIn('aisyah', 'right');
    await account.choosePin('204060');
    office.session = null;
    await account.askAgain();
    expect(account.step.value).toMatchObject({at: 'sign_in', why: 'waiting'});
    office.confirm();
    await account.signIn('aisyah', 'right');
    expect(at()).toBe('open');
  });

  test.each([['wrong', true, 'wrong_password'], ['right', false, 'offline']] as const)('with the password %s, network %s, is %s', async (password, reachable, trouble) => {
    office.reachable = reachable;
    await account.signIn('aisyah', password);
    expect([at(), account.trouble.value, account.busy.value]).toEqual(['sign_in', trouble, false]);
  });

  test('is refused in a browser’s tab, with the reason', async () => {
    vi.stubGlobal('matchMedia', () => ({matches: false}));
    await start();
    expect(account.step.value).toEqual({at: 'refused', why: 'tab'});
  });
});

describe('the PIN', () => {
  test('opens the tablet without a network', async () => {
    await enrolled();
    office.reachable = false;
    await start();
    await account.unlock('204060');
    expect(at()).toBe('open');
    expect(app.credentials()).toMatchObject({sessionHash: 'hash of aisyah'});
  });

  test('that is wrong is told with the attempts left', async () => {
    await enrolled();
    await start();
    await account.unlock('111111');
    expect(account.step.value).toMatchObject({at: 'unlock', left: 9});
    expect(app.tablet.value).toBeNull();
  });

  test('that is forgotten is chosen anew after a sign-in, and the work is still there', async () => {
    await enrolled();
    await app.opened().store.keepDraft('d', 'half a sentence');
    await start();
    await account.signInAs('forgotten');
    await account.signIn('aisyah', 'right');
    expect(account.step.value).toEqual({at: 'choose_pin', why: 'forgotten'});
    await account.choosePin('777777');
    expect(at()).toBe('open');
    expect(await app.opened().store.draft('d')).toBe('half a sentence');
    await start();
    await account.unlock('777777');
    expect(at()).toBe('open');
  });

  test('is asked for again after locking', async () => {
    await enrolled();
    app.lock();
    await vi.waitUntil(() => at() === 'unlock');
    await account.unlock('204060');
    expect(at()).toBe('open');
  });
});

describe('a second person on the same tablet', () => {
  test('has a database, a device and a PIN of their own, and sees nothing of the first', async () => {
    await enrolled();
    await app.opened().store.keepDraft('d', 'of Aisyah');
    await start();
    await account.signInAs('new');
    await enrolled('bala', '999999');
    expect(app.opened().owner.person).toBe(OTHER);
    expect(await app.opened().store.draft('d')).toBeNull();
    expect(office.devices.size).toBe(2);

    await start();
    expect(account.step.value).toMatchObject({at: 'unlock', lodgers: expect.arrayContaining([expect.objectContaining({id: PERSON}), expect.objectContaining({id: OTHER})]) as unknown});
  });

  test('cannot come in with the other’s PIN', async () => {
    await enrolled();
    await start();
    await account.signInAs('new');
    await enrolled('bala', '999999');
    await start();
    const door = account.step.value;
    const first = door.at === 'unlock' ? door.lodgers.find(({id}) => id === PERSON) : undefined;
    if (first === undefined) throw new Error('the first person is not offered');
    await account.choose(first);
    await account.unlock('999999');
    expect(account.step.value).toMatchObject({at: 'unlock', left: 9});
  });
});

test('a storage that the browser has emptied is said, not passed over', async () => {
  await enrolled();
  app.lock();
  await vi.waitUntil(() => at() === 'unlock');
  vi.resetModules();
  account = await import('../../src/features/account/account.ts');
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.deleteDatabase(`singgah-${PERSON}`);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
  await account.begin();
  expect(account.step.value).toMatchObject({at: 'sign_in', why: 'emptied'});
});

test('when the whole storage is gone, the tablet says which one it was and what the office has of it', async () => {
  await enrolled();
  const [device] = [...office.devices.keys()];
  app.lock();
  await vi.waitUntil(() => at() === 'unlock');
  vi.stubGlobal('indexedDB', new IDBFactory());
  await start();
  expect(account.step.value).toMatchObject({at: 'sign_in', why: 'emptied'});
  const {traces} = await import('../../src/app/traces.ts');
  expect(Object.values(traces())).toEqual([{device, code: '7K3'}]);
  await account.signIn('aisyah', 'right');
  expect(at()).toBe('choose_pin');
  expect(account.before.value).toEqual([{device, code: '7K3', status: 'active', received: 41, last_seen: '2026-11-24T01:00:00.000Z'}]);
});
