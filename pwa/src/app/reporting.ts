import {APP} from './version.ts';
import {isInstalled, machine} from './machine.ts';
import {http, opened, syncStatus} from './tablet.ts';
import type {Wire} from '../net/wire.ts';
import {Unreachable} from '../net/http.ts';
import {obey} from './wiping.ts';

type Report = Wire<'Report'>;
/** What the departure check found last; before it ran, nothing is known to be wrong and nothing to be right. */
export type Readiness = Pick<Report, 'readiness' | 'lacking'>;

let found: Readiness = {readiness: 'doubtful', lacking: []};

export function noteReadiness(now: Readiness): void {
  found = now;
}

/** Tell the office how this tablet is, and hear whether it is to do anything. Needs no session. Does nothing without a network. */
export async function reportState(): Promise<void> {
  const {owner, store, signer} = opened();
  const json = await reportOf();
  try {
    const told = await http.ask({method: 'POST', path: `/api/v1/devices/${store.memory.meta.device}/state`, json, credentials: {signer, sessionHash: null}});
    const {directives = []} = (told.body ?? {}) as {directives?: {wipe?: string}[]};
    if (told.status === 200 && owner.device === store.memory.meta.device) await obey(directives);
  } catch (fault) {
    if (!(fault instanceof Unreachable)) throw fault;
  }
}

async function reportOf(): Promise<Report> {
  const {meta} = opened().store.memory;
  const [room, persisted] = await Promise.all([machine.room(), navigator.storage?.persisted?.() ?? false]);
  const status = syncStatus.value;
  return {
    app: APP.version, standalone: isInstalled(), persisted, controlled: navigator.serviceWorker?.controller !== null,
    free_mb: room === null ? null : Math.max(0, Math.floor(room / 1e6)), offset_ms: http.offset === null ? null : Math.round(http.offset),
    made_n: meta.nextN - 1, unsent: meta.nextN - 1 - meta.ackedN, photos: status?.unsentBlobs.count ?? 0, photo_bytes: status?.unsentBlobs.bytes ?? 0, ...found,
  };
}
