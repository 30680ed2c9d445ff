import {signal} from '@preact/signals';
import en from 'virtual:words/en';
import ms from 'virtual:words/ms';
import zh from 'virtual:words/zh';

export const LANGUAGES = ['en', 'ms', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];
export type Vars = Readonly<Record<string, string | number>>;

/** A key that was marked with `key()` where it stands in the source, so that it may travel through a variable. */
export type WordKey = string & {readonly wordKey: true};
type Key<K extends string> = string extends K ? WordKey : K;

type Word = string | {readonly one: string; readonly other: string};
type Words = Readonly<Record<string, Word>>;

const BCP47: Record<Language, string> = {en: 'en-SG', ms: 'ms-MY', zh: 'zh-Hans-SG'};
const FETCH: Record<Language, () => Promise<Words>> = {en, ms, zh};
const loaded = new Map<Language, Words>();

/** The language of this person's screens. Change it with `speak`. */
export const language = signal<Language>('en');

/** Load a language's words. Needed once before `speak` or `translator`; they stay loaded. */
export async function loadLanguage(wanted: Language): Promise<void> {
  if (!loaded.has(wanted)) loaded.set(wanted, await FETCH[wanted]());
}

/** Switch all screens to a language. */
export async function speak(wanted: Language): Promise<void> {
  await loadLanguage(wanted);
  language.value = wanted;
}

/** The first of the browser's languages that we have, else English. Bahasa Indonesia readers get Malay. */
export function preferredLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const base = tag.toLowerCase().split('-')[0] ?? '';
    if (base === 'id') return 'ms';
    const found = LANGUAGES.find((each) => each === base);
    if (found !== undefined) return found;
  }
  return 'en';
}

/** Marks a key that is looked up later: `const NAMES = {pass: key('answer.pass')}`, then `t(NAMES[answer])`. */
export function key(literal: string): WordKey {
  return literal as WordKey;
}

/** The words for a key in the language of the screen, `{name}` filled from `vars`. */
export function t<const K extends string>(wanted: Key<K>, vars: Vars = {}): string {
  return say(language.value, wanted, vars);
}

/** The same for a counted thing: the form that fits `n`, which is also filled in as `{n}`. */
export function tn<const K extends string>(wanted: Key<K>, n: number, vars: Vars = {}): string {
  return count(language.value, wanted, n, vars);
}

export interface Translator {
  readonly language: Language;
  readonly locale: string;
  readonly t: typeof t;
  readonly tn: typeof tn;
}

/** Words in one fixed language, whatever the screen speaks: for the page that is handed to the client. Load it first. */
export function translator(fixed: Language): Translator {
  return {
    language: fixed,
    locale: BCP47[fixed],
    t: (wanted, vars = {}) => say(fixed, wanted, vars),
    tn: (wanted, n, vars = {}) => count(fixed, wanted, n, vars),
  };
}

/** The tag for Intl and for `lang` attributes. */
export function locale(): string {
  return BCP47[language.value];
}

function say(spoken: Language, wanted: string, vars: Vars): string {
  const word = wordFor(spoken, wanted);
  return fill(typeof word === 'string' ? word : word.other, vars);
}

function count(spoken: Language, wanted: string, n: number, vars: Vars): string {
  const word = wordFor(spoken, wanted);
  const form = typeof word === 'string' ? word : new Intl.PluralRules(BCP47[spoken]).select(n) === 'one' ? word.one : word.other;
  return fill(form, {n, ...vars});
}

function wordFor(spoken: Language, wanted: string): Word {
  const word = loaded.get(spoken)?.[wanted];
  if (word === undefined) throw new Error(`no word "${wanted}" in ${spoken}`);
  return word;
}

function fill(text: string, vars: Vars): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(vars[name] ?? missing(text, name)));
}

function missing(text: string, name: string): never {
  throw new Error(`"${text}" needs ${name}`);
}
