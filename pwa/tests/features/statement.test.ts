// @vitest-environment happy-dom
import 'fake-indexeddb/auto';
/** A tablet that a restored server does not know, with its real store and its real key: it shows what was signed, by itself. */
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {askAdmission, admission, seemsUnknown} from '../../src/app/readmission.ts';
import {announce, keepStatement} from '../../src/app/statement.ts';
import {lock, noteSession, opened, sessionHash} from '../../src/app/tablet.ts';
import {sha256, toBase64Url, utf8} from '../../src/store/bytes.ts';
import {DEVICE, PERSON} from '../store/makers.ts';
import {openTablet, restart} from './open_tablet.ts';

const STATEMENT = 'header.claims.signature';

interface Seen {
  readonly asked: string;
  readonly ath: unknown;
  readonly body: unknown;
}

/** A server that signs one statement, and after `restore` knows nobody until it is shown. */
class Server {
  readonly seen: Seen[] = [];
  status: 'active' | 'pending' | 'unknown' = 'active';
  refuses: {status: number; code: string} | null = null;

  readonly fetch = async (url: URL, {method, headers, body}: {method: string; headers: Record<string, string>; body?: string}): Promise<Response> => {
    const proof = headers['DPoP'];
    const claims = proof === undefined ? null : (JSON.parse(atob(proof.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? '')) as {ath: unknown});
    this.seen.push({asked: `${method} ${url.pathname}`, ath: claims?.ath ?? null, body: body === undefined ? null : JSON.parse(body)});
    return this.#answer(`${method} ${url.pathname}`);
  };

  #answer(asked: string): Response {
    const view = {device: DEVICE, code: '7K3', status: this.status, jkt: 'j', organisation: 'o'};
    if (asked === `GET /api/v1/devices/${DEVICE}`) return this.status === 'unknown' ? problem(404, 'not_found') : json(200, view);
    if (asked.endsWith('/statement')) return this.status === 'active' ? json(200, {statement: STATEMENT}) : problem(409, 'wrong_state');
    if (asked.endsWith('/readmit')) {
      if (this.refuses !== null) return problem(this.refuses.status, this.refuses.code);
      this.status = 'pending';
      return json(200, {...view, status: 'pending'});
    }
    this.status = 'pending';
    return json(201, {...view, code: '9Q4', status: 'pending'});
  }

  asked(): string[] {
    return this.seen.map(({asked}) => asked);
  }
}

function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), {status, headers: {'Content-Type': 'application/json'}});
}

function problem(status: number, code: string): Response {
  return new Response(JSON.stringify({code}), {status, headers: {'Content-Type': 'application/problem+json'}});
}

let server: Server;

beforeEach(async () => {
  server = new Server();
  vi.stubGlobal('fetch', server.fetch);
  await openTablet();
  const session = {account: 'a', person: PERSON, organisation: 'o', roles: ['engineer'], session_hash: 'hash', recovery_key: {kty: 'EC', crv: 'P-256', x: 'x', y: 'y'}, ends: ''};
  await noteSession(opened().store, session as never);
});

afterEach(() => {
  lock();
  vi.unstubAllGlobals();
});

test('the statement is asked for once and kept sealed, also over a restart', async () => {
  expect(await keepStatement(opened())).toBe(true);
  expect(await keepStatement(opened())).toBe(true);
  expect(server.asked()).toEqual([`GET /api/v1/devices/${DEVICE}/statement`]);
  expect(await opened().store.setting('statement')).toEqual({device: DEVICE, text: STATEMENT});
});

test('while the server does not give it, it is asked for another time', async () => {
  server.status = 'pending';
  expect(await keepStatement(opened())).toBe(false);
  server.status = 'active';
  expect(await keepStatement(opened())).toBe(true);
});

test('a restored server that does not know the device is shown it, and the office confirms the same device with its code', async () => {
  await keepStatement(opened());
  server.status = 'unknown';
  await seemsUnknown();

  await askAdmission();

  const shown = server.seen.find(({asked}) => asked === 'POST /api/v1/devices/readmit');
  expect(shown?.body).toEqual({statement: STATEMENT});
  expect(shown?.ath).toBe(toBase64Url(await sha256(utf8(STATEMENT))));
  expect(server.asked()).not.toContain('POST /api/v1/devices');
  expect(opened().owner).toMatchObject({device: DEVICE, code: '7K3', status: 'pending', again: 'unknown'});

  server.status = 'active';
  await askAdmission();
  expect(opened().owner).toMatchObject({device: DEVICE, code: '7K3', status: 'active'});
  expect(opened().owner.again).toBeUndefined();
});

test.each([[400, 'invalid'], [409, 'code_taken']])('where it is of no use (%i) the device is enrolled as a new one', async (status, code) => {
  await keepStatement(opened());
  server.status = 'unknown';
  server.refuses = {status, code};
  await seemsUnknown();

  await askAdmission();

  expect(server.asked().at(-1)).toBe('POST /api/v1/devices');
  expect(opened().owner).toMatchObject({code: '9Q4', status: 'pending'});
});

test('a busy server is asked again later, and nothing is enrolled anew meanwhile', async () => {
  await keepStatement(opened());
  server.status = 'unknown';
  server.refuses = {status: 503, code: 'busy'};
  await seemsUnknown();

  await askAdmission();

  expect(admission.value).toBe('server');
  expect(server.asked()).not.toContain('POST /api/v1/devices');
});

test('without a session it is shown too: the person may be forgotten as well', async () => {
  await keepStatement(opened());
  server.status = 'unknown';
  sessionHash.value = null;

  await announce(opened());

  expect(server.asked().at(-1)).toBe('POST /api/v1/devices/readmit');
  expect(server.status).toBe('pending');
});

test('after a restart it is still there', async () => {
  lock();
  const machine = await openTablet();
  await keepStatement(opened());
  await restart(machine);
  expect(await opened().store.setting('statement')).toEqual({device: DEVICE, text: STATEMENT});
});
