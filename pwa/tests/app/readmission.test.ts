// @vitest-environment happy-dom
import 'fake-indexeddb/auto';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {admission, askAdmission, seemsUnknown} from '../../src/app/readmission.ts';
import {credentials, lock, noteSession, opened, type Owner, ownerOf, readSession, renewDevice} from '../../src/app/tablet.ts';
import {enter} from '../../src/app/tablet.ts';
import {traces} from '../../src/app/traces.ts';
import type {Session} from '../../src/net/api.ts';
import {DEVICE, makeOperation, makeTablet, PERSON, reopen, type TestMachine} from '../store/makers.ts';

const FORK = '01930000-0000-7000-8000-0000000000d9';
const COLLEAGUE = '01930000-0000-7000-8000-000000000002';
const OWNER: Owner = {person: PERSON, organisation: 'o', roles: ['engineer'], signIn: 'aisyah', device: DEVICE, code: '7K3', status: 'active'};

/** The server's word on devices: which it knows, and which key each came with. */
const known = new Map<string, {status: string; x: string}>();
let machine: TestMachine;
let fresh = true;

async function server(url: URL, init: RequestInit): Promise<Response> {
  const json = (status: number, body: object) => new Response(JSON.stringify(body), {status, headers: {'Content-Type': 'application/json'}});
  if (init.method === 'POST' && url.pathname === '/api/v1/devices') {
    if (!fresh) return json(401, {code: 'sign_in_again'});
    const {device, jwk} = JSON.parse(String(init.body)) as {device: string; jwk: {x: string}};
    known.set(device, {status: 'pending', x: jwk.x});
    return json(201, {device, code: '9G4', status: 'pending'});
  }
  const id = url.pathname.split('/').at(-1) ?? '';
  const found = known.get(id);
  return found === undefined ? json(404, {code: 'not_found'}) : json(200, {device: id, code: '9G4', status: found.status});
}

function session(person: string): Session {
  return {person, session_hash: `hash of ${person}`, recovery_key: {kty: 'EC', crv: 'P-256', x: 'x', y: 'y'}} as unknown as Session;
}

beforeEach(async () => {
  known.clear();
  fresh = true;
  vi.stubGlobal('fetch', server);
  vi.stubGlobal('matchMedia', () => ({matches: true}));
  const {machine: made, ...opening} = await makeTablet();
  machine = made;
  await opening.store.keepSetting('owner', OWNER);
  await opening.store.keep(makeOperation());
  await enter(opening, OWNER);
});

afterEach(() => {
  lock();
  vi.unstubAllGlobals();
});

async function copied(): Promise<void> {
  await opened().store.commit([{kind: 'rekey', device: FORK}]);
  await renewDevice();
}

test('a tablet that became another device signs with its key at once, and makes numbers under the old code', async () => {
  const {jkt} = opened().signer;
  await copied();
  await noteSession(opened().store, session(PERSON));
  expect(opened().owner).toMatchObject({device: FORK, code: '7K3', status: 'pending', again: 'copied'});
  expect(credentials()?.signer.jkt).not.toBe(jkt);
});

test('what was found out survives a restart', async () => {
  await opened().store.commit([{kind: 'rekey', device: FORK}]);
  lock();
  expect(await ownerOf((await reopen(machine)).store)).toMatchObject({device: FORK, again: 'copied'});
});

test('it is enrolled with its new key, waits for the office, and is in service under a code of its own', async () => {
  await copied();
  await noteSession(opened().store, session(PERSON));
  await askAdmission();
  expect([admission.value, known.get(FORK)?.x]).toEqual(['office', opened().signer.jwk.x]);
  expect(opened().owner).toMatchObject({code: '9G4', again: 'copied'});
  known.set(FORK, {status: 'active', x: ''});
  await askAdmission();
  expect(opened().owner).toEqual({...OWNER, device: FORK, code: '9G4'});
  expect(traces()[PERSON], 'what is left should the system empty the storage').toEqual({device: FORK, code: '9G4'});
});

test('it is never enrolled for the colleague who is signed in to send', async () => {
  await copied();
  await noteSession(opened().store, session(COLLEAGUE));
  await askAdmission();
  expect([admission.value, known.size]).toEqual(['other_person', 0]);
});

test('a session that is too old to enrol with is said', async () => {
  await copied();
  await noteSession(opened().store, session(PERSON));
  fresh = false;
  await askAdmission();
  expect(admission.value).toBe('sign_in');
});

test('a tablet that a restored server does not know is enrolled again as what it is', async () => {
  await noteSession(opened().store, session(PERSON));
  await seemsUnknown();
  expect(opened().owner).toMatchObject({device: DEVICE, again: 'unknown'});
  await askAdmission();
  expect([...known.keys()]).toEqual([DEVICE]);
});

test('a session that another window of this person began is the one that proofs name', async () => {
  await noteSession(opened().store, session(PERSON));
  await (await reopen(machine)).store.keepSetting('session', 'hash of the new session');
  await readSession(opened().store);
  expect(credentials()?.sessionHash).toBe('hash of the new session');
});
