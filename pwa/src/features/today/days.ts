import type {Visit} from '../../app/rows.ts';
import {dayStart} from '../visit/shared.ts';

/** Visits as the day needs them. */
export interface Days<V> {
  /** Under way from an earlier day, or planned earlier and never begun. */
  readonly late: readonly V[];
  readonly today: readonly V[];
  readonly coming: readonly V[];
  readonly recent: readonly V[];
}

type Timed = Pick<Visit, 'state' | 'starts_at' | 'ends_at'>;

const DAY_MS = 86_400_000;
const RECENT_DAYS = 14;

/** Sort visits into days around `now`, in the order of their start; the recent ones newest first. */
export function daysOf<V extends Timed>(visits: readonly V[], now: number): Days<V> {
  const midnight = dayStart(now);
  const days: {late: V[]; today: V[]; coming: V[]; recent: V[]} = {late: [], today: [], coming: [], recent: []};
  for (const visit of [...visits].sort(byStart)) {
    const where = placeOf(visit, midnight);
    if (where !== null) days[where].push(visit);
  }
  days.recent.reverse();
  return days;
}

function placeOf({state, starts_at, ends_at}: Timed, midnight: number): keyof Days<unknown> | null {
  const starts = starts_at === null ? midnight : Date.parse(starts_at);
  const ends = ends_at === null ? starts : Date.parse(ends_at);
  const done = state === 'completed' || state === 'cancelled';
  if (starts >= midnight + DAY_MS) return done ? 'recent' : 'coming';
  if (ends >= midnight) return 'today';
  if (!done) return 'late';
  return ends >= midnight - RECENT_DAYS * DAY_MS ? 'recent' : null;
}

function byStart(one: Timed, other: Timed): number {
  return (one.starts_at ?? '').localeCompare(other.starts_at ?? '');
}
