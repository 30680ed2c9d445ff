import type {Conflict, Run} from '../../app/rows.ts';
import type {View} from '../../app/view.ts';
import {type Item, label} from '../../checklists/index.ts';
import {language, t} from '../../i18n/i18n.ts';
import {readRun} from '../checklist/shared.ts';

/** The field as people call it: the item's own question, and that it is about its remark. */
export function fieldWords(view: View, conflict: Conflict): string {
  const item = itemOf(view, conflict);
  const name = item === null ? conflict.field.replace('.', ': ') : label(item.label, language.value);
  return conflict.field.startsWith('remarks.') ? t('conflicts.remarkOn', {name}) : name;
}

/** A value as people read it: pass and fail by their words, a choice by its label, a number with its unit. */
export function valueWords(view: View, conflict: Conflict, value: unknown): string {
  if (value === null || value === undefined) return t('conflicts.nothing');
  if (Array.isArray(value)) return value.map((part) => valueWords(view, conflict, part)).join(', ');
  if (typeof value !== 'string') return JSON.stringify(value);
  const item = conflict.field.startsWith('answers.') ? itemOf(view, conflict) : null;
  return item === null ? value : answerWords(item, value);
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
