import {type Answer, BYTES_GONE, type Request} from '../exchange/types.ts';
import {type Bytes, sha256, toBase64, utf8} from '../store/bytes.ts';
import {type Asked, type Credentials, Http, type Told, Unreachable} from './http.ts';
import {packed} from './pack.ts';

export type Sent = {readonly answer: Answer} | {readonly failed: 'network' | 'timeout'};

/** The bytes of a blob that lies in the store, or null when they are gone. */
export type BytesOf = (visit: string, digest: string) => Promise<Bytes | null>;

const TUS = {'Tus-Resumable': '1.0.0'};

/** Carries out the `send` effects of the engine. Whatever happens comes back as a value; nothing is thrown for a bad network. */
export class Sender {
  readonly #http: Http;
  readonly #credentials: () => Credentials | null;
  readonly #bytesOf: BytesOf;

  constructor(http: Http, credentials: () => Credentials | null, bytesOf: BytesOf) {
    this.#http = http;
    this.#credentials = credentials;
    this.#bytesOf = bytesOf;
  }

  async send(request: Request): Promise<Sent> {
    const credentials = this.#credentials();
    // Without a session there is nothing to prove: the answer would be this one.
    if (credentials === null) return {answer: {status: 401, body: {code: 'sign_in_needed'}, headers: {}}};
    try {
      const asked = await this.#asked(request);
      // A refusal like the server's own: this one is set aside and said, and those behind it go.
      if (asked === null) return {answer: {status: 400, body: {code: BYTES_GONE}, headers: {}}};
      return judged(request, await this.#http.ask({...asked, credentials}));
    } catch (fault) {
      if (fault instanceof Unreachable) return {failed: fault.reason};
      throw fault;
    }
  }

  /** null: the bytes that were to be sent are not on this tablet any more. */
  async #asked(request: Request): Promise<Asked | null> {
    switch (request.kind) {
      case 'push': return {method: 'POST', path: '/api/v1/sync/push', ...await packed(request.body)};
      case 'pull': return {method: 'POST', path: '/api/v1/sync/pull', json: request.body};
      case 'head': return {method: 'GET', path: '/api/v1/sync/head', timeoutMs: 10_000};
      case 'blob_create': return {method: 'POST', path: '/api/v1/blobs', headers: {
        ...TUS, 'Upload-Length': String(request.size),
        'Upload-Metadata': `visit ${base64(request.visit)},sha256 ${base64(request.sha256)},filetype ${base64(request.filetype)}`,
      }};
      case 'blob_head': return {method: 'HEAD', path: request.url, headers: TUS};
      case 'blob_patch': return this.#part(request);
    }
  }

  async #part({url, visit, sha256: digest, offset, length}: Extract<Request, {kind: 'blob_patch'}>): Promise<Asked | null> {
    const whole = await this.#bytesOf(visit, digest);
    if (whole === null || whole.length < offset + length) return null;
    const bytes = whole.slice(offset, offset + length);
    return {method: 'PATCH', path: url, bytes, timeoutMs: 120_000, headers: {
      ...TUS, 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(offset),
      'Upload-Checksum': `sha256 ${toBase64(await sha256(bytes))}`,
    }};
  }
}

// An answer to another request (a cache, a crossed connection) says nothing about this one: unknown outcome.
function judged(request: Request, told: Told): Sent {
  const success = told.status >= 200 && told.status < 300;
  const echoes = request.kind === 'push' || request.kind === 'pull';
  if (success && echoes && (told.body as {nonce?: unknown} | null)?.nonce !== request.body.nonce) return {failed: 'network'};
  return {answer: {status: told.status, body: told.body, headers: answerHeaders(told.headers)}};
}

function answerHeaders(headers: Headers): Answer['headers'] {
  const names = ['date', 'retry-after', 'location', 'upload-offset'] as const;
  return Object.fromEntries(names.flatMap((name) => (headers.has(name) ? [[name, headers.get(name) ?? '']] : [])));
}

function base64(text: string): string {
  return toBase64(utf8(text));
}
