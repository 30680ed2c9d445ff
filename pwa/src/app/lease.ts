/** identity.md 5.3: how long what the office shared may be read without its having been heard. */
const LEASE_MS = 14 * 86_400_000;

/**
 * Whether a tablet has been without the office for too long to show what it holds. `lastContact` null: it never had any.
 * Sending needs no lease: what waits goes as soon as somebody signs in. A clock that is set back prolongs it; the disk
 * encryption of the tablet is what then still protects.
 */
export function isOver(lastContact: number | null, now: number): boolean {
  return lastContact !== null && now - lastContact > LEASE_MS;
}

const SAYS_SO = 'lease';
/** Screens that show nothing of the office's, and lead back to it or bring the work out. */
const OPEN_WITHOUT = new Set(['sync', 'sign_in', 'readmission', 'more', 'rescue', 'bring_in']);

/** Which screen stands at an address; the one that says that the lease is over says it only while it is. */
export function screenFor(asked: string, over: boolean): string {
  if (!over) return asked === SAYS_SO ? '' : asked;
  return OPEN_WITHOUT.has(asked) ? asked : SAYS_SO;
}
