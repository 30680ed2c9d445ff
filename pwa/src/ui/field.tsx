import type {ComponentChildren} from 'preact';
import {useId} from 'preact/hooks';
import {Icon} from './icon.tsx';
import {classes} from './tone.ts';

interface Frame {
  label: string;
  /** What helps before typing: the unit's meaning, the limits, the last reading. */
  hint?: ComponentChildren;
  /** What is wrong and what to do; read aloud when it appears. */
  fault?: string | null;
}

export interface FieldProps extends Frame {
  value: string;
  /** Every keystroke. */
  onInput: (value: string) => void;
  /** The person left the field or pressed enter: the moment to keep the value. */
  onCommit?: (value: string) => void;
  type?: 'text' | 'password' | 'date' | 'time' | 'datetime-local' | 'search' | 'email' | 'tel';
  name?: string;
  autocomplete?: string;
  /** More than one makes it a text area. */
  rows?: number;
  maxLength?: number;
  disabled?: boolean;
  spellcheck?: boolean;
}

export function Field({label, hint, fault, ...props}: FieldProps) {
  const id = useId();
  return (
    <FieldFrame id={id} label={label} hint={hint} fault={fault ?? null}>
      {(props.rows ?? 1) > 1 ? <TextArea {...props} id={id} named={described(id, hint, fault)} /> : <Input {...props} id={id} named={described(id, hint, fault)} />}
    </FieldFrame>
  );
}

type BoxProps = Omit<FieldProps, keyof Frame> & {id: string; named: ReturnType<typeof described>};

function TextArea({id, named, value, onInput, onCommit, rows = 3, name = '', maxLength = 10_000, disabled = false, spellcheck = true}: BoxProps) {
  return (
    <textarea id={id} class="field__input" rows={rows} name={name} maxLength={maxLength} disabled={disabled} spellcheck={spellcheck} value={value} {...named}
      onInput={(event) => onInput(event.currentTarget.value)} onBlur={(event) => onCommit?.(event.currentTarget.value)} />
  );
}

function Input({id, named, value, onInput, onCommit, type = 'text', name = '', autocomplete = 'off', maxLength = 500, disabled = false, spellcheck = false}: BoxProps) {
  const kind = {type} as {type: 'text'};
  return (
    <input id={id} class="field__input" {...kind} name={name} autocomplete={autocomplete} maxLength={maxLength} disabled={disabled} spellcheck={spellcheck} value={value} {...named}
      onInput={(event) => onInput(event.currentTarget.value)} onBlur={(event) => onCommit?.(event.currentTarget.value)}
      onKeyDown={(event) => event.key === 'Enter' && onCommit?.(event.currentTarget.value)} />
  );
}

export interface NumberFieldProps extends Frame {
  /** As typed: digits, one point or comma, a sign. What it means is for `checklists/answers.ts`. */
  value: string;
  onInput: (value: string) => void;
  onCommit?: (value: string) => void;
  unit?: string;
  /** Outside its limits, but a value: shown as a warning, not as a fault. */
  warn?: boolean;
  wholeNumber?: boolean;
  disabled?: boolean;
}

/** Large tabular digits, the tablet's number keys, the unit beside. */
export function NumberField({label, hint, fault, value, onInput, onCommit, unit, warn = false, wholeNumber = false, disabled = false}: NumberFieldProps) {
  const id = useId();
  return (
    <FieldFrame id={id} label={label} hint={hint} fault={fault ?? null} warn={warn}>
      <input id={id} class="field__input field__input--number" type="text" inputMode={wholeNumber ? 'numeric' : 'decimal'} autocomplete="off" value={value} disabled={disabled}
        onInput={(event) => onInput(event.currentTarget.value)} onBlur={(event) => onCommit?.(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Enter' && onCommit?.(event.currentTarget.value)} {...described(id, hint, fault)} />
      {unit !== undefined && <span class="field__unit">{unit}</span>}
    </FieldFrame>
  );
}

function FieldFrame({id, label, hint, fault, warn = false, children}: Frame & {id: string; warn?: boolean; children: ComponentChildren}) {
  return (
    <div class={classes('field', fault != null && 'field--fault', warn && 'field--warn')}>
      <label class="field__label" for={id}>{label}</label>
      <div class="field__box">{children}</div>
      {hint !== undefined && <div class="field__hint" id={`${id}-hint`}>{hint}</div>}
      <div role="alert">{fault != null && <p class="field__fault" id={`${id}-fault`}><Icon name="circle-alert" />{fault}</p>}</div>
    </div>
  );
}

function described(id: string, hint: ComponentChildren, fault: string | null | undefined) {
  const by = [hint !== undefined && `${id}-hint`, fault != null && `${id}-fault`].filter(Boolean).join(' ');
  return {...(by === '' ? {} : {'aria-describedby': by}), ...(fault != null ? {'aria-invalid': true} : {})};
}
