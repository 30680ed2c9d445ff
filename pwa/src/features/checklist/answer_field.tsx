import {useSignal} from '@preact/signals';
import {type Item, label} from '../../checklists/index.ts';
import {shortDate} from '../../i18n/format.ts';
import {language, t, tn} from '../../i18n/i18n.ts';
import {Chip, Field, Icon, NumberField, type Option, SegmentedChoice, ChoiceList, type Tone} from '../../ui/kit.ts';
import {readTyped} from './answering.ts';
import type {ItemProps} from './item_card.tsx';
import {limitWords, padded} from './wording.ts';

type FieldProps = ItemProps & {name: string};

/** What answers this kind of item. */
export function AnswerField(props: FieldProps) {
  switch (props.item.type) {
    case 'pass_fail': return <PassFail {...props} />;
    case 'yes_no': case 'choice': return <OneOf {...props} />;
    case 'choices': return <SeveralOf {...props} />;
    case 'number': return <Measured {...props} />;
    case 'text': case 'scan': case 'date': case 'time': return <Written {...props} />;
    case 'computed': return <Computed {...props} />;
    case 'photo': return <p class="soft">{photoWords(props.item)}</p>;
    case 'instruction': return null;
  }
}

function PassFail({item, facts, answering, open, name}: FieldProps) {
  return (
    <SegmentedChoice legend={name} quiet disabled={!open} value={asText(facts.answer)} onChange={(value) => { void answering.answer(item.id, value); }}
      options={[
        {value: 'pass', label: t('checklist.pass'), icon: 'check', tone: 'ok'},
        {value: 'fail', label: t('checklist.fail'), icon: 'x', tone: 'fail'},
        {value: 'na', label: t('checklist.na'), icon: 'minus', tone: 'neutral'},
      ]} />
  );
}

const SHORT = 14;

function OneOf({item, facts, answering, open, name}: FieldProps) {
  const options: Option<string>[] = item.type === 'yes_no'
    ? [{value: 'yes', label: t('checklist.yes'), tone: toneOf(item, 'yes')}, {value: 'no', label: t('checklist.no'), tone: toneOf(item, 'no')}]
    : item.choices.map((choice) => ({value: choice.id, label: label(choice.label, language.value), tone: toneOf(item, choice.id)}));
  const Look = options.length <= 3 && options.every((option) => option.label.length <= SHORT) ? SegmentedChoice : ChoiceList;
  return <Look legend={name} quiet disabled={!open} value={asText(facts.answer)} onChange={(value) => { void answering.answer(item.id, value); }} options={options} />;
}

function toneOf({verdicts}: Item, choice: string): Tone {
  if (verdicts === null) return 'accent';
  if (verdicts.fail.includes(choice)) return 'fail';
  return verdicts.warn.includes(choice) ? 'warn' : 'ok';
}

/** Several may be true; each tap is kept at once. */
function SeveralOf({item, facts, answering, open, name}: FieldProps) {
  const chosen = Array.isArray(facts.answer) ? facts.answer as string[] : [];
  const toggle = (choice: string) => {
    const next = item.allowed.filter((each) => (each === choice ? !chosen.includes(each) : chosen.includes(each)));
    void answering.answer(item.id, next.length === 0 ? null : next);
  };
  return (
    <fieldset class="choice choice--list" disabled={!open}>
      <legend class="only-heard">{name}</legend>
      <div class="choice__options">
        {item.choices.map((choice) => (
          <label key={choice.id} class={`choice__option tone--${toneOf(item, choice.id)}`}>
            <input class="choice__input" type="checkbox" checked={chosen.includes(choice.id)} onChange={() => toggle(choice.id)} />
            <Icon name={chosen.includes(choice.id) ? 'check' : 'plus'} /><span>{label(choice.label, language.value)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Typing: a draft at every key, an answer when the person leaves the field. */
function useTyped({item, facts, answering, drafts}: FieldProps) {
  const typed = useSignal<string | null>(drafts.get(item.id));
  const fault = useSignal<string | null>(null);
  const input = (value: string) => {
    typed.value = value;
    fault.value = null;
    drafts.set(item.id, value);
  };
  const commit = async (value: string) => {
    if (typed.peek() === null) return;
    const read = readTyped(item, value);
    if ('fault' in read) { fault.value = read.fault; return; }
    if (!await answering.answer(item.id, read.answer)) return;
    typed.value = null;
    drafts.set(item.id, null);
  };
  return {value: typed.value ?? asText(facts.answer) ?? '', fault: fault.value, onInput: input, onCommit: (value: string) => { void commit(value); }, disabled: false};
}

function Measured(props: FieldProps) {
  const {item, facts, open, name} = props;
  const typed = useTyped(props);
  const hint = [limitWords(item), earlier(props)].filter((part) => part !== null);
  return (
    <NumberField {...typed} label={t('checklist.value', {name})} disabled={!open} wholeNumber={item.decimals === 0} warn={facts.verdict === 'warn' || facts.verdict === 'fail'}
      {...(item.unit === null ? {} : {unit: item.unit})} {...(hint.length === 0 ? {} : {hint: hint.map((part) => <span key={part} class="item__hint numbers">{part}</span>)})} />
  );
}

/** "Before: 21.5 (12 Oct) · 22.0 (10 Sep)" */
function earlier({item, facts}: FieldProps): string | null {
  if (facts.readings.length === 0) return null;
  return t('checklist.before', {values: facts.readings.map(({at, value}) => `${padded(value, item.decimals)} (${shortDate(Date.parse(at))})`).join(' · ')});
}

const INPUT_TYPES = {date: 'date', time: 'time', text: 'text', scan: 'text'} as const;

function Written(props: FieldProps) {
  const {item, facts, open, name} = props;
  const typed = useTyped(props);
  const type = INPUT_TYPES[item.type as keyof typeof INPUT_TYPES];
  const matches = facts.expected === null || facts.answer === null ? null : facts.answer === facts.expected;
  return (
    <>
      <Field {...typed} label={t('checklist.value', {name})} disabled={!open} type={type} rows={item.type === 'text' && item.longest > 200 ? 2 : 1} maxLength={item.longest || 500} spellcheck={item.type === 'text'}
        {...(facts.expected === null ? {} : {hint: t('checklist.scan.expected', {value: facts.expected})})} />
      {matches === true && <div><Chip tone="ok" icon="check">{t('checklist.scan.matches')}</Chip></div>}
      {matches === false && <div><Chip tone="warn" icon="triangle-alert">{t('checklist.scan.differs')}</Chip></div>}
    </>
  );
}

function Computed({item, facts}: FieldProps) {
  const limits = limitWords(item);
  return (
    <div class="computed">
      <output class="computed__value numbers">{facts.computed === null ? '—' : padded(facts.computed, item.decimals)}{item.unit !== null && <span class="field__unit">{item.unit}</span>}</output>
      <p class="soft">{facts.computed === null ? t('checklist.computed.none') : limits}</p>
    </div>
  );
}

function photoWords(item: Item): string {
  return item.photoMin === item.photoMax ? tn('checklist.photos.n', item.photoMin) : t('checklist.photos.range', {min: item.photoMin, max: item.photoMax});
}

function asText(answer: unknown): string | null {
  return typeof answer === 'string' ? answer : null;
}
