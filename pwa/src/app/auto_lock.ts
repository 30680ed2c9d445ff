/** identity.md 5.5: five minutes, fifteen while the person is inside a visit. */
const IDLE_MS = 5 * 60_000;
const IDLE_IN_VISIT_MS = 15 * 60_000;

/** Says when nobody has touched the tablet for too long. Ask it on a timer and whenever the app comes back into view. */
export class AutoLock {
  readonly #now: () => number;
  readonly #inVisit: () => boolean;
  #lastTouch: number;

  constructor(now: () => number, inVisit: () => boolean) {
    this.#now = now;
    this.#inVisit = inVisit;
    this.#lastTouch = now();
  }

  touched(): void {
    this.#lastTouch = this.#now();
  }

  /** A clock that was set back does not keep the tablet open. */
  isDue(): boolean {
    const idle = this.#now() - this.#lastTouch;
    return idle < 0 || idle >= (this.#inVisit() ? IDLE_IN_VISIT_MS : IDLE_MS);
  }
}
