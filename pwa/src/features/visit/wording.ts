import type {MarkName, Visit} from '../../app/rows.ts';
import {key} from '../../i18n/i18n.ts';
import type {Tone} from '../../ui/kit.ts';
import type {WordKey} from '../../i18n/i18n.ts';

interface Look {
  readonly words: WordKey;
  readonly tone: Tone;
  readonly icon: string;
}

export const VISIT_STATES: Record<Visit['state'], Look> = {
  planned: {words: key('visit.state.planned'), tone: 'neutral', icon: 'calendar-clock'},
  assigned: {words: key('visit.state.assigned'), tone: 'info', icon: 'calendar-clock'},
  under_way: {words: key('visit.state.under_way'), tone: 'accent', icon: 'play'},
  completed: {words: key('visit.state.completed'), tone: 'ok', icon: 'circle-check'},
  cancelled: {words: key('visit.state.cancelled'), tone: 'neutral', icon: 'circle-x'},
};

/** A mark as a deed to do ("Start work"), as a fact ("Working") and its icon. */
export const MARKS: Record<MarkName, {readonly todo: WordKey; readonly fact: WordKey; readonly icon: string}> = {
  confirmed: {todo: key('visit.mark.confirmed'), fact: key('visit.mark.confirmed'), icon: 'check'},
  released: {todo: key('visit.mark.released'), fact: key('visit.mark.released'), icon: 'check'},
  received: {todo: key('visit.mark.received'), fact: key('visit.mark.received'), icon: 'download'},
  seen: {todo: key('visit.mark.seen'), fact: key('visit.mark.seen'), icon: 'eye'},
  accepted: {todo: key('visit.todo.accepted'), fact: key('visit.mark.accepted'), icon: 'check'},
  travelling: {todo: key('visit.todo.travelling'), fact: key('visit.mark.travelling'), icon: 'route'},
  at_desk: {todo: key('visit.todo.at_desk'), fact: key('visit.mark.at_desk'), icon: 'door-open'},
  working: {todo: key('visit.todo.working'), fact: key('visit.mark.working'), icon: 'play'},
  paused: {todo: key('visit.todo.paused'), fact: key('visit.mark.paused'), icon: 'pause'},
  resumed: {todo: key('visit.todo.resumed'), fact: key('visit.mark.resumed'), icon: 'play'},
  finished: {todo: key('visit.todo.finished'), fact: key('visit.mark.finished'), icon: 'flag'},
  left: {todo: key('visit.todo.left'), fact: key('visit.mark.left'), icon: 'log-out'},
};

export const VISIT_KINDS: Record<NonNullable<Visit['kind']>, WordKey> = {
  maintenance: key('visit.kind.maintenance'), support: key('visit.kind.support'), both: key('visit.kind.both'), unplanned: key('visit.kind.unplanned'),
};

export const OUTCOMES: Readonly<Record<string, WordKey>> = {
  completed: key('visit.outcome.completed'), partly: key('visit.outcome.partly'), no_access: key('visit.outcome.no_access'),
  cancelled_at_door: key('visit.outcome.cancelled_at_door'), stopped_for_safety: key('visit.outcome.stopped_for_safety'),
  handed_over: key('visit.outcome.handed_over'), solved_remotely: key('visit.outcome.solved_remotely'),
};

export const SITE_RULES: Readonly<Record<string, WordKey>> = {
  no_photography: key('visit.rule.no_photography'), no_devices: key('visit.rule.no_devices'), escort: key('visit.rule.escort'),
  media_stays: key('visit.rule.media_stays'), no_lone_work_at_height: key('visit.rule.no_lone_work_at_height'),
};

export const TIME_KINDS: Readonly<Record<string, WordKey>> = {
  on_site: key('visit.time.on_site'), travel: key('visit.time.travel'), remote: key('visit.time.remote'), phone: key('visit.time.phone'),
  desk: key('visit.time.desk'), vendor_hold: key('visit.time.vendor_hold'),
};

/** Keys of a site sheet that have a name in three languages; others are shown as they are written. */
export const SHEET: Readonly<Record<string, WordKey>> = {
  desk: key('visit.sheet.desk'), parking: key('visit.sheet.parking'), lift: key('visit.sheet.lift'), power: key('visit.sheet.power'),
  circuits: key('visit.sheet.circuits'), rack: key('visit.sheet.rack'), loading: key('visit.sheet.loading'),
};
