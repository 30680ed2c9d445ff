import {computed, signal} from '@preact/signals';

const BASE = '/app/';

/** Where the tablet stands, without the base: "visit/0192…" or "" for today. */
export const path = signal('');

export interface Place {
  /** The first segment; "" is today. */
  readonly screen: string;
  /** The further segments, decoded. */
  readonly rest: readonly string[];
}

export const place = computed<Place>(() => {
  const [screen = '', ...rest] = path.value.split('/').filter((part) => part !== '').map(decodeURIComponent);
  return {screen, rest};
});

/** Go to a screen: `go('visit', id)`. Back leads to where the person was. */
export function go(...segments: readonly string[]): void {
  moveTo(segments, 'pushState');
}

/** Go there without a way back to the present screen. */
export function replace(...segments: readonly string[]): void {
  moveTo(segments, 'replaceState');
}

/** One step back inside the app, or to `fallback` when the app was opened here. */
export function back(...fallback: readonly string[]): void {
  if (history.state?.inside === true) history.back();
  else replace(...fallback);
}

/** The address of a screen, for `href`. */
export function href(...segments: readonly string[]): string {
  return BASE + segments.map(encodeURIComponent).join('/');
}

/** Start following the address bar; once, at start. */
export function followAddress(): void {
  const read = () => { path.value = location.pathname.startsWith(BASE) ? location.pathname.slice(BASE.length) : ''; };
  read();
  addEventListener('popstate', read);
  document.addEventListener('click', followLink);
}

function moveTo(segments: readonly string[], how: 'pushState' | 'replaceState'): void {
  const inside = how === 'pushState' || history.state?.inside === true;
  history[how]({inside}, '', href(...segments));
  path.value = segments.map(encodeURIComponent).join('/');
  scrollTo(0, 0);
}

// Links stay plain <a href>, so that a long press and a screen reader know them as links.
function followLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link === null || link.origin !== location.origin || !link.pathname.startsWith(BASE) || link.target !== '') return;
  event.preventDefault();
  go(...link.pathname.slice(BASE.length).split('/').filter((part) => part !== '').map(decodeURIComponent));
}
