import {isInstalled, machine} from '../../app/machine.ts';
import type {Checklist, Run, Visit} from '../../app/rows.ts';
import {http, opened, sessionHash, syncStatus} from '../../app/tablet.ts';
import {update} from '../../app/update.ts';
import {APP} from '../../app/version.ts';
import type {Row, View} from '../../app/view.ts';
import {canonicalBytes} from '../../checklists/digest.ts';
import {sha256, toHex} from '../../store/bytes.ts';
import {daysOf} from '../today/shared.ts';
import {type Facts, isOlder} from './rules.ts';

/** More visits than anybody makes before there is a network again. */
const NEXT = 8;
const DAY_MS = 86_400_000;

type Battery = {readonly level: number; readonly charging: boolean};

/** Look at everything that can be looked at without a network. */
export async function gather(view: View): Promise<Facts> {
  const visits = nextVisits(view);
  const {store} = opened();
  const {meta, blobs} = store.memory;
  const status = syncStatus.value;
  const runs = visits.flatMap(({id}) => view.ofVisit<Run>('run', id));
  const waiting = [...blobs.values()].filter(({state}) => state !== 'complete');
  const battery = await (navigator as {getBattery?: () => Promise<Battery>}).getBattery?.().catch(() => null);
  const ours = new Set(visits.map(({id}) => `v:${id}`));
  return {
    visits: visits.length,
    broken: visits.filter(({site}) => view.get('site', site) === null).length,
    wrongChecklists: await wrongChecklists(view, runs),
    lostPhotos: await count(waiting, async ({visit, sha256: digest}) => await store.photos.bytes(visit, digest).catch(() => null) === null),
    addsUp: meta.staged === null && !meta.bootstrapping && meta.cursor !== null && !(status?.divergence ?? []).some((audience) => ours.has(audience)),
    installed: isInstalled(),
    persisted: await navigator.storage?.persisted?.() ?? false,
    room: await machine.room(),
    controlled: navigator.serviceWorker?.controller != null,
    upToDate: update.value === 'none' && !isOlder(APP.version, meta.minApp),
    clockOffset: http.offset,
    keeps: await store.survivesReopening().catch(() => false),
    unsent: meta.nextN - 1 - meta.ackedN + waiting.length,
    signedIn: sessionHash.value !== null && status?.signedOut !== true,
    silentDays: meta.lastContact === null ? null : Math.max(0, Math.floor((machine.now() - meta.lastContact) / DAY_MS)),
    battery: battery == null || battery.charging ? null : battery.level,
  };
}

function nextVisits(view: View): readonly Row<Visit>[] {
  const {person} = opened().owner;
  const {late, today, coming} = daysOf(view.all<Visit>('visit').filter(({engineers}) => engineers.includes(person)), machine.now());
  return [...late, ...today, ...coming].filter(({state}) => state !== 'completed' && state !== 'cancelled').slice(0, NEXT);
}

/** Pinned by their digest: what is here under it must be what it names. */
async function wrongChecklists(view: View, runs: readonly Row<Run>[]): Promise<number> {
  const here = new Map(view.all<Checklist>('checklist').map((checklist) => [checklist.digest, checklist.definition]));
  const named = [...new Set(runs.map(({checklist}) => checklist))];
  return count(named, async (digest) => !here.has(digest) || toHex(await sha256(canonicalBytes(here.get(digest)))) !== digest);
}

async function count<T>(all: readonly T[], isWrong: (one: T) => Promise<boolean>): Promise<number> {
  let wrong = 0;
  for (const one of all) if (await isWrong(one)) wrong += 1;
  return wrong;
}
