/** UTF-8 without the DOM's encoder, which would silently replace a lone surrogate. */

/** The bytes of a text; a lone surrogate keeps its own three bytes, as in the Python twin. */
export function encode(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const sign of text) pushPoint(bytes, sign.codePointAt(0) ?? 0);
  return Uint8Array.from(bytes);
}

function pushPoint(bytes: number[], point: number): void {
  if (point < 0x80) bytes.push(point);
  else if (point < 0x800) bytes.push(0xc0 | (point >> 6), tail(point, 0));
  else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), tail(point, 6), tail(point, 0));
  else bytes.push(0xf0 | (point >> 18), tail(point, 12), tail(point, 6), tail(point, 0));
}

function tail(point: number, shift: number): number {
  return 0x80 | ((point >> shift) & 0x3f);
}

/** How many bytes `encode` would make. */
export function length(text: string): number {
  let sum = 0;
  for (const sign of text) {
    const point = sign.codePointAt(0) ?? 0;
    sum += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return sum;
}

/** The text of well-formed UTF-8, or null: overlong forms, surrogates and cut sequences are refused. */
export function decode(bytes: Uint8Array): string | null {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [point, size] = pointAt(bytes, at);
    if (size === 0) return null;
    parts.push(String.fromCodePoint(point));
    at += size;
  }
  return parts.join('');
}

const NOT_UTF8: [number, number] = [0, 0];

function pointAt(bytes: Uint8Array, at: number): [number, number] {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return [first, 1];
  const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + size > bytes.length) return NOT_UTF8;
  let point = first & (0xff >> (size + 1));
  for (let step = 1; step < size; step++) {
    const next = bytes[at + step] ?? 0;
    if ((next & 0xc0) !== 0x80) return NOT_UTF8;
    point = (point << 6) | (next & 0x3f);
  }
  return isScalar(point, size) ? [point, size] : NOT_UTF8;
}

function isScalar(point: number, size: number): boolean {
  const least = size === 2 ? 0x80 : size === 3 ? 0x800 : 0x10000;
  return point >= least && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
}
