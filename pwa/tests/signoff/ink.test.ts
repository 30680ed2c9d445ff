import {property, assert, array, record, double} from 'fast-check';
import {describe, expect, test} from 'vitest';
import {fitted, inkOf, isSignature, MOST_POINTS, MOST_STROKES} from '../../src/features/signoff/ink.ts';

const point = record({x: double({min: -50, max: 900, noNaN: true}), y: double({min: -50, max: 400, noNaN: true})});

test('a drawing of any size keeps the record’s limits, on whole numbers inside the pad', () => {
  assert(property(array(array(point, {maxLength: 400}), {maxLength: 60}), (strokes) => {
    const ink = inkOf(strokes, 700, 220);
    expect(ink.strokes.length).toBeLessThanOrEqual(MOST_STROKES);
    expect(ink.strokes.flat().length).toBeLessThanOrEqual(MOST_POINTS);
    for (const [x, y] of ink.strokes.flat()) expect([Number.isInteger(x) && x >= 0 && x <= 700, Number.isInteger(y) && y >= 0 && y <= 220]).toEqual([true, true]);
  }));
});

test('the worst drawing, 40 strokes of odd lengths, keeps the limit of points', () => {
  const strokes = Array.from({length: 40}, (_, at) => Array.from({length: 102 + 2 * (at % 3)}, (__, x) => ({x, y: at})));
  expect(inkOf(strokes, 700, 220).strokes.flat().length).toBeLessThanOrEqual(MOST_POINTS);
});

describe('a signature', () => {
  const line = (to: number) => inkOf([[{x: 10, y: 10}, {x: 10 + to, y: 10}]], 700, 220);

  test.each([[69, false], [70, true]])('of %i of 700 wide is one: %s', (length, is) => {
    expect(isSignature(line(length))).toBe(is);
  });

  test('is not made of many dots', () => {
    expect(isSignature(inkOf(Array.from({length: 40}, (_, x) => [{x: x * 10, y: 5}]), 700, 220))).toBe(false);
  });

  test('is drawn smaller on a narrower pad and left alone on a wider one', () => {
    expect(fitted(line(600), 350, 220).strokes).toEqual([[[5, 5], [305, 5]]]);
    expect(fitted(line(600), 900, 220)).toEqual(line(600));
  });
});
