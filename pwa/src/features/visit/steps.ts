import type {MarkName, Visit} from '../../app/rows.ts';
import {markVerdict, visitMarks} from './rules.ts';

type Mark = Visit['marks'][number];

/** What the big button offers next, and what stands beside it. `sign` leads to the sign-off. */
export interface Steps {
  readonly next: MarkName | 'sign' | null;
  readonly beside: MarkName | null;
}

/** Marks that a person sets on the way, in the order of an ordinary day. */
export const DAY: readonly MarkName[] = ['accepted', 'travelling', 'at_desk', 'working', 'paused', 'resumed', 'finished', 'left'];

const AFTER: Readonly<Partial<Record<MarkName, Steps>>> = {
  travelling: {next: 'at_desk', beside: 'working'},
  at_desk: {next: 'working', beside: null},
  working: {next: 'finished', beside: 'paused'},
  paused: {next: 'resumed', beside: 'finished'},
  resumed: {next: 'finished', beside: 'paused'},
  finished: {next: 'sign', beside: 'left'},
  left: {next: 'sign', beside: null},
};

/** What this person may tap next on this visit. */
export function stepsOf(visit: Pick<Visit, 'state' | 'marks'>, person: string): Steps {
  const latest = latestOf(visit.marks, person);
  if (visit.state === 'completed') return {next: latest === 'left' ? null : 'left', beside: null};
  if (visit.state === 'cancelled') return {next: null, beside: null};
  return (latest === null ? undefined : AFTER[latest]) ?? {next: 'travelling', beside: 'at_desk'};
}

/** The person's latest step of the day; quiet marks do not count. */
export function latestOf(marks: readonly Mark[], person: string): MarkName | null {
  return ownMarks(marks, person).at(-1)?.mark ?? null;
}

/** The person's steps in the order of their times. */
export function ownMarks(marks: readonly Mark[], person: string): readonly Mark[] {
  return marks.filter(({by, mark}) => by === person && DAY.includes(mark)).sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
}

/** Steps that may be noted in this state, for a correction. */
export function allowedSteps(state: Visit['state']): readonly MarkName[] {
  return DAY.filter((mark) => visitMarks.includes(mark) && markVerdict(state, mark) !== 'signed');
}

/** Visits of which the office is still to hear that they arrived here. */
export function unreceived<V extends Pick<Visit, 'state' | 'marks' | 'engineers'>>(visits: readonly V[], person: string): readonly V[] {
  return visits.filter(({state, marks, engineers}) => (state === 'assigned' || state === 'under_way')
    && engineers.includes(person) && !marks.some((mark) => mark.mark === 'received' && mark.by === person));
}

/** The office is still to hear that the person has looked at it. */
export function isUnseen({state, marks, engineers}: Pick<Visit, 'state' | 'marks' | 'engineers'>, person: string): boolean {
  return (state === 'assigned' || state === 'under_way') && engineers.includes(person)
    && !marks.some((mark) => mark.by === person && !['received', 'confirmed', 'released'].includes(mark.mark));
}
