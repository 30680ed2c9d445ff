import {useEffect, useRef} from 'preact/hooks';
import SignaturePad from 'signature_pad';
import {fitted, type Ink, inkOf, MOST_STROKES} from './ink.ts';

interface InkPadProps {
  label: string;
  /** null empties the pad. */
  ink: Ink | null;
  onInk: (ink: Ink | null) => void;
  /** A word about the drawing. It lies on the pad, so that nothing moves under the pen when it comes or goes. */
  said: string | null;
}

/** Where the client draws. What was drawn survives a turn of the tablet and a change of its theme. */
export function InkPad({label, ink, onInk, said}: InkPadProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const pad = useRef<SignaturePad | null>(null);
  const known = useRef({ink, onInk});
  known.current = {ink, onInk};
  useEffect(() => {
    const drawn = canvas.current;
    if (drawn === null) return undefined;
    const made = new SignaturePad(drawn, {minDistance: 2, throttle: 8, minWidth: 1, maxWidth: 3.5});
    pad.current = made;
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const tell = () => known.current.onInk(made.isEmpty() ? null : inkOf(made.toData().map(({points}) => points), drawn.clientWidth, drawn.clientHeight));
    const fit = () => fitTo(drawn, made, known.current.ink);
    fit();
    made.addEventListener('endStroke', tell);
    addEventListener('resize', fit);
    dark.addEventListener('change', fit);
    return () => {
      made.off();
      removeEventListener('resize', fit);
      dark.removeEventListener('change', fit);
    };
  }, []);
  const empty = ink === null;
  useEffect(() => { if (empty) pad.current?.clear(); }, [empty]);
  // A stroke that the record could not hold must not be drawn either.
  const full = ink !== null && ink.strokes.length >= MOST_STROKES;
  useEffect(() => { if (full) pad.current?.off(); else pad.current?.on(); }, [full]);
  return (
    <div class="ink">
      <canvas ref={canvas} class="ink__pad" role="img" aria-label={label} data-ink={empty ? 'empty' : 'drawn'} />
      <p class="ink__said" role="alert">{said}</p>
    </div>
  );
}

/** Sharp on every screen, in the colour of its text. */
function fitTo(canvas: HTMLCanvasElement, pad: SignaturePad, ink: Ink | null): void {
  const ratio = Math.max(devicePixelRatio, 1);
  canvas.width = canvas.clientWidth * ratio;
  canvas.height = canvas.clientHeight * ratio;
  canvas.getContext('2d')?.scale(ratio, ratio);
  pad.penColor = getComputedStyle(canvas).color;
  pad.clear();
  if (ink !== null) pad.fromData(dataOf(fitted(ink, canvas.clientWidth, canvas.clientHeight), pad));
}

function dataOf({strokes}: Ink, pad: SignaturePad): ReturnType<SignaturePad['toData']> {
  const {dotSize, minWidth, maxWidth, penColor, velocityFilterWeight, compositeOperation} = pad;
  return strokes.map((stroke) => ({
    dotSize, minWidth, maxWidth, penColor, velocityFilterWeight, compositeOperation,
    points: stroke.map(([x, y], at) => ({x, y, pressure: 0.5, time: at * 16})),
  }));
}
