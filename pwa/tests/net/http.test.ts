import {describe, expect, test} from 'vitest';
import {Api, Refused} from '../../src/net/api.ts';
import {Http, type Network, Unreachable} from '../../src/net/http.ts';
import {Sender} from '../../src/net/sender.ts';
import type {PullBody, Request as Wish} from '../../src/exchange/types.ts';
import {fromBase64Url, toBase64} from '../../src/store/bytes.ts';
import {DEVICE, makeTablet, NOW, VISIT} from '../store/makers.ts';

type Reply = (request: Request) => Response | Promise<Response>;

function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {status, headers: {'Content-Type': 'application/json', ...headers}});
}

/** A server in the process: answers in turn, the last one for ever; keeps what it was asked. */
function makeServer(...replies: Reply[]): Network & {asked: Request[]} {
  const asked: Request[] = [];
  return {
    asked, origin: 'https://s.example', now: () => NOW, newId: () => 'jti',
    fetch: async (url, init) => {
      const request = new Request(url as URL, init);
      asked.push(request.clone());
      const reply = replies[Math.min(asked.length, replies.length) - 1];
      if (reply === undefined) throw new Error('the server has no reply');
      return reply(request);
    },
  };
}

async function makeCredentials() {
  const {signer, store} = await makeTablet();
  return {signer, store, sessionHash: 'h1'};
}

const claims = (request: Request) => JSON.parse(new TextDecoder().decode(fromBase64Url(request.headers.get('DPoP')?.split('.')[1] ?? ''))) as Record<string, unknown>;

describe('a request with credentials', () => {
  test('proves this method, address and session, and says that it is ours', async () => {
    const server = makeServer(() => json(200, {}));
    await new Http(server).ask({method: 'GET', path: '/api/v1/sync/head?x=1', credentials: await makeCredentials()});
    expect(claims(server.asked[0]!)).toEqual({htm: 'GET', htu: 'https://s.example/api/v1/sync/head', jti: 'jti', iat: NOW / 1000, ath: 'h1'});
    expect(server.asked[0]?.headers.get('X-Singgah')).toBe('1');
  });

  test('is made good once, silently, when its nonce is missing, and the nonce is used from then on', async () => {
    const server = makeServer(() => json(401, {code: 'use_dpop_nonce'}, {'DPoP-Nonce': 'n2'}), () => json(200, {ok: 1}));
    const http = new Http(server);
    const credentials = await makeCredentials();
    expect(await http.ask({method: 'GET', path: '/a', credentials})).toMatchObject({status: 200, body: {ok: 1}});
    await http.ask({method: 'GET', path: '/a', credentials});
    expect(server.asked.map((request) => claims(request)['nonce'])).toEqual([undefined, 'n2', 'n2']);
  });

  test('is not repeated for ever: a second refusal is the answer', async () => {
    const server = makeServer(() => json(401, {code: 'use_dpop_nonce'}, {'DPoP-Nonce': 'n2'}));
    expect((await new Http(server).ask({method: 'GET', path: '/a', credentials: await makeCredentials()})).status).toBe(401);
    expect(server.asked).toHaveLength(2);
  });
});

describe('an answer', () => {
  test('that is no JSON, as from a captive portal, has a status and no body', async () => {
    const server = makeServer(() => new Response('<h1>Hotel Wi-Fi</h1>', {status: 200, headers: {'Content-Type': 'text/html'}}));
    expect(await new Http(server).ask({method: 'GET', path: '/a'})).toMatchObject({status: 200, body: null});
  });

  test('that says it is JSON and is not has no body either', async () => {
    const server = makeServer(() => new Response('{', {headers: {'Content-Type': 'application/json'}}));
    expect((await new Http(server).ask({method: 'GET', path: '/a'})).body).toBeNull();
  });

  test('tells how far this tablet’s clock is off', async () => {
    const server = makeServer(() => json(200, {}, {Date: new Date(NOW + 60_000).toUTCString()}));
    const http = new Http(server);
    expect(http.offset).toBeNull();
    await http.ask({method: 'GET', path: '/a'});
    expect(http.offset).toBe(60_500);
  });

  test('that never comes is unreachable, by network or by time', async () => {
    const lost = new Http(makeServer(() => { throw new TypeError('Failed to fetch'); }));
    await expect(lost.ask({method: 'GET', path: '/a'})).rejects.toMatchObject({reason: 'network'});
    const slow = new Http(makeServer(() => { throw new DOMException('too slow', 'TimeoutError'); }));
    await expect(slow.ask({method: 'GET', path: '/a'})).rejects.toMatchObject({reason: 'timeout'});
    await expect(slow.ask({method: 'GET', path: '/a'})).rejects.toBeInstanceOf(Unreachable);
  });
});

