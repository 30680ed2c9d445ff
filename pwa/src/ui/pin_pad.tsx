import {useEffect, useRef} from 'preact/hooks';
import {t, tn} from '../i18n/i18n.ts';
import {Button} from './button.tsx';

const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;

interface PinPadProps {
  /** Read aloud with the digits, for example "PIN". */
  label: string;
  pin: string;
  onChange: (pin: string) => void;
  /** Enter was pressed or the tick was tapped. */
  onDone: (pin: string) => void;
  /** At least this many digits. */
  least: number;
  most: number;
  busy?: boolean;
}

/** Digits of our own, big enough for gloves; a hardware keyboard works as well. No input element: nothing offers to save it. */
export function PinPad({label, pin, onChange, onDone, least, most, busy = false}: PinPadProps) {
  const enough = pin.length >= least;
  const press = (digit: string) => { if (!busy && pin.length < most) onChange(pin + digit); };
  const erase = () => onChange(pin.slice(0, -1));
  const done = () => { if (enough && !busy) onDone(pin); };
  useKeys({press, erase, done});
  return (
    <div class="pin" role="group" aria-label={label}>
      <div class="pin__dots" role="status">
        <span class="only-heard">{tn('ui.pin.digits', pin.length)}</span>
        {Array.from({length: Math.max(least, pin.length)}, (_, at) => <span key={at} class={at < pin.length ? 'pin__dot pin__dot--filled' : 'pin__dot'} />)}
      </div>
      <div class="key-grid">
        {DIGITS.map((digit) => <Button key={digit} onClick={() => press(digit)} disabled={busy}>{digit}</Button>)}
        <Button icon="delete" label={t('ui.pin.erase')} onClick={erase} disabled={busy || pin === ''} />
        <Button onClick={() => press('0')} disabled={busy}>{'0'}</Button>
        <Button kind="primary" icon="check" label={t('ui.pin.done')} onClick={done} disabled={busy || !enough} />
      </div>
    </div>
  );
}

interface Keys {
  press: (digit: string) => void;
  erase: () => void;
  done: () => void;
}

function useKeys(keys: Keys): void {
  const now = useRef(keys);
  now.current = keys;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const onButton = event.target instanceof HTMLButtonElement;
      if (/^\d$/.test(event.key)) now.current.press(event.key);
      else if (event.key === 'Backspace') now.current.erase();
      // Enter on a focused key presses that key; the browser sees to it.
      else if (event.key === 'Enter' && !onButton) now.current.done();
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
}
