import {useEffect, useRef} from 'preact/hooks';
import SignaturePad from 'signature_pad';
import {Icon} from '../../ui/kit.ts';
import {type Ink, inkOf} from './ink.ts';

interface InkPadProps {
  label: string;
  clear: string;
  ink: Ink | null;
  onInk: (ink: Ink | null) => void;
}

/** Where the client draws. What was drawn survives a turn of the tablet. */
export function InkPad({label, clear, ink, onInk}: InkPadProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const pad = useRef<SignaturePad | null>(null);
  useEffect(() => {
    const drawn = canvas.current;
    if (drawn === null) return undefined;
    const made = new SignaturePad(drawn, {penColor: getComputedStyle(drawn).color, minDistance: 2, throttle: 8, minWidth: 1, maxWidth: 3.5});
    pad.current = made;
    const tell = () => onInk(made.isEmpty() ? null : inkOf(made.toData().map(({points}) => points), drawn.clientWidth, drawn.clientHeight));
    const fit = () => { fitTo(drawn, made, ink); };
    fit();
    made.addEventListener('endStroke', tell);
    addEventListener('resize', fit);
    return () => {
      made.off();
      removeEventListener('resize', fit);
    };
  }, []);
  return (
    <div class="ink">
      <canvas ref={canvas} class="ink__pad" role="img" aria-label={label} data-ink={ink === null ? 'empty' : 'drawn'} />
      <button class="ink__clear" type="button" onClick={() => { pad.current?.clear(); onInk(null); }}><Icon name="rotate-ccw" />{clear}</button>
    </div>
  );
}

/** Sharp on every screen; strokes are kept in CSS pixels, so a turned tablet only needs to draw them again. */
function fitTo(canvas: HTMLCanvasElement, pad: SignaturePad, ink: Ink | null): void {
  const ratio = Math.max(devicePixelRatio, 1);
  const before = pad.isEmpty() ? fromInk(ink, pad) : pad.toData();
  canvas.width = canvas.clientWidth * ratio;
  canvas.height = canvas.clientHeight * ratio;
  canvas.getContext('2d')?.scale(ratio, ratio);
  pad.clear();
  pad.fromData(before);
}

function fromInk(ink: Ink | null, pad: SignaturePad): ReturnType<SignaturePad['toData']> {
  const {dotSize, minWidth, maxWidth, penColor, velocityFilterWeight, compositeOperation} = pad;
  return (ink?.strokes ?? []).map((stroke) => ({
    dotSize, minWidth, maxWidth, penColor, velocityFilterWeight, compositeOperation,
    points: stroke.map(([x, y], at) => ({x, y, pressure: 0.5, time: at * 16})),
  }));
}
