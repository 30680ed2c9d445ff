import {type Draft, useDraft} from '../visit/shared.ts';
import type {Ink} from './ink.ts';

/** What was typed and drawn for a sign-off that is not signed yet. A lock or a call loses none of it. */
export interface SignDraft {
  readonly ready: boolean;
  readonly ink: Ink | null;
  readonly get: (name: Name) => string;
  readonly set: (name: Name, value: string) => void;
  readonly setInk: (ink: Ink | null) => void;
  readonly clear: () => void;
}

export const NAMES = ['locale', 'meaning', 'visit_outcome', 'open', 'contact', 'name', 'capacity', 'reference', 'remark', 'reason', 'words'] as const;
export type Name = (typeof NAMES)[number];

export function useSignDraft(visit: string): SignDraft {
  const draft: Draft = useDraft(visit);
  const ink = draft.fields['sign.ink'] ?? '';
  return {
    ready: draft.ready,
    ink: ink === '' ? null : JSON.parse(ink) as Ink,
    get: (name) => draft.fields[`sign.${name}`] ?? '',
    set: (name, value) => draft.set(`sign.${name}`, value),
    setInk: (drawn) => draft.set('sign.ink', drawn === null ? '' : JSON.stringify(drawn)),
    clear: () => draft.clear('sign.ink', ...NAMES.map((name) => `sign.${name}`)),
  };
}
