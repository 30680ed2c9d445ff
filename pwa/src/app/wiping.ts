/**
 * The office has given this tablet up: send what it holds, then empty it. Only an order that the server's statement key
 * has signed for this very device counts; the key came with the sign-in.
 */
import {effect} from '@preact/signals';
import type {Directive} from '../exchange/types.ts';
import {COPY, databaseOf} from '../store/database.ts';
import type {PublicJwk} from '../store/keyring.ts';
import type {Memory} from '../store/memory.ts';
import {People} from '../store/people.ts';
import type {Store} from '../store/store.ts';
import {readWord} from '../store/word.ts';
import {lockUp, nudge} from './exchange.ts';
import {machine} from './machine.ts';
import {wipeTrace} from './traces.ts';
import {alone, emptying, GIVEN_UP, http, opened, syncStatus, type Tablet, tablet} from './tablet.ts';

const STATEMENT = 'singgah-statement+jwt';

interface Order {
  readonly kind: string;
  readonly device: string;
  readonly at: string;
}

/** Look for an order among what an answer told; a false one is noted and not followed. Twice is once. */
export async function obey(directives: readonly Directive[]): Promise<void> {
  const text = directives.map(({wipe}) => wipe).find((wipe) => typeof wipe === 'string');
  if (typeof text !== 'string' || alone.value) return;
  const {store} = opened();
  const order = await readOrder(text, await store.setting<PublicJwk>('statement_key'));
  if (order?.kind !== 'wipe' || order.device !== store.memory.meta.device) return store.note('an order that nobody signed for this tablet');
  await store.note('told to empty itself');
  if (tablet.value?.store !== store) return;
  alone.value = true;
  nudge('signed_in');
  wipeOnceSent(order, store);
}

/** The claims of an order that the holder of this key signed, or null when it does not hold. */
export async function readOrder(text: string, jwk: PublicJwk | null): Promise<Order | null> {
  return jwk === null ? null : await readWord(text, STATEMENT, jwk) as Order | null;
}

/**
 * Nothing goes before all of it was sent, or the server has refused it for good. A lane that gave up keeps everything.
 * A tablet that is locked meanwhile hears its order again: whoever unlocks it next may be a colleague.
 */
function wipeOnceSent(order: Order, store: Store): void {
  let begun = false;
  const stop = effect(() => {
    const [status, open] = [syncStatus.value, tablet.value];
    if (begun) return;
    const locked = open?.store !== store;
    if (!locked && (status === null || waits(store.memory) || status.closed.push !== undefined || status.closed.blob !== undefined)) return;
    begun = true;
    queueMicrotask(() => {
      stop();
      if (!locked) wipe(open, order, status?.refusedBlobs ?? 0).catch((fault: unknown) => { console.error(fault); });
    });
  });
}

function waits({meta, blobs}: Memory): boolean {
  return meta.ackedN < meta.nextN - 1 || [...blobs.values()].some(({state}) => state === 'waiting');
}

async function wipe(open: Tablet, {at}: Order, photos: number): Promise<void> {
  const {device, person} = open.owner;
  const people = new People(machine);
  // A colleague's work on the same tablet is theirs: then only this person's part goes.
  const last = (await people.all()).every(({id}) => id === person);
  const confirmation = await open.signer.signWord('singgah-wiped+json', {order: at, alone: last, left: {operations: 0, photos}});
  if (tablet.value?.store !== open.store || !await isEmptied(open)) return;
  // Only then: a list without a database is put right at the door, a database without a name in the list never.
  await people.forget(person);
  wipeTrace(person);
  if (last) await forgetApp();
  await confirm(open, device, confirmation);
  location.replace(`/app/${last ? GIVEN_UP : ''}`);
}

/**
 * Lock, so that nobody does anything more, look once more at what lies on the disk, and delete it. False when an act came
 * in the last moment, here or in another window: it is sent after the next unlocking, and the order is heard again.
 */
async function isEmptied({store, owner: {person}}: Tablet): Promise<boolean> {
  emptying.value = true;
  lockUp();
  try {
    await store.refresh();
    store.close();
    if (waits(store.memory)) {
      emptying.value = false;
      return false;
    }
    // A rehearsed update may have left its copy.
    for (const name of [databaseOf(person), COPY]) await deleteDatabase(name);
    return true;
  } catch (fault) {
    emptying.value = false;
    throw fault;
  }
}

async function forgetApp(): Promise<void> {
  await deleteDatabase('singgah-people');
  await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
  await Promise.all((await navigator.serviceWorker.getRegistrations()).map((registration) => registration.unregister()));
  localStorage.clear();
}

/** Its answer may be lost: asked again until there is one, for the key exists only in this page now. */
async function confirm({signer}: Tablet, device: string, confirmation: string): Promise<void> {
  const asked = {method: 'POST', path: `/api/v1/devices/${device}/wiped`, json: {confirmation}, credentials: {signer, sessionHash: null}} as const;
  for (let pause = 1_000; pause < 300_000; pause *= 2) {
    const told = await http.ask(asked).catch(() => null);
    if (told !== null && told.status < 500) return;
    await machine.wait(pause);
  }
}

function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = machine.indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
}
