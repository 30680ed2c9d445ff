/** How an operation ends, and the line that says so in a push answer (rules S9, S10). */

export type Status = 'applied' | 'merged' | 'conflict' | 'held' | 'rejected';

export const STATUSES: readonly Status[] = ['applied', 'merged', 'conflict', 'held', 'rejected'];

/** One line of `results`. `seq` is null for held and rejected; `id` is null when it could not be read. */
export interface OperationResult {
  n: number;
  id: string | null;
  status: Status;
  seq: number | null;
  code?: string;
  field?: string;
  conflict_id?: string;
}

/** Whether the feed moved: only then has the result a seq. */
export function takesEffect(status: Status): boolean {
  return status === 'applied' || status === 'merged' || status === 'conflict';
}

/** The status of an operation that touched several fields: the gravest; `merged` when it had company. */
export function combine(statuses: readonly Status[], othersWrote: boolean): Status {
  const grave: Status[] = ['rejected', 'held', 'conflict', 'merged'];
  return grave.find((status) => statuses.includes(status)) ?? (othersWrote ? 'merged' : 'applied');
}

/** Whether it is a line that the tablet may settle by: anything else is an unknown outcome. */
export function isResult(line: unknown): line is OperationResult {
  if (typeof line !== 'object' || line === null) return false;
  const {n, id, status, seq} = line as Record<string, unknown>;
  const known = STATUSES.find((one) => one === status);
  const named = id === null || typeof id === 'string';
  return Number.isSafeInteger(n) && named && known !== undefined && takesEffect(known) === Number.isSafeInteger(seq);
}
