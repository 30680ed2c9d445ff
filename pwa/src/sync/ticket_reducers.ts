/** How a tablet shows its own operations on tickets, assets and contacts (rule S21). */
import type {Operation} from './operation.ts';
import {
  added, argument, blank, copied, create, edit, keyOf, moment,
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

const TICKET = blank(
  'number kind site client asset title description impact urgency priority category channel reporter assignee' +
    ' opened_at first_response_at resolved_at restored_at waiting_for cause action prevention repeat_key came_from' +
    ' down_from usable_at data_lost',
);
const ASSET = blank('client site type tag serial maker model name place stage warranty_until end_of_support');
const CONTACT: Value = {
  ...blank('site client name capacity email phone'),
  language: 'en',
  may_sign: false,
  active: true,
};

function createTicket(op: Operation, rows: Rows): Changes {
  const site = rows.get(`site/${op.args['site']}`) ?? {};
  const row = {
    ...TICKET,
    client: site['client'] ?? null,
    ...op.args,
    priority: PRIORITY[`${op.args['impact']}/${op.args['urgency']}`] ?? 'P4',
    state: 'new',
    tier: 'L1',
    opened_at: moment(op, 'opened_at'),
    walk_up: op.args['walk_up'] === true,
    notes: [],
    timeline: [],
    events: [],
  };
  return {[keyOf(op)]: row};
}

function responded(op: Operation, row: Value): unknown {
  return row['first_response_at'] || op.at;
}

/** A move of a ticket's state; from any other state nothing is shown, the server will hold it. */
function move(to: string, sources: string[], also: (op: Operation, row: Value) => Value): Reducer {
  return edit((op, row, person) => {
    if (!sources.includes(String(row['state']))) return {};
    const event = {at: op.at, by: person, was: row['state'], now: to, reason: argument(op, 'reason')};
    return {state: to, ...added(row, 'events', event), ...also(op, row)};
  });
}

function resolution(op: Operation, row: Value): Value {
  return {
    first_response_at: responded(op, row),
    resolved_at: moment(op, 'at'),
    waiting_for: null,
    cause: argument(op, 'cause'),
    action: argument(op, 'action'),
    prevention: argument(op, 'prevention'),
  };
}

function note(op: Operation, row: Value, person: string): Value {
  const told = {text: argument(op, 'text'), visible: argument(op, 'visible')};
  const entry = {id: argument(op, 'note'), at: op.at, by: person, ...told};
  const answered = told.visible === 'client' ? {first_response_at: responded(op, row)} : {};
  return {...added(row, 'notes', entry), ...answered};
}

function timeline(op: Operation, row: Value): Value {
  return added(row, 'timeline', {at: op.at, who: argument(op, 'who'), text: argument(op, 'text')});
}

export const TICKET_REDUCERS: Readonly<Record<string, Reducer>> = {
  'contact.create': create(CONTACT),
  'asset.create': create(ASSET),
  'asset.edit': copied(),
  'asset.move': copied('site', 'place'),
  'asset.stage': copied('stage'),
  'ticket.create': createTicket,
  'ticket.start': move('open', ['new', 'open', 'reopened'], (op, row) => ({first_response_at: responded(op, row)})),
  'ticket.wait': move('waiting', ['new', 'open', 'reopened'], (op, row) => ({
    first_response_at: responded(op, row),
    waiting_for: argument(op, 'reason'),
  })),
  'ticket.resume': move('open', ['waiting'], () => ({waiting_for: null})),
  'ticket.escalate': copied('tier'),
  'ticket.restore': edit((op) => ({restored_at: moment(op, 'at')})),
  'ticket.resolve': move('resolved', ['new', 'open', 'waiting', 'reopened'], resolution),
  'ticket.note': edit(note),
  'ticket.timeline': edit(timeline),
};
