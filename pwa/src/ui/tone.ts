/** What a colour says. Always beside a word or an icon, never alone. */
export type Tone = 'ok' | 'warn' | 'fail' | 'info' | 'neutral' | 'accent';

export function toneClass(tone: Tone): string {
  return `tone--${tone}`;
}

/** Class names that apply, joined. */
export function classes(...names: readonly (string | false | undefined)[]): string {
  return names.filter(Boolean).join(' ');
}
