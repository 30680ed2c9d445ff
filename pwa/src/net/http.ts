import type {Signer} from '../store/device_key.ts';

/** What the net asks of the machine. Tests bring their own. */
export interface Network {
  readonly fetch: typeof fetch;
  /** For example "https://singgah.example.com". */
  readonly origin: string;
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number;
  readonly newId: () => string;
}

/** Who asks: the device's key and the session that its proofs name. */
export interface Credentials {
  readonly signer: Signer;
  /** null: the device speaks for itself, whoever is signed in. */
  readonly sessionHash: string | null;
}

export interface Asked {
  readonly method: 'GET' | 'POST' | 'HEAD' | 'PATCH' | 'DELETE';
  /** A path of our own, or an address that the server gave for one of its uploads. */
  readonly path: string;
  readonly json?: unknown;
  readonly bytes?: Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  /** With it the request carries a device proof. */
  readonly credentials?: Credentials | null;
  readonly timeoutMs?: number;
}

/** An HTTP answer, whatever its status. `body` is null when it is not JSON, as from a captive portal. */
export interface Told {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

/** No answer came: the network is away, or it took too long. Whether the server acted is unknown. */
export class Unreachable extends Error {
  override name = 'Unreachable';
  readonly reason: 'network' | 'timeout';

  constructor(reason: 'network' | 'timeout', cause: unknown) {
    super(`no answer (${reason})`, {cause});
    this.reason = reason;
  }
}

const TIMEOUT_MS = 30_000;

/** Asks the server, with proofs, its nonces, and a measure of this tablet's clock. */
export class Http {
  readonly #network: Network;
  #nonce: string | null = null;
  #offset: number | null = null;

  constructor(network: Network) {
    this.#network = network;
  }

  /** Server's clock minus ours in milliseconds, by the latest answer (±0.5 s); null before the first. */
  get offset(): number | null {
    return this.#offset;
  }

  /** Throws Unreachable; any HTTP status is an answer. A missing or stale nonce is made good once, silently. */
  async ask(asked: Asked): Promise<Told> {
    const told = await this.#once(asked);
    const stale = told.status === 401 && codeOf(told.body) === 'use_dpop_nonce';
    return stale && asked.credentials ? this.#once(asked) : told;
  }

  async #once(asked: Asked): Promise<Told> {
    const url = new URL(asked.path, this.#network.origin);
    const headers = {...await this.#headers(asked, url), ...asked.headers};
    try {
      const answer = await this.#network.fetch(url, {
        method: asked.method, headers, credentials: 'same-origin', cache: 'no-store', redirect: 'error',
        signal: AbortSignal.timeout(asked.timeoutMs ?? TIMEOUT_MS), ...bodyOf(asked),
      });
      this.#learn(answer.headers);
      return {status: answer.status, body: await jsonOf(answer), headers: answer.headers};
    } catch (fault) {
      throw new Unreachable(fault instanceof DOMException && fault.name === 'TimeoutError' ? 'timeout' : 'network', fault);
    }
  }

  async #headers({method, json, credentials}: Asked, url: URL): Promise<Record<string, string>> {
    const headers: Record<string, string> = {'X-Singgah': '1', Accept: 'application/json'};
    if (json !== undefined) headers['Content-Type'] = 'application/json';
    if (credentials) headers['DPoP'] = await credentials.signer.proof({
      method, url: url.origin + url.pathname, jti: this.#network.newId(), iat: Math.floor(this.#network.now() / 1000),
      nonce: this.#nonce, ath: credentials.sessionHash,
    });
    return headers;
  }

  #learn(headers: Headers): void {
    this.#nonce = headers.get('DPoP-Nonce') ?? this.#nonce;
    const date = Date.parse(headers.get('Date') ?? '');
    // The header counts whole seconds, so the middle of its second is the best guess.
    if (!Number.isNaN(date)) this.#offset = date + 500 - this.#network.now();
  }
}

/** The `code` of a problem+json body. */
export function codeOf(body: unknown): string | null {
  return body instanceof Object && 'code' in body && typeof body.code === 'string' ? body.code : null;
}

function bodyOf({json, bytes}: Asked): {body?: BodyInit} {
  if (bytes !== undefined) return {body: bytes};
  return json === undefined ? {} : {body: JSON.stringify(json)};
}

async function jsonOf(answer: Response): Promise<unknown> {
  const type = answer.headers.get('Content-Type') ?? '';
  const text = await answer.text();
  if (!/^application\/(problem\+)?json\b/.test(type)) return null;
  try {
    return JSON.parse(text) as unknown;
  } catch (fault) {
    if (fault instanceof SyntaxError) return null;
    throw fault;
  }
}
