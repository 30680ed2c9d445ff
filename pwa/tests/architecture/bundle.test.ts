import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {build, type Rolldown} from 'vite';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {PWA} from './sources.ts';

/** front.md "Numbers to hold", in bytes of gzip. */
const FIRST_SCREEN = 60_000;
const WHOLE_APP = 90_000;
/** The day's work: what the app of every day is made of. Every other screen is a chunk of its own, which comes when it is used. */
const WORK = /^assets\/((today|visit|run|ticket|sync)_screen|exchanging)-/;

const folder = mkdtempSync(join(tmpdir(), 'singgah-bundle-'));
let chunks: Rolldown.OutputChunk[] = [];
let files: string[] = [];

beforeAll(async () => {
  // As `npm run build` does it; under the runner's own value packages would choose their talkative halves.
  vi.stubEnv('NODE_ENV', 'production');
  const built = await build({root: PWA, logLevel: 'error', build: {outDir: folder, emptyOutDir: true}}) as Rolldown.RolldownOutput;
  chunks = built.output.filter((part) => part.type === 'chunk');
  files = built.output.map((part) => part.fileName);
  vi.unstubAllEnvs();
}, 60_000);

afterAll(() => { rmSync(folder, {recursive: true}); });

const weight = (parts: readonly Rolldown.OutputChunk[]) => parts.reduce((sum, {code}) => sum + gzipSync(code, {level: 9}).length, 0);

/** A chunk and everything that it cannot start without. */
function withImports(names: readonly string[]): Rolldown.OutputChunk[] {
  const found = new Map<string, Rolldown.OutputChunk>();
  const take = (name: string) => {
    const chunk = chunks.find(({fileName}) => fileName === name);
    if (chunk === undefined || found.has(name)) return;
    found.set(name, chunk);
    chunk.imports.forEach(take);
  };
  names.forEach(take);
  return [...found.values()];
}

test('the first screen and the day’s work weigh no more than promised', () => {
  const first = chunks.filter(({isEntry, fileName}) => isEntry || /^assets\/today_screen-/.test(fileName)).map(({fileName}) => fileName);
  expect(first.length, 'entry and today').toBe(2);
  expect(weight(withImports(first))).toBeLessThanOrEqual(FIRST_SCREEN);
  const work = chunks.filter(({isEntry, fileName}) => isEntry || WORK.test(fileName)).map(({fileName}) => fileName);
  expect(work.length, 'entry, five screens and the exchange').toBe(7);
  expect(weight(withImports(work))).toBeLessThanOrEqual(WHOLE_APP);
});

describe('the worker', () => {
  const worker = () => readFileSync(join(folder, 'sw.js'), 'utf8');

  test('knows every file of the build but itself and what the bundler keeps for its own', () => {
    const known = JSON.parse(/\.\.\.(\[[^\]]*\])\.map/.exec(worker())?.[1] ?? '[]') as string[];
    expect([...known, 'index.html', 'sw.js'].sort()).toEqual(files.filter((file) => !file.startsWith('.vite/')).sort());
    expect(known).toContain('manifest.webmanifest');
    expect(known.some((file) => file.endsWith('.woff2'))).toBe(true);
  });

  test('is one file without imports, with no placeholder left', () => {
    expect(worker()).not.toMatch(/__FILES__|__VERSION__|__FORM__|\bimport\b/);
  });
});

test('the manifest keeps id, start and scope under /app/, and has an icon that may be cut', () => {
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.webmanifest'), 'utf8')) as {id: string; start_url: string; scope: string; icons: {src: string; purpose: string}[]};
  expect([manifest.id, manifest.start_url, manifest.scope]).toEqual(['/app/', '/app/', '/app/']);
  expect(manifest.icons.map(({purpose}) => purpose)).toContain('maskable');
  for (const {src} of manifest.icons) expect(files).toContain(src);
});

test('the page holds no script and no style of its own, which its policy would refuse', () => {
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  expect(page).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/);
  expect(page).toContain('src="/app/assets/');
});
