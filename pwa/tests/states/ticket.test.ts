import {describe, expect, test} from 'vitest';
import vectors from '../../../backend/desk/vectors/states.json';
import {isOpen, moveTicket, priorityOf} from '../../src/features/ticket/rules';
import type {Level, TicketState, TicketVerb} from '../../src/features/ticket/rules';

interface Case {
  readonly id: string;
  readonly rule: string;
  readonly state?: string;
  readonly verb?: string;
  readonly impact?: string;
  readonly urgency?: string;
  readonly expect: string | boolean | null;
}

function answer(given: Case): string | boolean | null {
  switch (given.rule) {
    case 'move':
      return moveTicket(given.state as TicketState, given.verb as TicketVerb);
    case 'is_open':
      return isOpen(given.state as TicketState);
    case 'priority':
      return priorityOf(given.impact as Level, given.urgency as Level);
    default:
      throw new Error(`no such rule: ${given.rule}`);
  }
}

describe(vectors.law, () => {
  test.each(vectors.cases as readonly Case[])('$id', (given) => {
    expect(answer(given)).toBe(given.expect);
  });
});
