/** A drawn signature as numbers: strokes of whole-number points inside its pad. No pressure, no time per point. */
export interface Ink {
  readonly w: number;
  readonly h: number;
  readonly strokes: readonly (readonly (readonly [number, number])[])[];
}

/** The record's limits (backend/signoff/documents.py). */
export const MOST_STROKES = 40;
export const MOST_POINTS = 4_000;
/** The drawn path is at least this part of the pad's width, so that a dot is no signature. */
const LEAST = 1 / 10;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Strokes as drawn, thinned evenly when there are more points than a record may hold. */
export function inkOf(strokes: readonly (readonly Point[])[], w: number, h: number): Ink {
  const kept = strokes.filter((stroke) => stroke.length > 0).slice(0, MOST_STROKES);
  const points = kept.reduce((sum, stroke) => sum + stroke.length, 0);
  // Thinning keeps up to two points of a stroke beyond its share: its first and its last.
  const step = Math.max(1, Math.ceil(points / (MOST_POINTS - 2 * MOST_STROKES)));
  return {w, h, strokes: kept.map((stroke) => stroke.filter((_, at) => at % step === 0 || at === stroke.length - 1).map(({x, y}) => [inside(x, w), inside(y, h)] as const))};
}

function inside(at: number, most: number): number {
  return Math.min(Math.max(Math.round(at), 0), most);
}

/** The same drawing on a pad of another size: smaller where it would not fit, never torn or cut. */
export function fitted(ink: Ink, w: number, h: number): Ink {
  const scale = Math.min(1, w / ink.w, h / ink.h);
  if (scale === 1) return ink;
  return {w, h, strokes: ink.strokes.map((stroke) => stroke.map(([x, y]) => [inside(x * scale, w), inside(y * scale, h)] as const))};
}

export function isSignature({w, strokes}: Ink): boolean {
  return strokes.reduce((sum, stroke) => sum + lengthOf(stroke), 0) >= w * LEAST;
}

function lengthOf(stroke: Ink['strokes'][number]): number {
  return stroke.reduce((sum, [x, y], at) => {
    const before = stroke[at - 1];
    return before === undefined ? 0 : sum + Math.hypot(x - before[0], y - before[1]);
  }, 0);
}
