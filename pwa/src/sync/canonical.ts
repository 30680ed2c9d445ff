/** Canonical bytes (rule S7): RFC 8785, read back as strictly as they are written. */
import canonicalize from 'canonicalize';
import {LIMITS} from './protocol.ts';
import {NotStrict, read as readStrict, type Json, type StrictFault} from './strict_json.ts';
import {decode, encode} from './utf8.ts';

export type CanonicalFault = StrictFault | 'encoding' | 'bom' | 'control' | 'bidi' | 'nfc' | 'form';

/** Bytes that nobody should sign. `path` is a JSON pointer to the value, empty where the whole is meant. */
export class NotCanonical extends Error {
  readonly reason: CanonicalFault;
  readonly path: string;

  constructor(reason: CanonicalFault, path = '') {
    super(`${reason} at ${path || 'the whole'}`);
    this.reason = reason;
    this.path = path;
  }
}

/** The RFC 8785 bytes of a value that keeps rule S7; throws NotCanonical, which names what does not. */
export function write(value: unknown): Uint8Array {
  check(value, '', LIMITS.operation_depth);
  return encode(loose(value));
}

/** The value of canonical bytes: `write(read(data))` is `data`, or NotCanonical is thrown. */
export function read(data: Uint8Array): Json {
  const text = decode(data);
  if (text === null) throw new NotCanonical('encoding');
  if (text.startsWith('\ufeff')) throw new NotCanonical('bom');
  const value = strict(text);
  check(value, '', LIMITS.operation_depth);
  if (loose(value) !== text) throw new NotCanonical('form');
  return value;
}

/** The RFC 8785 text of a value that nobody signs, texts as they are: for comparing, never for digests. */
export function loose(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new NotCanonical('form');
  return text;
}

function strict(text: string): Json {
  try {
    return readStrict(text);
  } catch (wrong) {
    if (wrong instanceof NotStrict) throw new NotCanonical(wrong.reason);
    throw wrong;
  }
}

function check(value: unknown, path: string, depth: number): void {
  if (typeof value === 'string') return checkText(value, path);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new NotCanonical('number', path);
    return;
  }
  if (value === null || typeof value === 'boolean') return;
  if (typeof value !== 'object') throw new NotCanonical('form', path);
  if (depth === 0) throw new NotCanonical('depth', path);
  for (const [key, inner] of Object.entries(value)) {
    if (!Array.isArray(value)) checkText(key, path);
    check(inner, `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, depth - 1);
  }
}

function checkText(text: string, path: string): void {
  const fault = textFault(text);
  if (fault !== null) throw new NotCanonical(fault, path);
}

const FAULT =
  /(?<nul>\u0000)|(?<surrogate>[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff])|(?<control>[\u0001-\u001f\u007f-\u009f])|(?<bidi>[\u202a-\u202e\u2066-\u2069])/;

/** What a signed text may not hold: NUL, lone surrogate, control, bidi control, a form that is not NFC. */
export function textFault(text: string): CanonicalFault | null {
  const groups = FAULT.exec(text)?.groups ?? {};
  const found = (['nul', 'surrogate', 'control', 'bidi'] as const).find((name) => groups[name] !== undefined);
  return found ?? (text.normalize('NFC') === text ? null : 'nfc');
}
