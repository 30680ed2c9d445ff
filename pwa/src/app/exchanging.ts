import {type Channel, Shell} from '../exchange/shell.ts';
import {Sender} from '../net/sender.ts';
import {line, machine} from './machine.ts';
import {wifiOnly} from './preferences.ts';
import {credentials, http, readSession, renewDevice, sessionHash, syncStatus, tablet, type Tablet} from './tablet.ts';
import {lookForUpdate} from './update.ts';

/** How often the office is told how this tablet is. */
const REPORT_MS = 15 * 60_000;
/** How often a tablet that must be confirmed again asks whether it is. */
const ASK_MS = 15_000;

/** Hardly ever needed, so it comes when it is. */
const readmission = () => import('./readmission.ts');

/** Engine, store and net of this person, joined; one window at a time leads. */
export function makeShell({store, owner}: Tablet): Shell {
  const name = `singgah-${owner.person}`;
  let stated = false;
  // What broke may be the storage itself: then the note fails too, and that is no news.
  const broke = (fault: unknown) => { console.error(fault); store.note(String(fault)).catch(() => undefined); };
  return new Shell({
    store, machine,
    sender: new Sender(http, credentials, (visit, digest) => store.photos.bytes(visit, digest)),
    channel: new BroadcastChannel(name) as unknown as Channel,
    lead: (until, led) => navigator.locks.request(name, async () => { led(); await until; }),
    signedInElsewhere: () => readSession(store),
    spares,
    alarm: oneAlarm(),
    say: (status) => {
      syncStatus.value = status;
      if (!stated && status.lastContact !== null && tablet.value?.owner.status === 'active') {
        const now = tablet.value;
        stated = true;
        import('./statement.ts').then(({keepStatement}) => keepStatement(now)).then((kept) => { stated = kept; }).catch(broke);
      }
      if (status.closed.pull === 'app_too_old') void lookForUpdate();
      if (status.stranger) readmission().then(({seemsUnknown}) => (tablet.value?.store === store ? seemsUnknown() : undefined)).catch(broke);
    },
    rekeyed: renewDevice,
    obey: (directives) => { void import('./wiping.ts').then(({obey}) => obey(directives)).catch(broke); },
    broke,
  });
}

/** By whichever window shows itself; the server takes 30 an hour and keeps the last. */
function report(): void {
  if (tablet.value === null || document.visibilityState !== 'visible') return;
  import('./reporting.ts').then(({reportState}) => (tablet.value === null ? undefined : reportState())).catch((fault: unknown) => { console.error(fault); });
}

/**
 * Tell it what the machine says of network and screen; returns how to stop.
 * `navigator.onLine` only hurries: it may say yes in a lift and no on a good line.
 */
export function listen(running: Shell): () => void {
  const online = () => running.tell({kind: 'online'});
  const offline = () => running.tell({kind: 'offline'});
  const seen = () => running.tell({kind: document.visibilityState === 'visible' ? 'visible' : 'hidden'});
  addEventListener('online', online);
  addEventListener('offline', offline);
  document.addEventListener('visibilitychange', seen);
  const spare = () => running.tell({kind: 'spare', photos: spares()});
  line()?.events.addEventListener('change', spare);
  const forget = wifiOnly.subscribe(spare);
  const asking = setInterval(() => {
    if (tablet.value?.owner.again !== undefined && sessionHash.value !== null) readmission().then(({askAdmission}) => askAdmission()).catch((fault: unknown) => { console.error(fault); });
  }, ASK_MS);
  const reporting = setInterval(report, REPORT_MS);
  report();
  return () => {
    clearInterval(asking);
    forget();
    line()?.events.removeEventListener('change', spare);
    clearInterval(reporting);
    removeEventListener('online', online);
    removeEventListener('offline', offline);
    document.removeEventListener('visibilitychange', seen);
  };
}

function spares(): boolean {
  return wifiOnly.value && line()?.type === 'cellular';
}

function oneAlarm(): (at: number, ring: () => void) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (at, ring) => {
    clearTimeout(timer);
    timer = setTimeout(ring, Math.max(0, at - machine.now()));
  };
}
