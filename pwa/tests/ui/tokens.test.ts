import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';

const css = readFileSync(join(import.meta.dirname, '../../../backend/core/static/tokens.css'), 'utf8');

type Theme = Record<string, string>;

function colours(block: RegExp): Theme {
  return Object.fromEntries([...(block.exec(css)?.[1] ?? '').matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]));
}

const LIGHT = colours(/\[data-theme="light"\] \{([^}]*)\}/);
const DARK = colours(/\n\[data-theme="dark"\] \{([^}]*)\}/);
const DARK_BY_SYSTEM = colours(/:root:not\(\[data-theme="light"\]\) \{([^}]*)\}/);

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2.2. */
function contrast(theme: Theme, one: string, other: string): number {
  const [darker = 0, lighter = 0] = [one, other].map((name) => luminance(theme[name] ?? '')).sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

const TONES = ['ok', 'warn', 'fail', 'info', 'neutral', 'accent'];
const GROUNDS = ['ground', 'surface', 'surface-sunk', 'accent-soft'];

describe.each([['light', LIGHT], ['dark', DARK]] as const)('in the %s theme', (_, theme) => {
  test.each(TONES)('%s carries answers and labels at 7:1, as text and as a ground', (tone) => {
    for (const ground of ['ground', 'surface', `${tone}-soft`]) expect(contrast(theme, tone, ground), ground).toBeGreaterThanOrEqual(7);
    expect(contrast(theme, `on-${tone}`, tone)).toBeGreaterThanOrEqual(7);
  });

  test.each(GROUNDS)('text on %s is at 7:1, outlines and focus at 3:1', (ground) => {
    for (const text of ['text', 'text-soft']) expect(contrast(theme, text, ground), text).toBeGreaterThanOrEqual(7);
    for (const line of ['line-strong', 'focus']) expect(contrast(theme, line, ground), line).toBeGreaterThanOrEqual(3);
  });
});

test('the two dark lists are the same, and dark names every colour that light names', () => {
  expect(DARK_BY_SYSTEM).toEqual(DARK);
  expect(Object.keys(DARK).sort()).toEqual(Object.keys(LIGHT).sort());
  expect(Object.keys(LIGHT).length).toBeGreaterThan(20);
});

test('the measure itself knows black on white and grey on grey', () => {
  expect(contrast({a: '#000000', b: '#ffffff'}, 'a', 'b')).toBeCloseTo(21);
  expect(contrast({a: '#777777', b: '#777777'}, 'a', 'b')).toBe(1);
});
