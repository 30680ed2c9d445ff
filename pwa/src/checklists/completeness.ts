/** What is still missing (rule C6). */

import {isAnswerable} from './definition.ts';
import type {Item} from './definition.ts';

export interface Missing {
  readonly item: string;
  readonly what: 'answer' | 'remark' | 'photo';
}

/** What a run holds for one asked item. `photoWaived`: the place allows no photo, a witness says so. */
export interface Held {
  readonly answered: boolean;
  readonly required: boolean;
  readonly remark: string;
  readonly photos: number;
  readonly photoWaived: boolean;
}

/** What one asked item lacks, in the order answer, remark, photo. */
export function missingOf(item: Item, held: Held, verdict: string): Missing[] {
  return [...unanswered(item, held), ...undemonstrated(item, held, verdict)].map((what) => ({item: item.id, what}));
}

function unanswered(item: Item, held: Held): Missing['what'][] {
  if (held.answered || !held.required || !isAnswerable(item.type)) return [];
  if (item.type === 'photo') return held.photoWaived ? [] : ['photo'];
  return ['answer'];
}

/** A failed answer may demand a remark and a photo. */
function undemonstrated(item: Item, held: Held, verdict: string): Missing['what'][] {
  if (item.onFail === null || verdict !== 'fail') return [];
  const lacking: Missing['what'][] = [];
  if (held.remark === '' && item.onFail.require.includes('remark')) lacking.push('remark');
  if (held.photos < 1 && !held.photoWaived && item.onFail.require.includes('photo')) lacking.push('photo');
  return lacking;
}
