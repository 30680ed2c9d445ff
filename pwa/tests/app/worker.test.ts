import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {transformWithOxc} from 'vite';
import {expect, test} from 'vitest';

type Listener = (event: Record<string, unknown>) => void;

/** The service worker in a world of the test: one origin, caches in memory, a network that can be off. */
async function makeWorker(version: string, stores: Map<string, Map<string, string>>) {
  const file = join(import.meta.dirname, '../../src/sw/sw.ts');
  const {code} = await transformWithOxc(readFileSync(file, 'utf8'), file);
  const listeners = new Map<string, Listener>();
  const calls: string[] = [];
  const self = {
    location: {origin: 'https://s.example'}, clients: {claim: async () => { calls.push('claim'); }}, skipWaiting: async () => { calls.push('skipWaiting'); },
    addEventListener: (name: string, listener: Listener) => { listeners.set(name, listener); },
  };
  const caches = {
    open: async (name: string) => {
      const store = stores.get(name) ?? new Map<string, string>();
      stores.set(name, store);
      return {
        addAll: async (requests: {url: string}[]) => { requests.forEach(({url}) => store.set(url, `kept ${version} ${url}`)); },
        match: async (path: string) => store.get(path),
      };
    },
    keys: async () => [...stores.keys()],
    delete: async (name: string) => stores.delete(name),
  };
  class Asked {
    readonly url: string;
    constructor(url: string) { this.url = url; }
  }
  const source = code.replace('export {};', '').replace('__FILES__', '["assets/a.js"]').replace('__VERSION__', `"${version}"`).replace('__FORM__', '{"format":1}');
  new Function('self', 'caches', 'fetch', 'Request', source)(self, caches, async () => 'from the network', Asked);
  const send = async (name: string, event: Record<string, unknown> = {}) => {
    let waited: unknown;
    listeners.get(name)?.({...event, waitUntil: (promise: unknown) => { waited = promise; }, respondWith: (promise: unknown) => { waited = promise; }});
    return waited;
  };
  const fetched = (url: string, over: Record<string, unknown> = {}) => send('fetch', {request: {url, method: 'GET', mode: 'no-cors', ...over}});
  return {send, fetched, calls};
}

test('the worker answers the app’s own files and, for every screen, its page', async () => {
  const {send, fetched} = await makeWorker('v1', new Map());
  await send('install');
  expect(await fetched('https://s.example/app/assets/a.js')).toBe('kept v1 /app/assets/a.js');
  expect(await fetched('https://s.example/app/visit/7', {mode: 'navigate'})).toBe('kept v1 /app/');
});

test.each([
  ['https://s.example/api/v1/sync/head', {}], ['https://s.example/console/', {mode: 'navigate'}], ['https://s.example/static/tokens.css', {}], ['https://elsewhere.example/app/assets/a.js', {}],
  ['https://s.example/app/assets/a.js', {method: 'POST'}], ['https://s.example/app/assets/other.js', {}],
])('the worker leaves %s %j alone', async (url, over) => {
  const {send, fetched} = await makeWorker('v1', new Map());
  await send('install');
  expect(await fetched(url, over)).toBeUndefined();
});

test('a file that the browser has thrown out of the cache is fetched', async () => {
  const stores = new Map<string, Map<string, string>>();
  const {send, fetched} = await makeWorker('v1', stores);
  await send('install');
  stores.get('singgah-v1')?.clear();
  expect(await fetched('https://s.example/app/assets/a.js')).toBe('from the network');
});

test('a new version waits for the person’s yes, and only then drops the old one’s files', async () => {
  const stores = new Map<string, Map<string, string>>([['of-somebody-else', new Map()]]);
  await (await makeWorker('v1', stores)).send('install');
  const next = await makeWorker('v2', stores);
  await next.send('install');
  await next.send('message', {data: 'anything'});
  expect(next.calls).toEqual([]);
  await next.send('message', {data: 'activate'});
  expect(next.calls).toEqual(['skipWaiting']);
  expect([...stores.keys()]).toEqual(['of-somebody-else', 'singgah-v1', 'singgah-v2']);
  await next.send('activate');
  expect([...stores.keys()]).toEqual(['of-somebody-else', 'singgah-v2']);
});

test('a version that waits says what it does to the database', async () => {
  const {send} = await makeWorker('v2', new Map());
  const said: unknown[] = [];
  await send('message', {data: 'form', ports: [{postMessage: (word: unknown) => { said.push(word); }}]});
  expect(said).toEqual([{format: 1}]);
});
