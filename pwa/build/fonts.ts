import {existsSync, mkdirSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join, relative} from 'node:path';
import type {Plugin} from 'vite';

const ROOT = join(import.meta.dirname, '../..');
const inter = dirname(createRequire(import.meta.url).resolve('@fontsource-variable/inter/package.json'));

export interface Font {
  readonly file: string;
  readonly family: string;
  readonly weight: string;
  readonly range?: string;
}

const HAN = 'U+2E80-2FDF, U+3000-30FF, U+31C0-31EF, U+3400-4DBF, U+4E00-9FFF, U+F900-FAFF, U+FE30-FE4F, U+FF00-FFEF';
const LATIN_EXTENDED = 'U+0100-02BA, U+02BD-02C5, U+02C7-02CC, U+02CE-02D7, U+02DD-02FF, U+1D00-1DBF, U+1E00-1E9F, '
  + 'U+1EF2-1EFF, U+2020, U+20A0-20AB, U+20AD-20C0, U+2113';

/** Inter from its package; Chinese when set-up has subset it (without it the system's own Chinese font is used). */
export function webFonts(): Font[] {
  const chinese = join(ROOT, 'build/fonts/SinggahSansSC-Regular.woff2');
  return [
    {file: join(inter, 'files/inter-latin-wght-normal.woff2'), family: 'Inter Variable', weight: '100 900'},
    {file: join(inter, 'files/inter-latin-ext-wght-normal.woff2'), family: 'Inter Variable', weight: '100 900', range: LATIN_EXTENDED},
    ...(existsSync(chinese) ? [{file: chinese, family: 'Singgah Sans SC', weight: '400', range: HAN}] : []),
  ];
}

/** The @font-face rules, with addresses as `address` gives them. */
export function fontFaces(address: (file: string) => string): string {
  return webFonts().map((font) => `@font-face { font-family: "${font.family}"; font-weight: ${font.weight}; font-style: normal; `
    + `font-display: swap; src: url("${address(font.file)}") format("woff2");${font.range ? ` unicode-range: ${font.range};` : ''} }`)
    .join('\n');
}

/** Writes the faces where src/ui/ui.css imports them, so that Vite hashes the files like any other asset. */
export function fonts(): Plugin {
  return {
    name: 'singgah-fonts',
    apply: 'build',
    configResolved() {
      const file = join(ROOT, 'pwa/node_modules/.cache/singgah/fonts.css');
      mkdirSync(dirname(file), {recursive: true});
      writeFileSync(file, fontFaces((font) => relative(dirname(file), font)));
    },
  };
}
