import type {Ticket} from '../../app/rows.ts';
import {key, type WordKey} from '../../i18n/i18n.ts';
import type {Tone} from '../../ui/kit.ts';

export const TICKET_STATES: Record<Ticket['state'], {readonly words: WordKey; readonly tone: Tone}> = {
  new: {words: key('ticket.state.new'), tone: 'info'},
  open: {words: key('ticket.state.open'), tone: 'accent'},
  waiting: {words: key('ticket.state.waiting'), tone: 'warn'},
  resolved: {words: key('ticket.state.resolved'), tone: 'ok'},
  closed: {words: key('ticket.state.closed'), tone: 'neutral'},
  reopened: {words: key('ticket.state.reopened'), tone: 'accent'},
};

export const TICKET_KINDS: Record<Ticket['kind'], WordKey> = {
  incident: key('ticket.kind.incident'), request: key('ticket.kind.request'), change: key('ticket.kind.change'),
  problem: key('ticket.kind.problem'), alert: key('ticket.kind.alert'),
};

export const PRIORITY_TONES: Record<Ticket['priority'], Tone> = {P1: 'fail', P2: 'warn', P3: 'neutral', P4: 'neutral'};

export const LEVELS: Record<Ticket['impact'], WordKey> = {high: key('ticket.level.high'), medium: key('ticket.level.medium'), low: key('ticket.level.low')};

export const CATEGORIES: Readonly<Record<string, WordKey>> = {
  helpdesk: key('ticket.category.helpdesk'), hardware: key('ticket.category.hardware'), software: key('ticket.category.software'),
  network: key('ticket.category.network'), security: key('ticket.category.security'), data_recovery: key('ticket.category.data_recovery'),
};

export const WAITING: Readonly<Record<string, WordKey>> = {
  client: key('ticket.waiting.client'), vendor: key('ticket.waiting.vendor'), part: key('ticket.waiting.part'), scheduled: key('ticket.waiting.scheduled'),
};

/** What an event of the log did. */
export const DEEDS: Readonly<Record<string, WordKey>> = {
  create: key('ticket.deed.create'), assign: key('ticket.deed.assign'), start: key('ticket.deed.start'), wait: key('ticket.deed.wait'), resume: key('ticket.deed.resume'),
  escalate: key('ticket.deed.escalate'), restore: key('ticket.deed.restore'), resolve: key('ticket.deed.resolve'), close: key('ticket.deed.close'),
  reopen: key('ticket.deed.reopen'), merge: key('ticket.deed.merge'), edit: key('ticket.deed.edit'),
};
