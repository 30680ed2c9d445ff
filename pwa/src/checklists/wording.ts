/** Text as both languages must see it: explicit white space, one line ending, code points counted. */

// Written out because str.strip() and String.trim() disagree (U+001C..U+001F, U+0085, U+FEFF).
const TRIMMED = new Set(
  '\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a' +
    '\u200b\u2028\u2029\u202f\u205f\u3000\ufeff',
);
// With the flag `u` a surrogate that has its partner is one code point, so this finds only those that stand alone.
const LONE_SURROGATE = /[\ud800-\udfff]/u;
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/;

/** Take the characters of TRIMMED, and no others, from both ends. */
export function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && TRIMMED.has(text.charAt(start))) start += 1;
  while (end > start && TRIMMED.has(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** False when a surrogate stands alone, which no UTF-8 text can carry. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

/** True when a control character is inside; with `lines`, tab and line feed are allowed. */
export function hasControl(text: string, lines: boolean): boolean {
  return CONTROL.test(text) || (!lines && (text.includes('\t') || text.includes('\n')));
}

export function isNfc(text: string): boolean {
  return text.normalize('NFC') === text;
}

/** NFC, every line ending a line feed, trimmed. The text must be well formed. */
export function tidy(text: string): string {
  return trim(text.normalize('NFC').replaceAll('\r\n', '\n').replaceAll('\r', '\n'));
}

/** How many code points a text has; `length` counts UTF-16 units. */
export function lengthOf(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
