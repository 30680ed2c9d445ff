import {signal, type Signal} from '@preact/signals';
import {useEffect} from 'preact/hooks';
import {opened} from '../../app/tablet.ts';
import type {Store} from '../../store/store.ts';

const PAUSE_MS = 1_000;

type Fields = Readonly<Record<string, string>>;

export interface Draft {
  /** False until what was kept before has been read. */
  readonly ready: boolean;
  readonly fields: Fields;
  readonly set: (name: string, value: string) => void;
  /** Several fields in one go. */
  readonly change: (fields: Fields) => void;
  /** The fields became an act, or were given up. */
  readonly clear: (...names: readonly string[]) => void;
}

/** One thing's draft while the tablet is open: all its forms write the same fields, so none keeps an older state over another's. */
class Keeper {
  readonly fields: Signal<Fields | null> = signal(null);
  readonly #id: string;
  readonly #store: Store;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(id: string, store: Store) {
    this.#id = id;
    this.#store = store;
    void store.draft<Fields>(id).then((kept) => { this.fields.value = {...kept, ...this.fields.peek()}; });
  }

  become(next: Fields): void {
    this.fields.value = next;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.save(), PAUSE_MS);
  }

  /** What was typed since the last time goes to the disk now. */
  save(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const now = this.fields.peek() ?? {};
    void (Object.keys(now).length === 0 ? this.#store.dropDraft(this.#id) : this.#store.keepDraft(this.#id, now)).catch((fault: unknown) => { console.error(fault); });
  }
}

const keepers = new WeakMap<Store, Map<string, Keeper>>();

function keeperOf(id: string, store: Store): Keeper {
  const known = keepers.get(store) ?? new Map<string, Keeper>();
  keepers.set(store, known);
  const keeper = known.get(id) ?? new Keeper(id, store);
  known.set(id, keeper);
  return keeper;
}

/** What is typed but not yet an act, kept sealed a second after the last key, so that a dead battery loses no sentence. `id` is a UUID. */
export function useDraft(id: string): Draft {
  const keeper = keeperOf(id, opened().store);
  useEffect(() => {
    const hidden = () => { if (document.visibilityState === 'hidden') keeper.save(); };
    document.addEventListener('visibilitychange', hidden);
    return () => {
      document.removeEventListener('visibilitychange', hidden);
      keeper.save();
    };
  }, [keeper]);
  const change = (fields: Fields) => keeper.become({...keeper.fields.peek(), ...fields});
  return {
    ready: keeper.fields.value !== null,
    fields: keeper.fields.value ?? {},
    set: (name, value) => change({[name]: value}),
    change,
    clear: (...names) => keeper.become(names.length === 0 ? {} : Object.fromEntries(Object.entries(keeper.fields.peek() ?? {}).filter(([name]) => !names.includes(name)))),
  };
}
