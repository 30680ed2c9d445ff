import {useEffect, useMemo} from 'preact/hooks';
import {useSignal} from '@preact/signals';
import {opened} from '../../app/tablet.ts';
import type {Store} from '../../store/store.ts';

const PAUSE_MS = 1_000;

/** What is being typed in a run, kept sealed a second after the last key. No signal: a keystroke must not draw 500 items again. */
export class RunDrafts {
  readonly #id: string;
  readonly #store: Store;
  #fields = new Map<string, string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(id: string, store: Store) {
    this.#id = id;
    this.#store = store;
  }

  async load(): Promise<void> {
    this.#fields = new Map(Object.entries(await this.#store.draft<Record<string, string>>(this.#id) ?? {}));
  }

  /** What was typed and is no act yet, null when there is nothing. */
  get(name: string): string | null {
    return this.#fields.get(name) ?? null;
  }

  /** null: it became an act, or was given up. */
  set(name: string, value: string | null): void {
    if (value === null && !this.#fields.has(name)) return;
    if (value === null) this.#fields.delete(name);
    else this.#fields.set(name, value);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), PAUSE_MS);
  }

  /** Write now: the page is about to go. */
  flush(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const kept = this.#fields.size === 0 ? this.#store.dropDraft(this.#id) : this.#store.keepDraft(this.#id, Object.fromEntries(this.#fields));
    kept.catch((fault: unknown) => { console.error(fault); });
  }
}

/** The drafts of a run, null until those of an earlier start have been read. */
export function useRunDrafts(run: string): RunDrafts | null {
  const {store} = opened();
  const drafts = useMemo(() => new RunDrafts(run, store), [run]);
  const ready = useSignal(false);
  useEffect(() => {
    void drafts.load().then(() => { ready.value = true; });
    const hidden = () => { if (document.visibilityState === 'hidden') drafts.flush(); };
    document.addEventListener('visibilitychange', hidden);
    return () => {
      document.removeEventListener('visibilitychange', hidden);
      drafts.flush();
    };
  }, [drafts]);
  return ready.value ? drafts : null;
}
