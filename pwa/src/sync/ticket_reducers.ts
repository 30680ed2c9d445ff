/** How a tablet shows its own operations on tickets (rule S21). */
import {clientOf} from './directory_reducers.ts';
import type {Operation} from './operation.ts';
import {
  added, argument, blank, edit, keyOf, listed, moment,
  type Changes, type Reducer, type Rows, type Value,
} from './reducer.ts';

/** Impact/urgency. */
export const PRIORITY: Readonly<Record<string, string>> = {
  'high/high': 'P1',
  'high/medium': 'P2',
  'high/low': 'P3',
  'medium/high': 'P2',
  'medium/medium': 'P3',
  'medium/low': 'P4',
  'low/high': 'P3',
  'low/medium': 'P4',
  'low/low': 'P4',
};

/** A ticket's states that a tablet moves, by verb; from any other state nothing is shown, the server will hold it. */
export const MOVES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  start: {new: 'open'},
  wait: {new: 'waiting', open: 'waiting', reopened: 'waiting'},
  resume: {waiting: 'open'},
  resolve: {new: 'resolved', open: 'resolved', waiting: 'resolved', reopened: 'resolved'},
};

/** Verbs that are a first response. */
const RESPONSES = ['start', 'wait', 'resolve'];

const TICKET: Value = {
  ...blank(
    'number kind site client asset title description priority channel reporter assignee opened_at' +
      ' first_response_at resolved_at restored_at waiting_for cause action prevention repeat_key came_from' +
      ' down_from usable_at data_lost',
  ),
  impact: 'medium',
  urgency: 'medium',
  category: 'helpdesk',
  walk_up: false,
  notes: [],
  timeline: [],
};

function createTicket(op: Operation, rows: Rows, person: string): Changes {
  const row: Value = {...TICKET, ...op.args, ...clientOf(op, rows), state: 'new', tier: 'L1', events: []};
  const known = {
    priority: PRIORITY[`${row['impact']}/${row['urgency']}`] ?? 'P4',
    opened_at: moment(op, 'opened_at'),
    assignee: row['walk_up'] ? person : null,
  };
  return {[keyOf(op)]: {...row, ...known, ...event(op, row, person, {}, {state: 'new'})}};
}

function verbOf(op: Operation): string {
  return op.type.split('.')[1] ?? '';
}

/** The ticket's list of events with this one; `at` is the stated time of those that have one. */
function event(op: Operation, row: Value, person: string, was: Value, now: Value, reason: unknown = null): Value {
  const verb = verbOf(op);
  const at = verb === 'resolve' ? moment(op, 'at') : op.at;
  return added(row, 'events', {at, by: person, deed: verb, was, now, reason});
}

function move(op: Operation, row: Value, person: string): Value {
  const verb = verbOf(op);
  const after = MOVES[verb]?.[String(row['state'])];
  if (after === undefined) return {};
  const result: Value = {state: after, ...written(op, verb)};
  const changed = Object.keys(result).filter((name) => (row[name] ?? null) !== result[name]);
  const was = Object.fromEntries(changed.map((name) => [name, row[name] ?? null]));
  const now = Object.fromEntries(changed.map((name) => [name, result[name]]));
  const reason = verb === 'wait' ? argument(op, 'note') : null;
  const response = RESPONSES.includes(verb) ? responded(row, verb === 'resolve' ? moment(op, 'at') : op.at) : {};
  return {...result, ...event(op, row, person, was, now, reason), ...response};
}

/** What a move writes beside the state. */
function written(op: Operation, verb: string): Value {
  if (verb === 'wait') return {waiting_for: argument(op, 'reason')};
  if (verb === 'resume') return {waiting_for: null};
  if (verb !== 'resolve') return {};
  return {
    cause: argument(op, 'cause'),
    action: argument(op, 'action'),
    prevention: argument(op, 'prevention'),
    resolved_at: moment(op, 'at'),
    waiting_for: null,
  };
}

function responded(row: Value, at: unknown): Value {
  return {first_response_at: row['first_response_at'] || at};
}

function escalate(op: Operation, row: Value, person: string): Value {
  if (row['state'] === 'resolved' || row['state'] === 'closed') return {};
  const tier = argument(op, 'tier');
  return {tier, ...event(op, row, person, {tier: row['tier'] ?? null}, {tier}, argument(op, 'note'))};
}

function restore(op: Operation, row: Value, person: string): Value {
  const at = moment(op, 'at');
  const told = event(op, row, person, {restored_at: row['restored_at'] ?? null}, {restored_at: at});
  return {restored_at: at, usable_at: row['usable_at'] || at, ...told};
}

function note(op: Operation, row: Value, person: string): Value {
  const told = {text: argument(op, 'text'), visible: argument(op, 'visible')};
  const entry = {id: argument(op, 'note'), at: op.at, by: person, ...told};
  if (listed(row, 'notes').some((known) => (known as Value)['id'] === entry.id)) return {};
  return {...added(row, 'notes', entry), ...(told.visible === 'client' ? responded(row, op.at) : {})};
}

function timeline(op: Operation, row: Value): Value {
  return added(row, 'timeline', {at: moment(op, 'at'), who: argument(op, 'who'), text: argument(op, 'text')});
}

export const TICKET_REDUCERS: Readonly<Record<string, Reducer>> = {
  'ticket.create': createTicket,
  'ticket.start': edit(move),
  'ticket.wait': edit(move),
  'ticket.resume': edit(move),
  'ticket.resolve': edit(move),
  'ticket.escalate': edit(escalate),
  'ticket.restore': edit(restore),
  'ticket.note': edit(note),
  'ticket.timeline': edit(timeline),
};
