import {Shell, type Channel} from '../exchange/shell.ts';
import type {BlobRow} from '../exchange/types.ts';
import {Sender} from '../net/sender.ts';
import {machine} from './machine.ts';
import {credentials, http, lock, syncStatus, type Tablet} from './tablet.ts';

let shell: Shell | null = null;
let silence: () => void = () => {};

/** Begin to exchange with the server, or wait for the window that does. */
export function startExchange({store, owner}: Tablet): void {
  const name = `singgah-${owner.person}`;
  const running = new Shell({
    store, machine,
    sender: new Sender(http, credentials, (visit, digest) => store.photos.bytes(visit, digest)),
    channel: new BroadcastChannel(name) as unknown as Channel,
    lead: (until, led) => navigator.locks.request(name, async () => { led(); await until; }),
    alarm: oneAlarm(),
    say: (status) => { syncStatus.value = status; },
    obey: (directives) => { void store.note(`directives ${directives.map((each) => Object.keys(each).join()).join()}`); },
    broke: (fault) => { console.error(fault); void store.note(String(fault)); },
  });
  shell = running;
  silence = listen(running);
  running.start();
}

/** An act lies in the store: send it soon. */
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

// `navigator.onLine` only hurries: it may say yes in a lift and no on a good line.
function listen(running: Shell): () => void {
  const online = () => running.tell({kind: 'online'});
  const offline = () => running.tell({kind: 'offline'});
  const seen = () => running.tell({kind: document.visibilityState === 'visible' ? 'visible' : 'hidden'});
  addEventListener('online', online);
  addEventListener('offline', offline);
  document.addEventListener('visibilitychange', seen);
  return () => {
    removeEventListener('online', online);
    removeEventListener('offline', offline);
    document.removeEventListener('visibilitychange', seen);
  };
}

function oneAlarm(): (at: number, ring: () => void) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (at, ring) => {
    clearTimeout(timer);
    timer = setTimeout(ring, Math.max(0, at - machine.now()));
  };
}
