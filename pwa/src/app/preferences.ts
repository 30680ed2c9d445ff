import {signal} from '@preact/signals';
import {type Language, LANGUAGES, language, preferredLanguage, speak} from '../i18n/i18n.ts';

/** How the screen looks and speaks. Needed before the PIN, and nothing personal, so it lies in clear. */
export type Theme = 'system' | 'light' | 'dark';

const LANGUAGE = 'singgah-language';
const THEME = 'singgah-theme';

const PHOTOS = 'singgah-photos';

/** Photos wait for Wi-Fi. */
export const wifiOnly = signal(false);

export const theme = signal<Theme>('system');

export async function applyPreferences(): Promise<void> {
  wifiOnly.value = localStorage.getItem(PHOTOS) === 'wifi';
  setTheme(localStorage.getItem(THEME) as Theme | null ?? 'system');
  const kept = LANGUAGES.find((each) => each === localStorage.getItem(LANGUAGE));
  await setLanguage(kept ?? preferredLanguage(navigator.languages));
}

export async function setLanguage(wanted: Language): Promise<void> {
  await speak(wanted);
  localStorage.setItem(LANGUAGE, wanted);
  document.documentElement.lang = {en: 'en', ms: 'ms', zh: 'zh-Hans'}[language.value];
}

export function setWifiOnly(wanted: boolean): void {
  wifiOnly.value = wanted;
  localStorage.setItem(PHOTOS, wanted ? 'wifi' : 'any');
}

export function setTheme(wanted: Theme): void {
  theme.value = wanted;
  localStorage.setItem(THEME, wanted);
  if (wanted === 'system') document.documentElement.removeAttribute('data-theme');
  else document.documentElement.dataset['theme'] = wanted;
}
