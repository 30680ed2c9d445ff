/** Between RFC 3339 UTC, as acts carry it, and what a `datetime-local` field shows in the tablet's own zone. */

/** "2026-11-24T09:14" */
export function asTyped(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** Milliseconds since 1970 UTC, null when it is no moment. */
export function asMeant(typed: string): number | null {
  const at = new Date(typed).getTime();
  return Number.isNaN(at) ? null : at;
}

/** As acts want it. */
export function instant(at: number): string {
  return new Date(at).toISOString();
}

/** Whole minutes between two moments, at least 0. */
export function minutesBetween(from: string, to: string): number {
  return Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 60_000));
}

/** The tablet's own midnight before `at`. */
export function dayStart(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
