import {signal} from '@preact/signals';
import type {Form} from '../store/form.ts';
import {machine} from './machine.ts';
import {storeTrouble} from './storage_trouble.tsx';
import {tablet} from './tablet.ts';
import {trustedScript} from './trust.ts';

/** ready: a new version is loaded and waits for the person's yes. trying: on a copy. failed: this version goes on. */
export const update = signal<'none' | 'ready' | 'trying' | 'failed'>('none');

/** How long the waiting version may take to say what it does to the database. */
const ANSWER_MS = 5_000;

let registration: ServiceWorkerRegistration | null = null;
let waiting: ServiceWorker | null = null;
let wanted = false;

/** Make the app startable without a network, and notice new versions. */
export async function keepOffline(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  navigator.serviceWorker.addEventListener('controllerchange', tookOver);
  registration = await navigator.serviceWorker.register(trustedScript('/app/sw.js'), {scope: '/app/', updateViaCache: 'none'});
  watch(registration);
}

/** The server asks for a newer version: look for it now and not at the browser's next occasion. */
export async function lookForUpdate(): Promise<void> {
  await registration?.update().catch((fault: unknown) => { console.error(fault); });
}

/**
 * The person said yes. What the new version does to the database is tried on a copy first; only when every unsent act
 * is still there and readable does it take over, and the page starts again in it. Else this version stays.
 */
export async function startNewVersion(): Promise<void> {
  if (update.value === 'trying') return;
  if (waiting === null) return lookForUpdate();
  update.value = 'trying';
  const open = tablet.value;
  try {
    if (open !== null) await open.store.rehearse(open.owner.person, await formOf(waiting));
  } catch (fault) {
    update.value = 'failed';
    await open?.store.note(`update: ${String(fault)}`).catch(() => undefined);
    return;
  }
  wanted = true;
  waiting.postMessage('activate');
}

function formOf(worker: ServiceWorker): Promise<Form> {
  const {port1, port2} = new MessageChannel();
  const answer = new Promise<Form>((resolve) => {
    port1.onmessage = ({data}) => {
      port1.close();
      resolve(data as Form);
    };
  });
  worker.postMessage('form', [port2]);
  return Promise.race([answer, machine.wait(ANSWER_MS).then(() => { throw new Error('the new version does not say what it does'); })]);
}

// Said yes to in another window: what this one would load next belongs to a version that is gone.
function tookOver(): void {
  if (wanted) location.reload();
  else if (waiting !== null) storeTrouble.value = 'superseded';
}

function watch(found: ServiceWorkerRegistration): void {
  offer(found.waiting);
  found.addEventListener('updatefound', () => {
    const coming = found.installing;
    coming?.addEventListener('statechange', () => { if (coming.state === 'installed') offer(found.waiting); });
  });
}

// Without a controller this is the first version, not a new one.
function offer(worker: ServiceWorker | null): void {
  if (worker === null || navigator.serviceWorker.controller === null) return;
  waiting = worker;
  update.value = 'ready';
}
