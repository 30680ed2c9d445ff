/** The departure check as a function of facts: what is good, doubtful or missing before somebody drives off without a network. Pure. */

export type Line =
  | 'visits' | 'checklists' | 'photos' | 'sums' | 'installed' | 'persisted' | 'room' | 'controlled' | 'version' | 'clock' | 'storage'
  | 'unsent' | 'signed_in' | 'contact' | 'battery';
export type Grade = 'ok' | 'warn' | 'fail';
export type Remedy = 'sync' | 'install' | 'persist' | 'room' | 'restart' | 'update' | 'clock' | 'rescue' | 'send' | 'sign_in' | 'charge' | null;

export interface Check {
  readonly line: Line;
  readonly grade: Grade;
  /** The one thing that mends it. */
  readonly remedy: Remedy;
}

export interface Facts {
  /** The next visits, and how many of them lack their site. */
  readonly visits: number;
  readonly broken: number;
  /** Checklists that runs name and that are not here, or whose content is not what its digest says. */
  readonly wrongChecklists: number;
  /** Photos taken here whose bytes are gone before they were sent. */
  readonly lostPhotos: number;
  /** Everything fetched, and the checksums of these visits agree with the office's. */
  readonly addsUp: boolean;
  readonly installed: boolean;
  readonly persisted: boolean;
  /** Bytes, null where the browser does not say. */
  readonly room: number | null;
  readonly controlled: boolean;
  readonly upToDate: boolean;
  /** Milliseconds that this clock is wrong, null before anybody told. */
  readonly clockOffset: number | null;
  /** A probe was there again after the database had been closed. */
  readonly keeps: boolean;
  readonly unsent: number;
  readonly signedIn: boolean;
  /** Days since the office was last heard, null for never. */
  readonly silentDays: number | null;
  /** Between 0 and 1; null where the browser does not say or it is charging. */
  readonly battery: number | null;
}

const LOW_ROOM = 200_000_000;
const ENOUGH_ROOM = 1_000_000_000;
const CLOCK_MS = 120_000;
/** The office expects a tablet to be heard within so many days. */
export const LEASE_DAYS = 14;
const LOW_BATTERY = 0.3;

export function check(facts: Facts): Check[] {
  const {room, clockOffset, silentDays, battery} = facts;
  return [
    line('visits', facts.broken > 0 ? 'fail' : 'ok', 'sync'),
    line('checklists', facts.wrongChecklists > 0 ? 'fail' : 'ok', 'sync'),
    line('photos', facts.lostPhotos > 0 ? 'fail' : 'ok', null),
    line('sums', facts.addsUp ? 'ok' : 'fail', 'sync'),
    line('installed', facts.installed ? 'ok' : 'fail', 'install'),
    line('persisted', facts.persisted ? 'ok' : 'warn', 'persist'),
    line('room', room !== null && room < LOW_ROOM ? 'fail' : room !== null && room < ENOUGH_ROOM ? 'warn' : 'ok', 'room'),
    line('controlled', facts.controlled ? 'ok' : 'fail', 'restart'),
    line('version', facts.upToDate ? 'ok' : 'warn', 'update'),
    line('clock', clockOffset === null || Math.abs(clockOffset) >= CLOCK_MS ? 'warn' : 'ok', clockOffset === null ? 'sync' : 'clock'),
    line('storage', facts.keeps ? 'ok' : 'fail', 'rescue'),
    line('unsent', facts.unsent > 0 ? 'warn' : 'ok', 'send'),
    line('signed_in', facts.signedIn ? 'ok' : 'warn', 'sign_in'),
    line('contact', silentDays === null || silentDays >= LEASE_DAYS ? 'fail' : silentDays >= LEASE_DAYS / 2 ? 'warn' : 'ok', 'sync'),
    ...(battery === null ? [] : [line('battery', battery < LOW_BATTERY ? 'warn' : 'ok', 'charge')]),
  ];
}

function line(name: Line, grade: Grade, remedy: Remedy): Check {
  return {line: name, grade, remedy: grade === 'ok' ? null : remedy};
}

export function verdict(checks: readonly Check[]): 'ready' | 'doubtful' | 'not_ready' {
  if (checks.some(({grade}) => grade === 'fail')) return 'not_ready';
  return checks.some(({grade}) => grade === 'warn') ? 'doubtful' : 'ready';
}

/** By numbers: "0.10.0" is newer than "0.9.0". */
export function isOlder(version: string, least: string | null): boolean {
  const [mine, theirs] = [version, least ?? '0'].map((text) => text.split('.').map(Number)) as [number[], number[]];
  const differs = theirs.findIndex((part, at) => part !== (mine[at] ?? 0));
  return differs >= 0 && (theirs[differs] ?? 0) > (mine[differs] ?? 0);
}
