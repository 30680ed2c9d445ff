// @vitest-environment happy-dom
import 'fake-indexeddb/auto';
import {afterEach, expect, test, vi} from 'vitest';
import {FORM, type Form} from '../../src/store/form.ts';
import {DEVICE, makeOperation, makeTablet, PERSON} from '../store/makers.ts';

/** A browser in which a new version of the app waits that does this to the database. */
class Browser {
  readonly told: unknown[] = [];
  reloads = 0;
  #listeners = new Map<string, () => void>();
  readonly waiting = {postMessage: (word: unknown, ports: MessagePort[] = []) => { this.told.push(word); if (word === 'form') ports[0]?.postMessage(this.form); }};
  readonly serviceWorker = {
    controller: {}, addEventListener: (name: string, listener: () => void) => { this.#listeners.set(name, listener); },
    register: async () => ({waiting: this.#waits ? this.waiting : null, installing: null, addEventListener: () => {}, update: async () => { this.told.push('looked'); }}),
  };
  readonly form: Form;
  readonly #waits: boolean;

  constructor(form: Form, waits: boolean) {
    this.form = form;
    this.#waits = waits;
  }

  takeOver(): void {
    this.#listeners.get('controllerchange')?.();
  }
}

/** The app in that browser, with an act unsent. */
async function started(form: Form, waits = true) {
  const browser = new Browser(form, waits);
  Object.defineProperty(navigator, 'serviceWorker', {configurable: true, value: browser.serviceWorker});
  vi.spyOn(location, 'reload').mockImplementation(() => { browser.reloads += 1; });
  vi.resetModules();
  const app = await import('../../src/app/update.ts');
  const {enter} = await import('../../src/app/tablet.ts');
  const {storeTrouble} = await import('../../src/app/storage_trouble.tsx');
  const {machine: _, ...opened} = await makeTablet();
  await opened.store.keep(makeOperation());
  await enter(opened, {person: PERSON, organisation: 'o', roles: [], signIn: 'a', device: DEVICE, code: '7K3', status: 'active'});
  await app.keepOffline();
  return {browser, app, storeTrouble};
}

afterEach(() => { vi.restoreAllMocks(); });

test('a new version takes over after it has passed on a copy, and the page starts again', async () => {
  const {browser, app} = await started({...FORM, plan: [...FORM.plan, {more: {keyPath: 'key'}}]});
  expect(app.update.value).toBe('ready');
  await app.startNewVersion();
  expect(browser.told).toEqual(['form', 'activate']);
  browser.takeOver();
  expect(browser.reloads).toBe(1);
});

test('one that would not keep everything never takes over, and that is said', async () => {
  const {browser, app} = await started({...FORM, format: 99});
  await app.startNewVersion();
  expect(app.update.value).toBe('failed');
  expect(browser.told).toEqual(['form']);
});

test('a window in which nobody said yes is not thrown out of its form, but told', async () => {
  const {browser, storeTrouble} = await started(FORM);
  browser.takeOver();
  expect([browser.reloads, storeTrouble.value]).toEqual([0, 'superseded']);
});

test('a yes before the new version is here looks for it', async () => {
  const {browser, app} = await started(FORM, false);
  await app.startNewVersion();
  expect([browser.told, app.update.value]).toEqual([['looked'], 'none']);
});

test('a version that the server finds too old looks for a new one at once', async () => {
  const {browser, app} = await started(FORM);
  await app.lookForUpdate();
  expect(browser.told).toEqual(['looked']);
});
