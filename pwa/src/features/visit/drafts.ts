import {useSignal} from '@preact/signals';
import {useEffect, useRef} from 'preact/hooks';
import {opened} from '../../app/tablet.ts';

const PAUSE_MS = 1_000;

type Fields = Readonly<Record<string, string>>;

export interface Draft {
  /** False until what was kept before has been read. */
  readonly ready: boolean;
  readonly fields: Fields;
  readonly set: (name: string, value: string) => void;
  /** The fields became an act, or were given up. */
  readonly clear: (...names: readonly string[]) => void;
}

/** What is typed but not yet an act, kept sealed a second after the last key, so that a dead battery loses no sentence. `id` is a UUID. */
export function useDraft(id: string): Draft {
  const fields = useSignal<Fields | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const {store} = opened();
  const save = () => {
    clearTimeout(timer.current);
    timer.current = undefined;
    const now = fields.peek() ?? {};
    void (Object.keys(now).length === 0 ? store.dropDraft(id) : store.keepDraft(id, now)).catch((fault: unknown) => { console.error(fault); });
  };
  const become = (next: Fields) => {
    fields.value = next;
    clearTimeout(timer.current);
    timer.current = setTimeout(save, PAUSE_MS);
  };
  useEffect(() => {
    void store.draft<Fields>(id).then((kept) => { fields.value = {...kept, ...fields.peek()}; });
    const hidden = () => { if (document.visibilityState === 'hidden' && timer.current !== undefined) save(); };
    document.addEventListener('visibilitychange', hidden);
    return () => {
      document.removeEventListener('visibilitychange', hidden);
      if (timer.current !== undefined) save();
    };
  }, [id]);
  return {
    ready: fields.value !== null,
    fields: fields.value ?? {},
    set: (name, value) => become({...fields.peek(), [name]: value}),
    clear: (...names) => become(names.length === 0 ? {} : Object.fromEntries(Object.entries(fields.peek() ?? {}).filter(([name]) => !names.includes(name)))),
  };
}
