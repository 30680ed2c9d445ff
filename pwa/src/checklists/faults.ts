/** Why a definition or an answer was refused. Reasons are codes, the same in both languages (faults.py). */

export interface Fault {
  /** Like `sections[2].items[4].limits.warn.max`; the empty path is the definition itself. */
  readonly path: string;
  readonly reason: string;
}

/** A definition was refused whole (rule C1); `faults` holds every fault found, in path order, none twice. */
export class InvalidDefinition extends Error {
  readonly faults: readonly Fault[];

  constructor(faults: Iterable<Fault>) {
    const sorted = inOrder(faults);
    super(sorted.map((fault) => `${fault.path || 'definition'}: ${fault.reason}`).join('; '));
    this.name = 'InvalidDefinition';
    this.faults = sorted;
  }
}

export type AnswerReason =
  | 'wrong_type'
  | 'takes_no_answer'
  | 'empty'
  | 'malformed_text'
  | 'control_character'
  | 'too_short'
  | 'too_long'
  | 'not_a_decimal'
  | 'too_many_decimals'
  | 'too_large'
  | 'below_minimum'
  | 'above_maximum'
  | 'not_a_date'
  | 'no_such_date'
  | 'not_a_time'
  | 'not_a_choice';

/** An answer does not fit its item (rule C3). */
export class InvalidAnswer extends Error {
  readonly reason: AnswerReason;

  constructor(reason: AnswerReason) {
    super(reason);
    this.name = 'InvalidAnswer';
    this.reason = reason;
  }
}

function inOrder(faults: Iterable<Fault>): Fault[] {
  const found = new Map<string, Fault>();
  for (const fault of faults) found.set(`${fault.path}\n${fault.reason}`, fault);
  return [...found.values()].sort((a, b) => byText(a.path, b.path) || byText(a.reason, b.reason));
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
