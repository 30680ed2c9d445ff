import {nameOf} from '../../app/naming.ts';
import type {Conflict, Run} from '../../app/rows.ts';
import type {View} from '../../app/view.ts';
import {type Item, label} from '../../checklists/index.ts';
import {dateAndTime} from '../../i18n/format.ts';
import {key, language, t, type WordKey} from '../../i18n/i18n.ts';
import {readRun} from '../checklist/shared.ts';

const FIELDS: Readonly<Record<string, WordKey>> = {
  'asset.name': key('conflicts.field.asset.name'), 'asset.place': key('conflicts.field.asset.place'), 'asset.serial': key('conflicts.field.asset.serial'), 'asset.tag': key('conflicts.field.asset.tag'),
  'asset.maker': key('conflicts.field.asset.maker'), 'asset.model': key('conflicts.field.asset.model'), 'asset.type': key('conflicts.field.asset.type'), 'asset.stage': key('conflicts.field.asset.stage'),
  'ticket.title': key('ticket.title'), 'ticket.description': key('ticket.description'), 'ticket.impact': key('ticket.impact'), 'ticket.urgency': key('ticket.urgency'), 'ticket.category': key('ticket.category'),
  'ticket.cause': key('ticket.cause'), 'ticket.action': key('ticket.action'), 'ticket.prevention': key('ticket.prevention'), 'ticket.asset': key('ticket.asset'), 'ticket.site': key('conflicts.field.ticket.site'),
  'ticket.assignee': key('conflicts.field.ticket.assignee'), 'ticket.reporter': key('conflicts.field.ticket.reporter'),
  'visit.starts_at': key('conflicts.field.visit.starts'), 'visit.ends_at': key('conflicts.field.visit.ends'), 'visit.engineers': key('conflicts.field.visit.engineers'), 'visit.lead': key('conflicts.field.visit.lead'),
  'visit.title': key('conflicts.field.visit.title'), 'visit.briefing': key('visit.briefing'),
};

const WORDS: Readonly<Record<string, WordKey>> = {
  'ticket.impact high': key('ticket.level.high'), 'ticket.impact medium': key('ticket.level.medium'), 'ticket.impact low': key('ticket.level.low'),
  'ticket.urgency high': key('ticket.level.high'), 'ticket.urgency medium': key('ticket.level.medium'), 'ticket.urgency low': key('ticket.level.low'),
  'ticket.category data_recovery': key('ticket.category.data_recovery'), 'ticket.category hardware': key('ticket.category.hardware'), 'ticket.category helpdesk': key('ticket.category.helpdesk'),
  'ticket.category network': key('ticket.category.network'), 'ticket.category security': key('ticket.category.security'), 'ticket.category software': key('ticket.category.software'),
};

/** Kinds that a field may name by id. */
const NAMED = ['person', 'asset', 'site'] as const;

const MOMENTS = new Set(['visit.starts_at', 'visit.ends_at']);

/** The field as people call it: the item's own question, and that it is about its remark. */
export function fieldWords(view: View, conflict: Conflict): string {
  const item = itemOf(view, conflict);
  const words = FIELDS[`${conflict.kind}.${conflict.field}`];
  const name = item !== null ? label(item.label, language.value) : words !== undefined ? t(words) : conflict.field.replace('.', ': ');
  return conflict.field.startsWith('remarks.') ? t('conflicts.remarkOn', {name}) : name;
}

/** A value as people read it: pass and fail by their words, a choice by its label, a number with its unit. */
export function valueWords(view: View, conflict: Conflict, value: unknown): string {
  if (value === null || value === undefined) return t('conflicts.nothing');
  if (Array.isArray(value)) return value.map((part) => valueWords(view, conflict, part)).join(', ');
  if (typeof value !== 'string') return JSON.stringify(value);
  const item = conflict.field.startsWith('answers.') ? itemOf(view, conflict) : null;
  return item === null ? plainWords(view, `${conflict.kind}.${conflict.field}`, value) : answerWords(item, value);
}

/** What the field is of, where that is not the visit itself. */
export function thingWords(view: View, {kind, entity}: Conflict): string | null {
  return kind === 'run' || kind === 'visit' ? null : nameOf(view, kind, entity);
}

function plainWords(view: View, field: string, value: string): string {
  const words = WORDS[`${field} ${value}`];
  if (words !== undefined) return t(words);
  return MOMENTS.has(field) ? dateAndTime(Date.parse(value)) : NAMED.map((kind) => nameOf(view, kind, value)).find((name) => name !== null) ?? value;
}

function answerWords(item: Item, value: string): string {
  if (item.type === 'pass_fail') return {pass: t('checklist.pass'), fail: t('checklist.fail'), na: t('checklist.na')}[value] ?? value;
  if (item.type === 'yes_no') return {yes: t('checklist.yes'), no: t('checklist.no'), na: t('checklist.na')}[value] ?? value;
  const choice = item.choices.find(({id}) => id === value);
  if (choice !== undefined) return label(choice.label, language.value);
  return item.unit === null ? value : `${value} ${item.unit}`;
}

function itemOf(view: View, {kind, entity, field}: Conflict): Item | null {
  const run = kind === 'run' ? view.get<Run>('run', entity) : null;
  const read = run === null ? null : readRun(view, run);
  return read?.definition.items.find(({id}) => id === field.split('.')[1]) ?? null;
}
