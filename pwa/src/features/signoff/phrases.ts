/** The words of the sign-off in the client's language: the same file that the server reads. */
import WORDS from '../../../../backend/signoff/words.json' with {type: 'json'};

export const LOCALES = ['en', 'ms', 'zh'] as const;
export type Locale = (typeof LOCALES)[number];
const TEMPLATE_VERSION = 2;
/** Singapore and all of Malaysia keep UTC+8 the year round, so the page needs no time zone data. */
const LOCAL_MS = 8 * 3_600_000;

/** The text of `key` with each {name} replaced; a value is taken as it is, braces included. */
export function phrase(key: string, locale: Locale, values: Readonly<Record<string, string>> = {}): string {
  const text = (WORDS as Record<string, Record<Locale, string>>)[key]?.[locale];
  if (text === undefined) throw new Error(`no phrase ${key} in ${locale}`);
  const [head = '', ...parts] = text.split('{');
  return head + parts.map((part) => {
    const end = part.indexOf('}');
    return (values[part.slice(0, end)] ?? '') + part.slice(end + 1);
  }).join('');
}

/** How the record names the words that were shown, for example `signoff-ms@2`. */
export function templateName(locale: Locale): string {
  return `signoff-${locale}@${TEMPLATE_VERSION}`;
}

/** `2026-11-24 09:05` in local time, from RFC 3339 UTC with milliseconds. */
export function localMinute(at: string): string {
  return new Date(Date.parse(at) + LOCAL_MS).toISOString().slice(0, 16).replace('T', ' ');
}

/** Names one after the other, with the comma of the language. */
export function listed(names: readonly string[], locale: Locale): string {
  return names.join(locale === 'zh' ? '、' : ', ');
}
