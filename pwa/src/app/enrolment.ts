import type {DeviceFacts} from '../net/api.ts';
import {digestOf} from '../store/bytes.ts';
import type {Signer} from '../store/device_key.ts';
import {initialsOf} from '../store/people.ts';
import type {Store} from '../store/store.ts';
import {fingerprint} from '../sync/device_code.ts';
import {isApple, isInstalled, machine} from './machine.ts';
import type {Owner} from './tablet.ts';

/** Initials of the name that the feed brought, before that of the sign-in name. */
export function nameOf(store: Store, {person, signIn}: Owner): string {
  const name = store.memory.rows.get(`person/${person}`)?.v['name'];
  return initialsOf(typeof name === 'string' ? name : signIn);
}

/** What the server is told of this device when it is enrolled. */
export async function factsOf({store, signer}: {readonly store: Store; readonly signer: Signer}, owner: Owner, persisted: boolean): Promise<DeviceFacts> {
  const room = await machine.room();
  return {
    device: owner.device, jwk: signer.jwk, name: `${nameOf(store, owner)} ${isApple() ? 'iPad' : 'tablet'}`,
    standalone: isInstalled(), persisted, storage_mb: Math.floor((room ?? 0) / 1e6),
  };
}

/** As both screens show them: "7K3M 9QXA". */
export async function eightCharacters(device: string, jkt: string): Promise<string> {
  const characters = await fingerprint(device, jkt, digestOf);
  return `${characters.slice(0, 4)} ${characters.slice(4)}`;
}
