import {signal} from '@preact/signals';
import {Refused} from '../net/api.ts';
import {Unreachable} from '../net/http.ts';
import {factsOf} from './enrolment.ts';
import {nudge} from './exchange.ts';
import {persistStorage} from './machine.ts';
import {showStatement} from './statement.ts';
import {api, noteOwner, opened, type Owner, sessionHash, sessionPerson} from './tablet.ts';

/** What keeps a tablet that was in service before from being it again. */
export type Admission = 'sign_in' | 'other_person' | 'offline' | 'office' | 'refused' | 'server';

export const admission = signal<Admission>('sign_in');

let asking = false;

/** The server does not know this tablet's key: it must be enrolled once more. */
export async function seemsUnknown(): Promise<void> {
  const {owner} = opened();
  if (owner.again === undefined) await noteOwner({...owner, status: 'pending', again: 'unknown'});
}

/** Tell the server of the device that this storage has become, and hear whether the office has confirmed it. */
export async function askAdmission(): Promise<void> {
  if (asking) return;
  asking = true;
  try {
    admission.value = await asked(opened().owner);
  } finally {
    asking = false;
  }
}

async function asked(owner: Owner): Promise<Admission> {
  if (sessionHash.value === null) return 'sign_in';
  // The server enrols for whoever is signed in; a colleague may send, but this tablet is not theirs.
  if (sessionPerson.value !== owner.person) return 'other_person';
  try {
    return await noted(owner, await found(owner) ?? await showStatement(opened()) ?? await enrolled(owner, sessionHash.value));
  } catch (fault) {
    if (fault instanceof Unreachable) return 'offline';
    if (fault instanceof Refused) return fault.status === 401 ? 'sign_in' : 'server';
    throw fault;
  }
}

type Standing = Pick<Owner, 'code' | 'status'>;

async function found({device}: Owner): Promise<Standing | null> {
  try {
    return await api.device(device);
  } catch (fault) {
    if (fault instanceof Refused && fault.status === 404) return null;
    throw fault;
  }
}

async function enrolled(owner: Owner, hash: string): Promise<Standing> {
  const {store, signer} = opened();
  return api.enrol(await factsOf({store, signer}, owner, await persistStorage()), {signer, sessionHash: hash});
}

async function noted(owner: Owner, {code, status}: Standing): Promise<Admission> {
  const {again: _, ...confirmed} = owner;
  if (status === 'active') {
    await noteOwner({...confirmed, code, status});
    nudge('signed_in');
  } else if (code !== owner.code || status !== owner.status) {
    await noteOwner({...owner, code, status});
  }
  return status === 'pending' || status === 'active' ? 'office' : 'refused';
}
