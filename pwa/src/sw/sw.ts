/** Keeps the shell of the app: all files of one build, in one cache, answered only under /app/. It knows nothing of data. */
export {};

declare const self: ServiceWorkerGlobalScope;
declare const __FILES__: readonly string[];
declare const __VERSION__: string;
/** What this version does to the database (store/form.ts), for the version before to try on a copy. */
declare const __FORM__: unknown;

const SCOPE = '/app/';
const CACHE = `singgah-${__VERSION__}`;
const FILES = new Set([SCOPE, ...__FILES__.map((file) => SCOPE + file)]);

self.addEventListener('install', (event) => {
  // All or nothing; `reload` goes past the HTTP cache, which could still hold the page of the last build.
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([...FILES].map((url) => new Request(url, {cache: 'reload'})))));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(dropOldCaches().then(() => self.clients.claim()));
});

// A new version waits until the person says yes: unsent work must never meet a half-changed app.
self.addEventListener('message', (event) => {
  if (event.data === 'activate') void self.skipWaiting();
  if (event.data === 'form') event.ports[0]?.postMessage(__FORM__);
});

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== self.location.origin || !url.pathname.startsWith(SCOPE)) return;
  const path = event.request.mode === 'navigate' ? SCOPE : url.pathname;
  if (FILES.has(path)) event.respondWith(kept(path, event.request));
});

async function kept(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? fetch(request);
}

async function dropOldCaches(): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith('singgah-') && name !== CACHE);
  await Promise.all(names.map((name) => caches.delete(name)));
}
