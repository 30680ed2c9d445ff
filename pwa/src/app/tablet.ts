import {signal} from '@preact/signals';
import type {SyncStatus} from '../exchange/types.ts';
import type {Session} from '../net/api.ts';
import {Api} from '../net/api.ts';
import {type Credentials, Http} from '../net/http.ts';
import type {Signer} from '../store/device_key.ts';
import type {Opened} from '../store/lodging.ts';
import type {Store} from '../store/store.ts';
import {machine} from './machine.ts';

/** Who works here, as it was at the last sign-in. Kept sealed as the setting `owner`. */
export interface Owner {
  /** Their row of kind `person`. */
  readonly person: string;
  readonly organisation: string;
  readonly roles: readonly string[];
  /** What they signed in with: their name until the feed has brought it. */
  readonly signIn: string;
  readonly device: string;
  /** Three characters, the middle of numbers for people. */
  readonly code: string;
  readonly status: 'pending' | 'active' | 'suspended' | 'revoked';
}

/** One person's open tablet. */
export interface Tablet {
  readonly owner: Owner;
  readonly store: Store;
  readonly signer: Signer;
}

export const http = new Http(machine);
export const api = new Api(http);

/** null while locked, signed out or waiting to be admitted. */
export const tablet = signal<Tablet | null>(null);

/** What the exchange last said; null before it began. */
export const syncStatus = signal<SyncStatus | null>(null);

/** `session_hash` of the living session, null when nobody is signed in. */
export const sessionHash = signal<string | null>(null);

/** The open tablet. Screens are only drawn while there is one. */
export function opened(): Tablet {
  const now = tablet.value;
  if (now === null) throw new Error('the tablet is locked');
  return now;
}

/** Draw the screens of this person. */
export async function enter({store, signer}: Opened, owner: Owner): Promise<void> {
  sessionHash.value = sessionHash.value ?? await store.setting<string>('session');
  tablet.value = {owner, store, signer};
}

/** Forget everything that was decrypted. What was kept stays kept. */
export function lock(): void {
  const open = tablet.value;
  tablet.value = null;
  syncStatus.value = null;
  sessionHash.value = null;
  open?.store.close();
}

/** Note a fresh sign-in of the owner, so that proofs name the new session also after a restart. */
export async function noteSession(store: Store, session: Session): Promise<void> {
  await store.keepSetting('session', session.session_hash);
  sessionHash.value = session.session_hash;
}

/** What proofs are made with, null when nobody is signed in. */
export function credentials(): Credentials | null {
  const {signer} = opened();
  return sessionHash.value === null ? null : {signer, sessionHash: sessionHash.value};
}
