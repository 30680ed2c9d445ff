import {globSync, readFileSync} from 'node:fs';
import {basename, dirname, join, relative} from 'node:path';
import type {Plugin} from 'vite';

export const LANGUAGES = ['en', 'ms', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];
export type Word = string | {readonly one: string; readonly other: string};
export type Catalogue = Readonly<Record<string, Readonly<Record<Language, Word>>>>;

const PWA = dirname(import.meta.dirname);
const PREFIX = 'virtual:words/';

/** Every file of words: those shared with the server, the kit's, and one per feature, so that no two people edit one file. */
export function wordFiles(): string[] {
  return [
    ...globSync('backend/core/translations/*.json', {cwd: dirname(PWA)}).map((file) => join(dirname(PWA), file)),
    ...globSync('src/**/words.json', {cwd: PWA}).map((file) => join(PWA, file)),
  ].sort();
}

/** All words merged. A key that two files claim is an error, because one of them would silently lose. */
export function catalogue(files: readonly string[] = wordFiles()): Catalogue {
  const merged: Record<string, Record<Language, Word>> = {};
  for (const file of files) {
    for (const [key, word] of Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Catalogue)) {
      if (key in merged) throw new Error(`${relative(PWA, file)}: the word "${key}" exists already`);
      merged[key] = word;
    }
  }
  return merged;
}

function inLanguage(language: Language): Record<string, Word> {
  return Object.fromEntries(Object.entries(catalogue()).map(([key, word]) => [key, word[language]]));
}

/** `import load from 'virtual:words/ms'`: fetches the catalogue in one language, a file of data of its own. */
export function words(): Plugin {
  let building = false;
  return {
    name: 'singgah-words',
    configResolved: (config) => { building = config.command === 'build'; },
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith(`\0${PREFIX}`)) return undefined;
      wordFiles().forEach((file) => this.addWatchFile(file));
      const language = basename(id) as Language;
      const source = JSON.stringify(inLanguage(language));
      if (!building) return `export default async () => (${source})`;
      const file = this.emitFile({type: 'asset', name: `words-${language}.json`, source});
      return `export default async () => (await fetch(import.meta.ROLLUP_FILE_URL_${file})).json()`;
    },
  };
}
