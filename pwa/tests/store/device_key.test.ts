import {expect, test} from 'vitest';
import {fromBase64Url, utf8} from '../../src/store/bytes.ts';
import {thumbprint} from '../../src/store/device_key.ts';
import {makeTablet} from './makers.ts';

const read = (part: string | undefined) => JSON.parse(new TextDecoder().decode(fromBase64Url(part ?? ''))) as Record<string, unknown>;

async function holds(jwk: object, signed: string, signature: string | undefined): Promise<boolean> {
  const key = await crypto.subtle.importKey('jwk', jwk, {name: 'ECDSA', namedCurve: 'P-256'}, false, ['verify']);
  return crypto.subtle.verify({name: 'ECDSA', hash: 'SHA-256'}, key, fromBase64Url(signature ?? ''), utf8(signed));
}

test('a device proof names request, session and nonce, and holds under the key in its header', async () => {
  const {signer} = await makeTablet();
  const proof = await signer.proof({method: 'POST', url: 'https://s.example/api/v1/sync/push', jti: 'j1', iat: 1_790_000_000, nonce: 'n1', ath: 'h1'});
  const [head, claims, signature] = proof.split('.');
  expect(read(head)).toEqual({typ: 'dpop+jwt', alg: 'ES256', jwk: signer.jwk});
  expect(read(claims)).toEqual({htm: 'POST', htu: 'https://s.example/api/v1/sync/push', jti: 'j1', iat: 1_790_000_000, nonce: 'n1', ath: 'h1'});
  expect(await holds(signer.jwk, `${head}.${claims}`, signature)).toBe(true);
  expect(await holds(signer.jwk, `${head}.${claims}x`, signature)).toBe(false);
});

test('a first proof, before the server has given a nonce, has none', async () => {
  const {signer} = await makeTablet();
  const [, claims] = (await signer.proof({method: 'GET', url: 'https://s.example/a', jti: 'j', iat: 1, nonce: null, ath: 'h'})).split('.');
  expect(read(claims)).not.toHaveProperty('nonce');
});

test('a record is signed as a flattened JWS whose payload is exactly the bytes', async () => {
  const {signer} = await makeTablet();
  const bytes = utf8('{"record":"0192"}');
  const envelope = await signer.signEnvelope(bytes);
  expect(read(envelope.protected)).toEqual({alg: 'ES256', typ: 'singgah-signoff+json', kid: signer.jkt});
  expect(fromBase64Url(envelope.payload)).toEqual(bytes);
  expect(await holds(signer.jwk, `${envelope.protected}.${envelope.payload}`, envelope.signature)).toBe(true);
});

test('the thumbprint is that of RFC 7638, for the P-256 key of RFC 7517 appendix A.1', async () => {
  const jwk = {kty: 'EC', crv: 'P-256', x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4', y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM'} as const;
  expect(await thumbprint(jwk)).toBe('cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s');
});
