import {describe, expect, test} from 'vitest';
import vectors from '../../../backend/visits/vectors/states.json';
import {contentVerdict, markOnBoard, markVerdict, moveVisit, stateAfterMark} from '../../src/features/visit/rules';
import type {TimedMark, VisitState, VisitVerb} from '../../src/features/visit/rules';

interface Case {
  readonly id: string;
  readonly rule: string;
  readonly state?: string;
  readonly verb?: string;
  readonly mark?: string;
  readonly marks?: readonly TimedMark[];
  readonly expect: string | null;
}

function answer(given: Case): string | null {
  const state = given.state as VisitState;
  switch (given.rule) {
    case 'move':
      return moveVisit(state, given.verb as VisitVerb);
    case 'content':
      return contentVerdict(state);
    case 'mark_content':
      return markVerdict(state, given.mark ?? '');
    case 'state_after_mark':
      return stateAfterMark(state, given.mark ?? '');
    case 'on_board':
      return markOnBoard(given.marks ?? []);
    default:
      throw new Error(`no such rule: ${given.rule}`);
  }
}

describe(vectors.law, () => {
  test.each(vectors.cases as readonly Case[])('$id', (given) => {
    expect(answer(given)).toBe(given.expect);
  });
});
