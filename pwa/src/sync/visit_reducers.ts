/** How a tablet shows its own operations on visits, runs, photos, times and notes (rule S21). */
import type {Operation} from './operation.ts';
import {
  added, argument, at, blank, by, copied, create, edit, entrySet, keyOf, listed, moment,
  type Changes, type Reducer, type Rows, type Value,
} from './reducer.ts';

const VISIT = blank(
  'number client client_name site site_name legal_entity title kind starts_at ends_at outcome cancel_reason' +
    ' briefing signed report',
);
const PHOTO: Value = {caption: null, state: 'waiting', removed: null};
const TIME = blank('visit ticket ends_at note removed');

function createVisit(op: Operation, rows: Rows, person: string): Changes {
  const site = rows.get(`site/${op.args['site']}`) ?? {};
  const mine = op.args['unplanned'] === true;
  const row = {
    ...VISIT,
    client: site['client'] ?? null,
    client_name: site['client_name'] ?? null,
    site_name: site['name'] ?? null,
    ...op.args,
    state: mine ? 'assigned' : 'planned',
    engineers: mine ? [person] : [],
    lead: mine ? person : null,
    tickets: [],
    marks: [],
    flags: [],
    unplanned: mine,
  };
  return {[keyOf(op)]: row};
}

function addRun(op: Operation, rows: Rows): Changes {
  const visit = op.entity[1];
  const beside = [...rows].filter(([key, row]) => key.startsWith('run/') && row['visit'] === visit);
  const row = {
    visit,
    checklist: argument(op, 'checklist'),
    asset: argument(op, 'asset'),
    answers: {},
    remarks: {},
    waivers: {},
    authors: {},
    dropped: null,
    position: beside.length,
  };
  return {[`run/${op.args['run']}`]: row};
}

function addTicket(op: Operation, row: Value): Value {
  const ticket = argument(op, 'ticket');
  return listed(row, 'tickets').includes(ticket) ? {} : added(row, 'tickets', ticket);
}

function mark(op: Operation, row: Value, person: string): Value {
  const name = argument(op, 'mark');
  const entry = {id: op.id, mark: name, at: moment(op, 'at'), by: person, confidence: 'tablet'};
  const begins = name === 'working' && row['state'] === 'assigned';
  return {...added(row, 'marks', entry), state: begins ? 'under_way' : row['state']};
}

/** The record's id and digest come with the server's row; until then only fact and time are known. */
function sign(op: Operation, row: Value): Value {
  const signed = {record: null, at: op.at, outcome: null, sha256: null};
  const ends = ['assigned', 'under_way', 'cancelled'].includes(String(row['state']));
  return {signed: row['signed'] || signed, state: ends ? 'completed' : row['state']};
}

function answer(op: Operation, row: Value, person: string): Value {
  return authored(op, row, person, 'answers', argument(op, 'value'));
}

function remark(op: Operation, row: Value, person: string): Value {
  return authored(op, row, person, 'remarks', op.args['text'] || null);
}

function waive(op: Operation, row: Value, person: string): Value {
  const waiver = {rule: argument(op, 'rule'), witness: argument(op, 'witness')};
  return authored(op, row, person, 'waivers', waiver);
}

/** One item of a run, and whose it is. */
function authored(op: Operation, row: Value, person: string, column: string, value: unknown): Value {
  const item = argument(op, 'item');
  return {...entrySet(row, column, item, value), ...entrySet(row, 'authors', item, {by: person, at: op.at})};
}

function remove(op: Operation): Value {
  return {removed: argument(op, 'reason')};
}

export const VISIT_REDUCERS: Readonly<Record<string, Reducer>> = {
  'visit.create': createVisit,
  'visit.add_run': addRun,
  'visit.add_ticket': edit(addTicket),
  'visit.mark': edit(mark),
  'visit.sign': edit(sign),
  'answer.set': edit(answer),
  'remark.set': edit(remark),
  waive: edit(waive),
  'photo.add': create(PHOTO, {by}),
  'photo.caption': copied('caption', 'visible'),
  'photo.remove': edit(remove),
  'time.add': create(TIME, {person: by}),
  'time.remove': edit(remove),
  'note.add': create({}, {by, at}),
};
