import {signal} from '@preact/signals';

/** Chromium's offer to install the app; other browsers have it in their menus. */
interface Offer extends Event {
  prompt(): Promise<unknown>;
}

const offer = signal<Offer | null>(null);

addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  offer.value = event as Offer;
});

/** Ask the browser to install the app; null where it makes no offer. Needs a tap. */
export function installer(): (() => Promise<void>) | null {
  const made = offer.value;
  if (made === null) return null;
  return async () => {
    offer.value = null;
    await made.prompt();
  };
}
