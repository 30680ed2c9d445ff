import {type Draft, useDraft} from '../visit/shared.ts';
import type {Ink} from './ink.ts';

/** What was typed and drawn for a sign-off that is not signed yet. A lock or a call loses none of it. */
export interface SignDraft {
  readonly ready: boolean;
  readonly ink: Ink | null;
  readonly get: (name: Name) => string;
  readonly set: (name: Name, value: string) => void;
  /** Several in one go. */
  readonly change: (fields: Partial<Record<Name, string>>) => void;
  readonly setInk: (ink: Ink | null) => void;
  readonly clear: () => void;
}

/** `page`: digest of the page under which the ink was drawn. */
export const NAMES = ['locale', 'meaning', 'visit_outcome', 'open', 'contact', 'name', 'capacity', 'reference', 'remark', 'reason', 'words', 'page', 'ink'] as const;
export type Name = (typeof NAMES)[number];

// The visit's other forms keep their fields in the same draft.
const place = (name: Name) => `sign.${name}`;

export function useSignDraft(visit: string): SignDraft {
  const draft: Draft = useDraft(visit);
  const get = (name: Name) => draft.fields[place(name)] ?? '';
  const change: SignDraft['change'] = (fields) => draft.change(Object.fromEntries(Object.entries(fields).map(([name, value]) => [place(name as Name), value])));
  return {
    ready: draft.ready,
    ink: get('ink') === '' ? null : JSON.parse(get('ink')) as Ink,
    get,
    set: (name, value) => change({[name]: value}),
    change,
    setInk: (drawn) => change({ink: drawn === null ? '' : JSON.stringify(drawn)}),
    clear: () => draft.clear(...NAMES.map(place)),
  };
}
