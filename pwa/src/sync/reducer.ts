/**
 * The shapes that reducers have (rule S21): what an own operation does to the rows that the tablet shows.
 * A reducer takes the operation, the rows by "kind/id" and the acting person, and gives the rows that change. It
 * refuses nothing: whether something is allowed is the server's word, and an own act never disappears unsaid.
 */
import type {Operation} from './operation.ts';

export type Value = Readonly<Record<string, unknown>>;
export type Rows = ReadonlyMap<string, Value>;
export type Changes = Record<string, Value>;
export type Reducer = (op: Operation, rows: Rows, person: string) => Changes;
type Fields = (op: Operation, row: Value, person: string) => Value;
type Stamp = (op: Operation, person: string) => unknown;

/** A row whose named fields are all null. */
export function blank(names: string): Value {
  return Object.fromEntries(names.split(' ').map((name) => [name, null]));
}

/** The operation's own row. */
export function keyOf(op: Operation): string {
  return op.entity.join('/');
}

/** Make a row of an empty one, the arguments, what other rows tell, and what is known of the act. */
export function create(empty: Value, stamps: Record<string, Stamp> = {}, known = nothing): Reducer {
  return (op, rows, person) => {
    const said = Object.entries(stamps).map(([name, say]) => [name, say(op, person)]);
    return {[keyOf(op)]: {...empty, ...op.args, ...known(op, rows), ...Object.fromEntries(said)}};
  };
}

/** What other rows tell of a new row: nothing. */
function nothing(_op: Operation, _rows: Rows): Value {
  return {};
}

/** Change fields of the operation's own row, if it is there. */
export function edit(fields: Fields): Reducer {
  return (op, rows, person): Changes => {
    const row = rows.get(keyOf(op));
    return row === undefined ? {} : {[keyOf(op)]: {...row, ...fields(op, row, person)}};
  };
}

/** Copy arguments into the row: all of them, or only those named. */
export function copied(...names: string[]): Reducer {
  return edit((op) => {
    const wanted = (names.length > 0 ? names : Object.keys(op.args)).filter((name) => Object.hasOwn(op.args, name));
    return Object.fromEntries(wanted.map((name) => [name, op.args[name]]));
  });
}

/** Who acted. */
export function by(_op: Operation, person: string): string {
  return person;
}

/** When it was tapped. */
export function at(op: Operation): string {
  return op.at;
}

/** An argument, null where it is absent. */
export function argument(op: Operation, name: string): unknown {
  return op.args[name] ?? null;
}

/** The time that the person stated, else that of the tap. */
export function moment(op: Operation, name: string): unknown {
  return op.args[name] || op.at;
}

/** The row's list, empty where it has none. */
export function listed(row: Value, name: string): readonly unknown[] {
  return (row[name] ?? []) as readonly unknown[];
}

/** The row's list with one entry more. */
export function added(row: Value, name: string, entry: unknown): Value {
  return {[name]: [...listed(row, name), entry]};
}

/** The row's mapping with one entry set, or gone when the value is null. */
export function entrySet(row: Value, name: string, item: unknown, value: unknown): Value {
  const rest = Object.entries((row[name] ?? {}) as Value).filter(([key]) => key !== item);
  if (value !== null && typeof item === 'string') rest.push([item, value]);
  return {[name]: Object.fromEntries(rest)};
}
