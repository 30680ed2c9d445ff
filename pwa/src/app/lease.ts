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

/** Screens that show nothing of the office's, and lead back to it. */
export const OPEN_WITHOUT = new Set(['sync', 'sign_in', 'readmission', 'more']);
