import type {Conflict} from '../../app/rows.ts';
import type {Row, View} from '../../app/view.ts';
import type {Operation} from '../../sync/operation.ts';

/** All of a visit, or those of this person that are of none; those that wait first: a decided one stays to be looked at. */
export function conflictsOf(view: View, visit: string | null): readonly Row<Conflict>[] {
  const rank = ({state}: Conflict) => (state === 'open' ? 0 : 1);
  return view.all<Conflict>('conflict').filter((row) => row.visit === visit).sort((one, other) => rank(one) - rank(other) || (one.id < other.id ? -1 : 1));
}

/** What this person had said of the field before the value that clashed: their last earlier answer on this tablet. */
export function saidBefore(view: View, {kind, entity, field, current, candidate}: Conflict, person: string): {readonly value: unknown} | null {
  const mine = candidate.by === person ? candidate.value : current.by === person ? current.value : undefined;
  if (mine === undefined || kind !== 'run') return null;
  const [column = '', item] = field.split('.');
  const acts = view.acts('run', entity).map(({text}) => JSON.parse(text) as Operation).filter(({type, args}) => type === TYPES[column] && args['item'] === item);
  const at = acts.findLastIndex(({args}) => same(args[VALUE[column] ?? 'value'], mine));
  const before = at > 0 ? acts[at - 1] : undefined;
  return before === undefined ? null : {value: before.args[VALUE[column] ?? 'value'] ?? null};
}

const TYPES: Readonly<Record<string, string>> = {answers: 'answer.set', remarks: 'remark.set'};
const VALUE: Readonly<Record<string, string>> = {answers: 'value', remarks: 'text'};

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
