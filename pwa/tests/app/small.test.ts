// @vitest-environment happy-dom
import {beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {AutoLock} from '../../src/app/auto_lock.ts';
import {back, followAddress, go, href, path, place, replace} from '../../src/app/router.ts';
import {statusLine} from '../../src/app/status_words.ts';
import {trustedScript} from '../../src/app/trust.ts';
import type {SyncStatus} from '../../src/exchange/types.ts';
import {key, loadLanguage, preferredLanguage, speak, t, tn, translator} from '../../src/i18n/i18n.ts';
import {megabytes, span} from '../../src/i18n/format.ts';
import {initialsOf} from '../../src/store/people.ts';

beforeAll(async () => { await speak('en'); });

describe('the tablet locks itself', () => {
  const minutes = (count: number) => count * 60_000;

  test.each([[false, 5], [true, 15]])('inside a visit: %s, after %d minutes', (inVisit, after) => {
    let now = 1_000;
    const lock = new AutoLock(() => now, () => inVisit);
    now += minutes(after) - 1;
    expect(lock.isDue()).toBe(false);
    now += 1;
    expect(lock.isDue()).toBe(true);
    lock.touched();
    expect(lock.isDue()).toBe(false);
  });

  test('when its clock was set back', () => {
    let now = minutes(100);
    const lock = new AutoLock(() => now, () => false);
    now -= 1;
    expect(lock.isDue()).toBe(true);
  });
});

const STATUS: SyncStatus = {
  doing: 'nothing', locked: false, signedOut: false, sparing: false, pending: false, stranger: false, unsent: 0, unsentBlobs: {count: 0, bytes: 0}, refusedBlobs: 0, lostBlobs: 0, quotaUntil: null, head: 1,
  lastContact: new Date(2026, 10, 24, 9, 14).getTime(), closed: {}, retryAt: null, minApp: null, storage: null, divergence: [],
};

describe('the status says the truth in words', () => {
  test.each<[string, Partial<SyncStatus>, string]>([
    ['All sent · 09:14', {}, 'ok'],
    ['Saved on this tablet · 3 changes, 2 photos to send', {unsent: 3, unsentBlobs: {count: 2, bytes: 9}}, 'info'],
    ['Saved on this tablet · 1 change to send', {unsent: 1}, 'info'],
    ['Sign in to send 1 photo', {signedOut: true, unsentBlobs: {count: 1, bytes: 9}}, 'warn'],
    ['Signed out: sign in to get your work', {signedOut: true}, 'warn'],
    ['The tablet is full: nothing more can be saved', {storage: 'quota', signedOut: true, unsent: 1}, 'fail'],
    ['Needs your attention · 1 change to send', {closed: {push: 'device_forked'}, unsent: 1}, 'warn'],
    ['Something needs your attention', {refusedBlobs: 1}, 'warn'],
    ['Fetching your work', {lastContact: null}, 'info'],
  ])('%s', (words, over, tone) => {
    expect(statusLine({...STATUS, ...over})).toMatchObject({words, tone});
  });

  test('in the language of the screen', async () => {
    await speak('ms');
    expect(statusLine({...STATUS, unsent: 3}).words).toBe('Disimpan dalam tablet ini · 3 perubahan untuk dihantar');
    await speak('en');
  });
});

describe('words', () => {
  test('are counted as the language counts', async () => {
    expect([0, 1, 2].map((n) => tn('app.status.changes', n))).toEqual(['0 changes', '1 change', '2 changes']);
    await loadLanguage('zh');
    expect(translator('zh').tn('app.status.changes', 1)).toBe('1 项更改');
    expect(t(key('ui.back')), 'while the screen goes on in English').toBe('Back');
  });

  test('without a blank’s value, or without the key, are a fault that is heard', () => {
    expect(() => t('account.unlock.title')).toThrow('needs who');
    expect(() => t('nobody.wrote.this')).toThrow('no word');
  });

  test.each([[['zh-TW', 'en'], 'zh'], [['id-ID'], 'ms'], [['ta', 'ms-MY'], 'ms'], [['fr'], 'en'], [[], 'en']] as const)('for %j are %s', (wanted, found) => {
    expect(preferredLanguage(wanted)).toBe(found);
  });

  test('for times and sizes', () => {
    expect(span(new Date(2026, 1, 3, 9, 5).getTime(), new Date(2026, 1, 3, 11, 30).getTime())).toBe('09:05–11:30');
    expect(span(new Date(2026, 1, 3, 22, 0).getTime(), new Date(2026, 1, 4, 1, 0).getTime())).toBe('22:00–Wed, 4 Feb 01:00');
    expect(megabytes(1_440_000)).toBe('1.4 MB');
    expect(megabytes(45_600_000)).toBe('46 MB');
    expect(megabytes(9_000), 'something is never nothing').toBe('0.1 MB');
    expect(megabytes(0)).toBe('0.0 MB');
  });
});

test.each([['Aisyah binti Rahman', 'AR'], ['Prakash', 'P'], [' 陈 伟明 ', '陈伟'], ['', '']])('the initials of "%s" are "%s"', (name, initials) => {
  expect(initialsOf(name)).toBe(initials);
});

describe('the address', () => {
  beforeEach(() => {
    history.replaceState(null, '', '/app/');
    followAddress();
  });

  test('names screen and thing, with odd letters', () => {
    go('run', 'a b', 'ü/x');
    expect(location.pathname).toBe('/app/run/a%20b/%C3%BC%2Fx');
    expect(place.value).toEqual({screen: 'run', rest: ['a b', 'ü/x']});
    expect(href('visit', '1')).toBe('/app/visit/1');
  });

  test('of a link inside the app is followed without loading the page', () => {
    document.body.innerHTML = '<a href="/app/visit/7"><b>go</b></a><a id="out" href="/console/">out</a>';
    document.querySelector('b')?.dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}));
    expect(path.value).toBe('visit/7');
    const out = new MouseEvent('click', {bubbles: true, cancelable: true});
    document.getElementById('out')?.addEventListener('click', (event) => event.preventDefault());
    document.getElementById('out')?.dispatchEvent(out);
    expect(path.value).toBe('visit/7');
  });

  test('goes back to where the app was opened, or to the given screen', () => {
    replace('run', '1');
    back('visit', '9');
    expect(place.value).toEqual({screen: 'visit', rest: ['9']});
  });
});

test('only scripts of this app get an address that the browser runs', () => {
  expect(trustedScript('/app/sw.js')).toBe(`${location.origin}/app/sw.js`);
  for (const url of ['https://elsewhere.example/app/sw.js', '/static/x.js', 'data:text/javascript,1', '//elsewhere.example/app/x.js']) expect(() => trustedScript(url), url).toThrow(TypeError);
});
