/** What may happen to a visit. Pure; the data is the server's own file (model.md, States). */
import law from '../../../../backend/visits/states.json';

export type VisitState = 'planned' | 'assigned' | 'under_way' | 'completed' | 'cancelled';
export type VisitVerb = keyof typeof law.moves;
export type ContentVerdict = 'applied' | 'after_cancel' | 'signed';
export interface TimedMark {
  readonly mark: string;
  readonly at: string;
}

type Table = Readonly<Record<string, Readonly<Record<string, string>>>>;
const moves: Table = law.moves;
const contents: Readonly<Record<string, string>> = law.content;
const markMoves: Readonly<Record<string, string>> = law.mark_moves;

/** The state after `verb`, or null when the visit is in no state for it (the server would hold it: wrong_state). */
export function moveVisit(state: VisitState, verb: VisitVerb): VisitState | null {
  return (moves[verb]?.[state] as VisitState | undefined) ?? null;
}

/** What becomes of content in this state: applied, applied and flagged, or refused because it is signed. */
export function contentVerdict(state: VisitState): ContentVerdict {
  return contents[state] as ContentVerdict;
}

/** As `contentVerdict`; quiet marks are no work, and those that follow a signature by nature stay welcome. */
export function markVerdict(state: VisitState, mark: string): ContentVerdict {
  const verdict = law.quiet_marks.includes(mark) ? 'applied' : contentVerdict(state);
  return verdict === 'signed' && law.marks_after_sign.includes(mark) ? 'applied' : verdict;
}

/** `working` begins the visit; every other mark is a fact beside the state. */
export function stateAfterMark(state: VisitState, mark: string): VisitState {
  const verb = markMoves[mark];
  return verb === undefined ? state : (moveVisit(state, verb as VisitVerb) ?? state);
}

/** The latest mark by its own time; of two at one time the later received. */
export function markOnBoard(marks: readonly TimedMark[]): string | null {
  let latest: TimedMark | null = null;
  for (const mark of marks) if (latest === null || mark.at >= latest.at) latest = mark;
  return latest === null ? null : latest.mark;
}

export const visitMarks: readonly string[] = law.marks;
export const visitOutcomes: readonly string[] = law.outcomes;
export const timeKinds: readonly string[] = law.time_kinds;