describe('the doors', () => {
  test('refuse with the problem’s code, field and detail', async () => {
    const api = new Api(new Http(makeServer(() => json(422, {code: 'invalid', field: 'name', detail: 'too long'}))));
    await expect(api.signIn('a', 'b')).rejects.toMatchObject({status: 422, code: 'invalid', field: 'name', detail: 'too long'});
    const proxy = new Api(new Http(makeServer(() => new Response('bad gateway', {status: 502}))));
    await expect(proxy.signIn('a', 'b')).rejects.toBeInstanceOf(Refused);
    await expect(proxy.signIn('a', 'b')).rejects.toMatchObject({code: 'http_502'});
  });

  test('say that nobody is signed in without an error', async () => {
    expect(await new Api(new Http(makeServer(() => json(401, {code: 'sign_in_needed'})))).session()).toBeNull();
  });

  test('give the data key back for its envelope', async () => {
    const server = makeServer(() => json(200, {key: 'ZGVr', jwk: {kty: 'EC', crv: 'P-256', x: 'x', y: 'y'}}));
    const envelope = {epk: {kty: 'EC', crv: 'P-256', x: 'x', y: 'y'}, iv: 'i', ct: 'c'} as const;
    expect(await new Api(new Http(server)).recover(DEVICE, envelope)).toMatchObject({key: 'ZGVr'});
    expect(server.asked[0]?.url).toBe(`https://s.example/api/v1/devices/${DEVICE}/recover`);
    expect(await server.asked[0]?.json()).toEqual(envelope);
  });
});

describe('what the engine wants sent', () => {
  const body = {proto: 1, nonce: 'abc'} as PullBody;
  const pull: Wish = {kind: 'pull', id: 1, body};

  test('comes back as an answer with only the headers that the engine knows', async () => {
    const credentials = await makeCredentials();
    const http = new Http(makeServer(() => json(503, {code: 'busy'}, {'Retry-After': '7', 'X-Other': '1'})));
    expect(await new Sender(http, () => credentials, async () => null).send(pull)).toEqual({answer: {status: 503, body: {code: 'busy'}, headers: {'retry-after': '7'}}});
  });

  test('is of unknown outcome when the answer belongs to another request', async () => {
    const credentials = await makeCredentials();
    const sender = (nonce: unknown) => new Sender(new Http(makeServer(() => json(200, {nonce}))), () => credentials, async () => null);
    expect(await sender('other').send(pull)).toEqual({failed: 'network'});
    expect(await sender(undefined).send(pull)).toEqual({failed: 'network'});
    expect(await sender('abc').send(pull)).toMatchObject({answer: {status: 200}});
  });

  test('is not even tried without a session', async () => {
    const server = makeServer(() => json(200, {}));
    expect(await new Sender(new Http(server), () => null, async () => null).send(pull)).toMatchObject({answer: {status: 401}});
    expect(server.asked).toHaveLength(0);
  });

  test('as a part of a blob carries its offset and the checksum of exactly these bytes', async () => {
    const credentials = await makeCredentials();
    const server = makeServer(() => new Response(null, {status: 204, headers: {'Upload-Offset': '6'}}));
    const bytes = new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7]);
    const sent = await new Sender(new Http(server), () => credentials, async () => bytes).send({kind: 'blob_patch', id: 1, url: '/api/v1/blobs/9', visit: VISIT, sha256: 'd', offset: 2, length: 4});
    expect(sent).toEqual({answer: {status: 204, body: null, headers: {'upload-offset': '6'}}});
    const asked = server.asked[0]!;
    expect(new Uint8Array(await asked.arrayBuffer())).toEqual(bytes.slice(2, 6));
    expect(asked.headers.get('Upload-Offset')).toBe('2');
    expect(asked.headers.get('Tus-Resumable')).toBe('1.0.0');
    expect(asked.headers.get('Upload-Checksum')).toBe(`sha256 ${toBase64(await crypto.subtle.digest('SHA-256', bytes.slice(2, 6)))}`);
  });

  test('as a new blob names visit, digest and type', async () => {
    const credentials = await makeCredentials();
    const server = makeServer(() => new Response(null, {status: 201, headers: {Location: '/api/v1/blobs/9'}}));
    const sent = await new Sender(new Http(server), () => credentials, async () => null).send({kind: 'blob_create', id: 1, visit: 'v', sha256: 's', size: 5, filetype: 'image/jpeg'});
    expect(sent).toEqual({answer: {status: 201, body: null, headers: {location: '/api/v1/blobs/9'}}});
    expect(server.asked[0]?.headers.get('Upload-Metadata')).toBe(`visit ${btoa('v')},sha256 ${btoa('s')},filetype ${btoa('image/jpeg')}`);
    expect(server.asked[0]?.headers.get('Upload-Length')).toBe('5');
  });

  test('is refused like a blob that the server will not have when its bytes are not here any more', async () => {
    const credentials = await makeCredentials();
    const sender = new Sender(new Http(makeServer(() => json(200, {}))), () => credentials, async () => null);
    const sent = await sender.send({kind: 'blob_patch', id: 1, url: '/x', visit: VISIT, sha256: 'd', offset: 0, length: 1});
    expect(sent).toEqual({answer: {status: 400, body: {code: 'bytes_gone'}, headers: {}}});
  });
});
