import {useId} from 'preact/hooks';
import {Icon} from './icon.tsx';
import {classes, type Tone, toneClass} from './tone.ts';

export interface Option<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly icon?: string;
  readonly tone?: Tone;
}

interface ChoiceProps<Value extends string> {
  /** The question; read aloud with the group, shown unless `quiet`. */
  legend: string;
  quiet?: boolean;
  options: readonly Option<Value>[];
  value: Value | null;
  /** `null` when the chosen one is tapped again: the answer is taken back. */
  onChange: (value: Value | null) => void;
  disabled?: boolean;
}

/** One of a few, as wide buttons side by side. */
export function SegmentedChoice<Value extends string>(props: ChoiceProps<Value>) {
  return <Choice {...props} look="choice" />;
}

/** One of several or of long ones, as full-width lines. */
export function ChoiceList<Value extends string>(props: ChoiceProps<Value>) {
  return <Choice {...props} look="choice choice--list" />;
}

function Choice<Value extends string>({legend, quiet = false, options, value, onChange, disabled = false, look}: ChoiceProps<Value> & {look: string}) {
  const name = useId();
  return (
    <fieldset class={look} disabled={disabled}>
      <legend class={quiet ? 'only-heard' : 'choice__legend'}>{legend}</legend>
      <div class="choice__options">
        {options.map((option) => (
          <label key={option.value} class={classes('choice__option', toneClass(option.tone ?? 'accent'))}>
            <input class="choice__input" type="radio" name={name} value={option.value} checked={option.value === value}
              onChange={() => onChange(option.value)} onClick={() => option.value === value && onChange(null)} />
            {option.icon !== undefined && <Icon name={option.icon} />}
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
