import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, describe, expect, test} from 'vitest';
import {imports, PWA, type Source, sources} from './sources.ts';

/** Rooms of pwa/src and which of them each may look into; every room may look into itself. */
const MAY: Record<string, readonly string[]> = {
  checklists: [],
  sync: [],
  exchange: ['sync'],
  'exchange/shell.ts': ['exchange', 'store', 'net'],
  store: ['sync', 'exchange/types.ts'],
  net: ['store', 'exchange/types.ts', 'sync/protocol.ts'],
  i18n: [],
  ui: ['i18n'],
  app: ['ui', 'i18n', 'exchange', 'exchange/shell.ts', 'store', 'net', 'sync'],
  // The only two of app/ that know the features: the start, and the frame that shows the door.
  'app/main.tsx': ['app', 'ui', 'features/account'],
  'app/app.tsx': ['app', 'ui', 'i18n', 'features/account'],
  features: ['app', 'ui', 'i18n', 'exchange/types.ts', 'store', 'net', 'sync', 'checklists'],
  sw: [],
};
const PURE = ['checklists', 'sync', 'exchange'];
/** What the law may take from npm: one pure function. */
const PURE_PACKAGES = new Set(['canonicalize']);

function roomOf(path: string): string {
  const inside = path.replace(/^src\//, '');
  if (inside in MAY) return inside;
  return inside.startsWith('exchange/types') ? 'exchange' : inside.split('/')[0] ?? inside;
}

function directionFaults(source: Source): string[] {
  const room = roomOf(source.path);
  const allowed = MAY[room];
  if (allowed === undefined) return [`${source.path}: no rule for the room ${room}`];
  return imports(source).filter((wanted) => !isAllowed(source.path, room, allowed, wanted)).map((wanted) => `${source.path} → ${wanted}`);
}

function isAllowed(path: string, room: string, allowed: readonly string[], wanted: string): boolean {
  if (wanted.startsWith('../')) return wanted.endsWith('.json') || wanted.endsWith('.css');
  if (!wanted.startsWith('src/')) return !PURE.includes(room) || PURE_PACKAGES.has(wanted);
  const inside = wanted.replace(/^src\//, '');
  const target = roomOf(wanted);
  if (target === room && room !== 'features') return true;
  if (room === 'features' && target === 'features') return path.split('/')[2] === inside.split('/')[1] || /\/(rules|shared)\.ts$/.test(inside);
  return allowed.some((each) => inside === each || inside.startsWith(`${each}/`));
}

const FILES = sources();

test('every file looks only where its room may look', () => {
  expect(FILES.flatMap(directionFaults)).toEqual([]);
  expect(FILES.length).toBeGreaterThan(50);
});

describe('a forbidden look is seen:', () => {
  test.each([
    ['src/sync/merge.ts', "import {Store} from '../store/store.ts';"],
    ['src/exchange/engine.ts', "import type {Store} from '../store/store.ts';"],
    ['src/checklists/parse.ts', "import {link} from '../sync/chain.ts';"],
    ['src/sync/merge.ts', "import {signal} from '@preact/signals';"],
    ['src/store/store.ts', "import {Http} from '../net/http.ts';"],
    ['src/ui/kit.ts', "export {act} from '../app/act.ts';"],
    ['src/app/view.ts', "const late = await import('../features/account/account.ts');"],
    ['src/features/ticket/ticket_screen.tsx', "import {x} from '../visit/visit_screen.tsx';"],
    ['src/nowhere/a.ts', ''],
  ])('%s: %s', (path, text) => {
    expect(directionFaults({path, text})).toHaveLength(1);
  });
});

describe('the compiler', () => {
  const planted: string[] = [];
  afterEach(() => { planted.splice(0).forEach((path) => rmSync(path, {recursive: true})); });

  /** What `tsc` says to a law that holds one more file. */
  function check(text: string): string {
    const folder = mkdtempSync(join(PWA, 'node_modules/.cache-planted-'));
    planted.push(folder);
    writeFileSync(join(folder, 'planted.ts'), text);
    const law = JSON.parse(readFileSync(join(PWA, 'tsconfig.law.json'), 'utf8')) as {compilerOptions: object};
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({
      extends: '../../tsconfig.law.json', compilerOptions: {...law.compilerOptions, noEmit: true, emitDeclarationOnly: false, composite: false, incremental: false, outDir: null, tsBuildInfoFile: null},
      include: ['planted.ts', '../../src/law.d.ts'], exclude: [],
    }));
    try {
      execFileSync(join(PWA, 'node_modules/.bin/tsc'), ['-p', folder], {encoding: 'utf8'});
      return '';
    } catch (fault) {
      return (fault as {stdout: string}).stdout;
    }
  }

  test.each(['document.title', 'fetch("/api")', 'indexedDB.open("x")', 'setTimeout(() => {}, 1)', 'crypto.randomUUID()'])('refuses %s in the law', (reach) => {
    expect(check(`export const planted: unknown = ${reach};`)).toMatch(/error TS2\d{3}: Cannot find name/);
  }, 30_000);

  test('lets the law encode UTF-8', () => {
    expect(check('export const planted = new TextEncoder().encode("x");')).toBe('');
  }, 30_000);
});
