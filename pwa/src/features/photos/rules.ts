import type {Photo} from '../../app/rows.ts';

/** Where a photo belongs, as one text: "run/item", "ticket" or "visit". */
export function placeOf(on: Photo['on']): string {
  if ('run' in on) return `${on.run}/${on.item}`;
  return 'ticket' in on ? on.ticket : on.visit;
}

/** The photos that were not removed, by where they belong. */
export function byPlace<P extends Pick<Photo, 'on' | 'removed'>>(photos: readonly P[]): ReadonlyMap<string, readonly P[]> {
  const found = new Map<string, P[]>();
  for (const photo of photos) {
    if (photo.removed !== null) continue;
    const place = placeOf(photo.on);
    found.set(place, [...found.get(place) ?? [], photo]);
  }
  return found;
}
