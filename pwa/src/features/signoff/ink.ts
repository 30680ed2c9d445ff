/** A drawn signature as numbers: strokes of whole-number points inside its pad. No pressure, no time per point. */
export interface Ink {
  readonly w: number;
  readonly h: number;
  readonly strokes: readonly (readonly (readonly [number, number])[])[];
}

/** The record's limits (backend/signoff/documents.py). */
const MOST_STROKES = 40;
const MOST_POINTS = 4_000;
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
  const step = Math.max(1, Math.ceil(points / (MOST_POINTS - MOST_STROKES)));
  return {w, h, strokes: kept.map((stroke) => stroke.filter((_, at) => at % step === 0 || at === stroke.length - 1).map(({x, y}) => [inside(x, w), inside(y, h)] as const))};
}

function inside(at: number, most: number): number {
  return Math.min(Math.max(Math.round(at), 0), most);
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
