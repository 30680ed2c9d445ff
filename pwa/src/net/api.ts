import type {PublicJwk, RecoveryWrap} from '../store/keyring.ts';
import {type Asked, codeOf, type Credentials, Http} from './http.ts';
import type {Wire} from './wire.ts';

/** A living session as the server tells it, whole: ids (names come with the feed), and what proofs and sealing need. */
export type Session = Required<Wire<'SessionView'>>;

export type DeviceStatus = 'pending' | 'active' | 'suspended' | 'revoked';

/** A device as its owner's tablet sees it. `code` is three Crockford characters: the middle of numbers for people. */
export type Enrolment = Required<Wire<'DeviceView'>> & {readonly status: DeviceStatus};

/** A tablet of one's own, and how many operations came of it: without a gap, so only later ones can be missing. */
export type OwnDevice = Required<Wire<'OwnDevice'>>;

/** `key` in base64url; `jwk` is the key that the device signs with. */
export type Recovered = Required<Wire<'RecoveredView'>> & {readonly jwk: PublicJwk};

export type DeviceFacts = Wire<'Enrol'>;

/** The server answered, and said no. `code` is the problem's, or `http_<status>` when the answer was no problem+json. */
export class Refused extends Error {
  override name = 'Refused';
  readonly status: number;
  readonly code: string;
  readonly field: string | null;
  readonly detail: string | null;

  constructor(status: number, body: unknown) {
    const code = codeOf(body) ?? `http_${status}`;
    super(code);
    const told = (body ?? {}) as {field?: string; detail?: string};
    this.status = status;
    this.code = code;
    this.field = told.field ?? null;
    this.detail = told.detail ?? null;
  }
}

/** The server's doors that are not sync: signing in, enrolling, asking for the data key back. All throw Unreachable or Refused. */
export class Api {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  signIn(name: string, password: string): Promise<Session> {
    return this.#ask<Session>({method: 'POST', path: '/api/v1/session', json: {sign_in: name, password}});
  }

  /** The living session, or null when there is none. */
  async session(): Promise<Session | null> {
    const told = await this.#http.ask({method: 'GET', path: '/api/v1/session'});
    if (told.status === 401) return null;
    return accepted<Session>(told);
  }

  async signOut(): Promise<void> {
    await this.#ask({method: 'DELETE', path: '/api/v1/session'});
  }

  /** Ask for this device to be admitted. The same device and key again is the same request. */
  enrol(facts: DeviceFacts, credentials: Credentials): Promise<Enrolment> {
    return this.#ask<Enrolment>({method: 'POST', path: '/api/v1/devices', json: facts, credentials});
  }

  /** The tablets of whoever is signed in, the newest first. */
  async devices(): Promise<readonly OwnDevice[]> {
    const {devices = []} = await this.#ask<Wire<'OwnDevices'>>({method: 'GET', path: '/api/v1/devices'});
    return devices as readonly OwnDevice[];
  }

  device(id: string): Promise<Enrolment> {
    return this.#ask<Enrolment>({method: 'GET', path: `/api/v1/devices/${id}`});
  }

  /** What a device of one's own sealed for the organisation, opened. Needs a sign-in of the same person within the last 10 minutes. */
  recover(device: string, envelope: RecoveryWrap): Promise<Recovered> {
    return this.#ask<Recovered>({method: 'POST', path: `/api/v1/devices/${device}/recover`, json: envelope});
  }

  async #ask<T>(asked: Asked): Promise<T> {
    return accepted<T>(await this.#http.ask(asked));
  }
}

/** What a good answer holds. Throws Refused. */
export function accepted<T>({status, body}: {status: number; body: unknown}): T {
  if (status >= 200 && status < 300) return body as T;
  throw new Refused(status, body);
}
