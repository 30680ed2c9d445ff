/** Exact decimals: an integer, and how many of its digits stand after the point. No float anywhere. */

/** The number units / 10^scale. */
export interface Exact {
  readonly units: bigint;
  readonly scale: number;
}

const CANONICAL = /^-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$/;
const LARGEST_RESULT = 10n ** 30n;

/** True for the one canonical form of a decimal (rule C3): no leading or trailing zeros, no `-0`. */
export function isDecimal(text: string): boolean {
  return text !== '-0' && CANONICAL.test(text);
}

/** Read digits with an optional point, canonical or not; the caller has checked the form. */
export function read(text: string): Exact {
  const point = text.indexOf('.');
  if (point < 0) return {units: BigInt(text), scale: 0};
  return {units: BigInt(text.slice(0, point) + text.slice(point + 1)), scale: text.length - point - 1};
}

/** The canonical form of rule C3. */
export function written(number: Exact): string {
  const digits = absolute(number.units).toString().padStart(number.scale + 1, '0');
  const whole = digits.slice(0, digits.length - number.scale);
  const fraction = digits.slice(digits.length - number.scale).replace(/0+$/, '');
  const sign = number.units < 0n ? '-' : '';
  return fraction ? `${sign}${whole}.${fraction}` : `${sign}${whole}`;
}

/** Below 0, 0 or above 0, as left is below, equal to or above right. */
export function compare(left: Exact, right: Exact): number {
  const a = left.units * power(right.scale);
  const b = right.units * power(left.scale);
  return a < b ? -1 : a > b ? 1 : 0;
}

export function add(left: Exact, right: Exact): Exact {
  const scale = Math.max(left.scale, right.scale);
  return {units: left.units * power(scale - left.scale) + right.units * power(scale - right.scale), scale};
}

export function subtract(left: Exact, right: Exact): Exact {
  return add(left, {units: -right.units, scale: right.scale});
}

export function multiply(left: Exact, right: Exact): Exact {
  return {units: left.units * right.units, scale: left.scale + right.scale};
}

/** left / right, half-up at `decimals`; null when right is zero. */
export function divide(left: Exact, right: Exact, decimals: number): Exact | null {
  if (right.units === 0n) return null;
  return {
    units: halfUp(left.units * power(right.scale + decimals), right.units * power(left.scale)),
    scale: decimals,
  };
}

/** Half-up at `decimals`: 0.5 goes away from zero. */
export function rounded(number: Exact, decimals: number): Exact {
  if (number.scale <= decimals) return number;
  return {units: halfUp(number.units, power(number.scale - decimals)), scale: decimals};
}

/** False when over 30 digits stand before the point; chained products would grow without end. */
export function isWithinSize(number: Exact): boolean {
  return absolute(number.units) < LARGEST_RESULT * power(number.scale);
}

function power(scale: number): bigint {
  return 10n ** BigInt(scale);
}

function absolute(units: bigint): bigint {
  return units < 0n ? -units : units;
}

function halfUp(above: bigint, below: bigint): bigint {
  const divisor = absolute(below);
  const quotient = absolute(above) / divisor;
  const rest = absolute(above) % divisor;
  const near = 2n * rest >= divisor ? quotient + 1n : quotient;
  return above < 0n !== below < 0n ? -near : near;
}
