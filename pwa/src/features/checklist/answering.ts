import {signal, type Signal} from '@preact/signals';
import {act} from '../../app/act.ts';
import type {Run} from '../../app/rows.ts';
import {viewNow} from '../../app/view.ts';
import type {Answer, Item} from '../../checklists/index.ts';
import {canonicalAnswer, InvalidAnswer} from '../../checklists/index.ts';
import {t} from '../../i18n/i18n.ts';
import {showToast} from '../../ui/kit.ts';
import {keep} from '../visit/shared.ts';
import {FAULT_WORDS} from './wording.ts';

interface Step {
  readonly item: string;
  readonly was: Answer | null;
}

/** The person's answers to one run in this sitting: every one is an act of its own, the last can be taken back. */
export class Answering {
  /** How many answers can be taken back. */
  readonly steps: Signal<number> = signal(0);
  /** The item that was answered last: "next" goes on from here. */
  readonly touched: Signal<string | null> = signal(null);
  readonly #run: string;
  #past: Step[] = [];

  constructor(run: string) {
    this.#run = run;
  }

  /** Resolves when the answer is on the disk; false when it could not be kept. */
  async answer(item: string, value: Answer | null): Promise<boolean> {
    const was = (this.#stored()?.answers[item] ?? null) as Answer | null;
    if (JSON.stringify(was) === JSON.stringify(value)) return true;
    this.touched.value = item;
    if (!await this.#send(item, value)) return false;
    this.#past.push({item, was});
    this.steps.value = this.#past.length;
    if (value === null) showToast(t('checklist.cleared'), () => { void this.undo(); });
    return true;
  }

  async undo(): Promise<void> {
    const step = this.#past.at(-1);
    if (step === undefined || !await this.#send(step.item, step.was)) return;
    this.#past.pop();
    this.steps.value = this.#past.length;
    this.touched.value = step.item;
  }

  remark(item: string, text: string): Promise<boolean> {
    const tidy = text.trim();
    if (tidy === (this.#stored()?.remarks[item] ?? '')) return Promise.resolve(true);
    this.touched.value = item;
    return keep(() => act('remark.set', ['run', this.#run], {item, text: tidy === '' ? null : tidy}, {base: viewNow().head}));
  }

  waive(item: string, rule: string, witness: string): Promise<boolean> {
    this.touched.value = item;
    return keep(() => act('waive', ['run', this.#run], {item, rule, witness: witness.trim()}, {base: viewNow().head}));
  }

  #send(item: string, value: Answer | null): Promise<boolean> {
    return keep(() => act('answer.set', ['run', this.#run], {item, value: typeof value === 'string' || value === null ? value : [...value]}, {base: viewNow().head}));
  }

  #stored(): Run | null {
    return viewNow().get<Run>('run', this.#run);
  }
}

export type Read = {readonly answer: Answer | null} | {readonly fault: string};

/** What was typed, as an answer: empty takes it back, a comma is a point. Or what is wrong with it, in words. */
export function readTyped(item: Item, typed: string): Read {
  const text = typed.trim();
  if (text === '') return {answer: null};
  try {
    return {answer: canonicalAnswer(item, item.type === 'number' ? asDecimal(text) : text)};
  } catch (fault) {
    if (fault instanceof InvalidAnswer) return {fault: t(FAULT_WORDS[fault.reason])};
    throw fault;
  }
}

/** Keyboards of the region write 12,5 and .5; the law knows 12.5 and 0.5. */
function asDecimal(text: string): string {
  return text.replace(/\s/g, '').replace(',', '.').replace(/^(-?)\./, '$10.').replace(/\.$/, '').replace(/^\+/, '');
}
