import {signal} from '@preact/signals';
import {trustedScript} from './trust.ts';

/** A new version of the app is loaded and waits for the person's yes. */
export const updateWaiting = signal(false);

let waiting: ServiceWorker | null = null;

/** Make the app startable without a network, and notice new versions. */
export async function keepOffline(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const registration = await navigator.serviceWorker.register(trustedScript('/app/sw.js'), {scope: '/app/', updateViaCache: 'none'});
  watch(registration);
}

/** The person said yes. The new version takes over and the page starts again in it; unsent work stays where it is. */
export function startNewVersion(): void {
  if (waiting === null) return;
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), {once: true});
  waiting.postMessage('activate');
}

function watch(registration: ServiceWorkerRegistration): void {
  offer(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const coming = registration.installing;
    coming?.addEventListener('statechange', () => { if (coming.state === 'installed') offer(registration.waiting); });
  });
}

// Without a controller this is the first version, not a new one.
function offer(worker: ServiceWorker | null): void {
  if (worker === null || navigator.serviceWorker.controller === null) return;
  waiting = worker;
  updateWaiting.value = true;
}
