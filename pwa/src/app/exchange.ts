import type {Shell} from '../exchange/shell.ts';
import type {BlobRow} from '../exchange/types.ts';
import {lock, type Tablet, tablet} from './tablet.ts';

let shell: Shell | null = null;
let silence: () => void = () => {};

/** Begin to exchange with the server, or wait for the window that does. Its code comes after the first screen. */
export async function startExchange(open: Tablet): Promise<void> {
  const {listen, makeShell} = await import('./exchanging.ts');
  // Locked meanwhile, or another person's; what is known of the owner may have changed.
  if (tablet.value?.store !== open.store) return;
  shell = makeShell(open);
  silence = listen(shell);
  shell.start();
}

/** An act lies in the store: send it soon. Before the exchange has begun nothing need be said: it begins by reading the store. */
export function acted(n: number, blobs: BlobRow[]): void {
  shell?.acted(n, blobs);
}

/** Somebody signed in, or the person asks for news. */
export function nudge(what: 'signed_in' | 'poked'): void {
  shell?.nudge(what);
}

/** Lock this tablet now. */
export function lockUp(): void {
  silence();
  shell?.stop();
  shell = null;
  lock();
}
