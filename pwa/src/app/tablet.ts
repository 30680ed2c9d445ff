import {signal} from '@preact/signals';
import type {SyncStatus} from '../exchange/types.ts';
import type {Session} from '../net/api.ts';
import {Api} from '../net/api.ts';
import {type Credentials, Http} from '../net/http.ts';
import type {Signer} from '../store/device_key.ts';
import type {Opened} from '../store/lodging.ts';
import type {Store} from '../store/store.ts';
import {machine} from './machine.ts';
import {leaveTrace} from './traces.ts';

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
  /**
   * It was in service before, and work goes on while the office has not confirmed it once more. copied: its storage is that of
   * two tablets, so it is another device now. unknown: the server was put back to a time before it was enrolled.
   */
  readonly again?: 'copied' | 'unknown';
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

/** The office has given this tablet up: its device speaks for itself from now on, whoever is signed in. */
export const alone = signal(false);

/** Behind the address after that, so that the empty tablet can say why it is empty. A fragment would not start the page anew. */
export const GIVEN_UP = '?given-up';

/** This window is emptying the tablet, as the office ordered: there is nothing to unlock any more. */
export const emptying = signal(false);

/** Who is signed in: a colleague may be, to send what the owner did. */
export const sessionPerson = signal<string | null>(null);

/** The open tablet. Screens are only drawn while there is one. */
export function opened(): Tablet {
  const now = tablet.value;
  if (now === null) throw new Error('the tablet is locked');
  return now;
}

/** Draw the screens of this person. */
export async function enter({store, signer}: Opened, owner: Owner): Promise<void> {
  sessionHash.value = sessionHash.value ?? await store.setting<string>('session');
  sessionPerson.value = sessionPerson.value ?? await store.setting<string>('session_person');
  tablet.value = {owner, store, signer};
  // Another window may be the one that found out.
  store.onChange(() => { renewDevice().catch((fault: unknown) => { console.error(fault); }); });
}

/** Who works here. Where the storage has become another device since, that must be enrolled and confirmed again. */
export async function ownerOf(store: Store): Promise<Owner> {
  const owner = await store.setting<Owner>('owner');
  if (owner === null) throw new Error('this database has no owner');
  const {device} = store.memory.meta;
  if (device === owner.device) return owner;
  // Numbers for people go on under the old code until the server has given this device one.
  const now: Owner = {...owner, device, status: 'pending', again: 'copied'};
  await store.keepSetting('owner', now);
  return now;
}

/** If the storage has become another device: take over its key. */
export async function renewDevice(): Promise<void> {
  const before = tablet.value;
  if (before === null || before.store.memory.meta.device === before.owner.device) return;
  const [owner, signer] = await Promise.all([ownerOf(before.store), before.store.signer()]);
  if (tablet.value?.store === before.store) tablet.value = {...before, owner, signer};
}

/** What the server said of this device. */
export async function noteOwner(owner: Owner): Promise<void> {
  const {store} = opened();
  await store.keepSetting('owner', owner);
  // Under another code than before, perhaps.
  leaveTrace(owner.person, owner);
  if (tablet.value?.store === store) tablet.value = {...tablet.value, owner};
}

/** Forget everything that was decrypted. What was kept stays kept. */
export function lock(): void {
  const open = tablet.value;
  tablet.value = null;
  syncStatus.value = null;
  sessionHash.value = null;
  sessionPerson.value = null;
  alone.value = false;
  open?.store.close();
}

/** Note a fresh sign-in of the owner, so that proofs name the new session also after a restart. */
export async function noteSession(store: Store, session: Session): Promise<void> {
  await store.keepSetting('session', session.session_hash);
  await store.keepSetting('session_person', session.person);
  await store.keepSetting('recovery_key', session.recovery_key);
  await store.keepSetting('statement_key', session.statement_key);
  sessionHash.value = session.session_hash;
  sessionPerson.value = session.person;
}

/** Another window of this person has signed in: proofs name its session from now on. */
export async function readSession(store: Store): Promise<void> {
  const [hash, person] = [await store.setting<string>('session'), await store.setting<string>('session_person')];
  if (tablet.value?.store !== store) return;
  sessionHash.value = hash;
  sessionPerson.value = person;
}

/** What proofs are made with, null when nobody is signed in. */
export function credentials(): Credentials | null {
  const {signer} = opened();
  if (alone.value) return {signer, sessionHash: null};
  return sessionHash.value === null ? null : {signer, sessionHash: sessionHash.value};
}
