import type {Network} from '../net/http.ts';
import type {Machine} from '../store/database.ts';
import {uuid7} from '../sync/ids.ts';

/** The only place that asks the machine for time, chance, storage and network. Everything else is told. */
export const machine: Machine & Network = {
  indexedDB,
  IDBKeyRange,
  fetch: (...asked) => fetch(...asked),
  origin: location.origin,
  now: () => Date.now(),
  mono: () => Math.round(performance.now()),
  random: (length) => crypto.getRandomValues(new Uint8Array(length)),
  newId: () => uuid7(Date.now(), crypto.getRandomValues(new Uint8Array(10))),
  wait: (ms) => new Promise((resolve) => { setTimeout(resolve, ms); }),
  // Safari before 17 and private windows have no estimate: then a full disk is found when writing.
  room: async () => {
    const {quota, usage} = await navigator.storage?.estimate?.() ?? {};
    return quota === undefined || usage === undefined ? null : quota - usage;
  },
};

/** Ask the browser not to throw our storage away. False where it refuses or does not know the question. */
export async function persistStorage(): Promise<boolean> {
  return await navigator.storage?.persisted?.() === true || await navigator.storage?.persist?.() === true;
}

interface Line extends EventTarget {
  readonly type?: string;
}

/** How the tablet is connected ("wifi", "cellular" …), and who tells when that changes; null where the browser does not say. */
export function line(): {readonly type: string; readonly events: EventTarget} | null {
  const found = (navigator as {connection?: Line}).connection;
  return found?.type === undefined ? null : {type: found.type, events: found};
}

/** Whether the app runs in a window of its own, not in a browser's tab. */
export function isInstalled(): boolean {
  return matchMedia('(display-mode: standalone), (display-mode: fullscreen)').matches || (navigator as {standalone?: boolean}).standalone === true;
}

/** iPhone and iPad, whose tabs forget all storage after seven days. An iPad calls itself a Mac, but a Mac has no touch. */
export function isApple(): boolean {
  return /iPhone|iPad|iPod/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
}
