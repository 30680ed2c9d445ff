/** Reads the plain parts of a definition and notes every fault instead of stopping at the first (rule C1). */

import type {Labels, Range, Reference} from './definition.ts';
import * as exact from './exact.ts';
import type {Exact} from './exact.ts';
import type {Fault} from './faults.ts';
import * as wording from './wording.ts';

export type Fields = ReadonlyMap<string, unknown>;
/** What an entry that is no object is read as, its fault being noted. */
export const NO_FIELDS: Fields = new Map();
type Read<T> = (raw: unknown, path: string) => T;

const ID = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const CHOICE_ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$/;
const MAX_LABEL = 500;
const MAX_NOTE = 2000;
const MAX_LANGUAGES = 20;
const ZERO: Exact = {units: 0n, scale: 0};

/** Each method returns a usable value whatever it is given; `faults` says whether all was well. */
export class Reader {
  readonly faults: Fault[] = [];

  fault(path: string, reason: string): void {
    this.faults.push({path, reason});
  }

  /** The known keys of an object, or null when it is no object. Absent and unknown keys are faults. */
  fields(raw: unknown, path: string, required: readonly string[], optional: readonly string[] = []): Fields | null {
    if (!isObject(raw)) {
      this.fault(path, 'wrong_type');
      return null;
    }
    for (const key of required) if (!Object.hasOwn(raw, key)) this.fault(under(path, key), 'missing_key');
    const known = new Map<string, unknown>();
    for (const [key, value] of Object.entries(raw)) {
      if (required.includes(key) || optional.includes(key)) known.set(key, value);
      else this.fault(under(path, key), 'unknown_key');
    }
    return known;
  }

  /** Read one key if it is there. */
  take<T, Absent>(fields: Fields, key: string, path: string, read: Read<T>, absent: Absent): T | Absent {
    return fields.has(key) ? read(fields.get(key), under(path, key)) : absent;
  }

  /** The entries of a list of 1 to `most`, with their paths; a longer list is not looked into. */
  entries(raw: unknown, path: string, most: number): [unknown, string][] {
    if (!Array.isArray(raw)) {
      this.fault(path, 'wrong_type');
      return [];
    }
    if (raw.length === 0) this.fault(path, 'empty');
    if (raw.length > most) {
      this.fault(path, 'too_many');
      return [];
    }
    return raw.map((entry: unknown, index) => [entry, `${path}[${index}]`]);
  }

  /** 1 to `most` code points, NFC, trimmed, no control characters other than tab and line feed. */
  text(raw: unknown, path: string, most: number = MAX_LABEL): string {
    if (typeof raw !== 'string') {
      this.fault(path, 'wrong_type');
      return '';
    }
    const reason = textFault(raw, most);
    if (reason !== null) this.fault(path, reason);
    return raw;
  }

  labels(raw: unknown, path: string, most: number = MAX_LABEL): Labels {
    if (!isObject(raw)) {
      this.fault(path, 'wrong_type');
      return {};
    }
    const languages = Object.keys(raw);
    if (languages.length === 0) this.fault(path, 'empty');
    if (languages.length > MAX_LANGUAGES) {
      this.fault(path, 'too_many');
      return {};
    }
    for (const language of languages) {
      if (!LANGUAGE.test(language)) this.fault(under(path, language), 'not_a_language');
    }
    return Object.fromEntries(languages.map((name) => [name, this.text(raw[name], under(path, name), most)]));
  }

  note(raw: unknown, path: string): Labels {
    return this.labels(raw, path, MAX_NOTE);
  }

  id(raw: unknown, path: string): string {
    return this.name(raw, path, ID);
  }

  choiceId(raw: unknown, path: string): string {
    return this.name(raw, path, CHOICE_ID);
  }

  oneOf(raw: unknown, path: string, allowed: readonly string[]): string {
    if (typeof raw !== 'string') {
      this.fault(path, 'wrong_type');
      return '';
    }
    if (allowed.includes(raw)) return raw;
    this.fault(path, 'not_one_of');
    return '';
  }

  /** A list of different values, each one of `allowed`; `reason` names the fault when one is not. */
  severalOf(raw: unknown, path: string, allowed: readonly string[], reason: string): string[] {
    const found: string[] = [];
    for (const [entry, at] of this.entries(raw, path, Math.max(allowed.length, 1))) {
      if (typeof entry !== 'string') this.fault(at, 'wrong_type');
      else if (!allowed.includes(entry)) this.fault(at, reason);
      else if (found.includes(entry)) this.fault(at, 'duplicate');
      else found.push(entry);
    }
    return found;
  }

  flag(raw: unknown, path: string): boolean {
    if (typeof raw !== 'boolean') this.fault(path, 'wrong_type');
    return raw === true;
  }

  whole(raw: unknown, path: string, least: number, most: number): number {
    if (typeof raw !== 'number' || !Number.isInteger(raw)) {
      this.fault(path, 'wrong_type');
      return least;
    }
    if (raw >= least && raw <= most) return raw;
    this.fault(path, 'out_of_range');
    return least;
  }

  /** A canonical decimal of at most 15 digits before and 9 after the point. */
  decimal(raw: unknown, path: string): Exact {
    if (typeof raw !== 'string') {
      this.fault(path, 'wrong_type');
      return ZERO;
    }
    if (isShortDecimal(raw)) return exact.read(raw);
    this.fault(path, 'not_a_decimal');
    return ZERO;
  }

  range(raw: unknown, path: string): Range | null {
    const fields = this.fields(raw, path, [], ['min', 'max']);
    if (fields === null) return null;
    if (fields.size === 0) this.fault(path, 'empty');
    const decimal: Read<Exact> = (value, at) => this.decimal(value, at);
    const min = this.take(fields, 'min', path, decimal, null);
    const max = this.take(fields, 'max', path, decimal, null);
    if (min !== null && max !== null && exact.compare(min, max) > 0) this.fault(path, 'disordered');
    return {min, max};
  }

  references(raw: unknown, path: string): Reference[] {
    return this.entries(raw, path, 20).map(([entry, at]) => this.reference(entry, at));
  }

  private reference(raw: unknown, path: string): Reference {
    const fields = this.fields(raw, path, ['scheme', 'id']) ?? NO_FIELDS;
    const scheme = this.take(fields, 'scheme', path, (value, at) => this.id(value, at), '');
    return {scheme, id: this.take(fields, 'id', path, (value, at) => this.text(value, at, 100), '')};
  }

  private name(raw: unknown, path: string, form: RegExp): string {
    if (typeof raw !== 'string') {
      this.fault(path, 'wrong_type');
      return '';
    }
    if (!form.test(raw)) this.fault(path, 'not_an_id');
    return raw;
  }
}

export function under(path: string, key: string): string {
  return path ? `${path}.${key}` : key;
}

export function isObject(raw: unknown): raw is Readonly<Record<string, unknown>> {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}

function isShortDecimal(text: string): boolean {
  const [whole = '', fraction = ''] = text.replace(/^-/, '').split('.');
  return exact.isDecimal(text) && whole.length <= 15 && fraction.length <= 9;
}

/** The first thing wrong with a text of a definition, or null. */
function textFault(text: string, most: number): string | null {
  if (!wording.isWellFormed(text)) return 'malformed_text';
  if (text === '') return 'empty';
  if (wording.lengthOf(text) > most) return 'too_long';
  if (wording.hasControl(text, true)) return 'control_character';
  if (!wording.isNfc(text)) return 'not_nfc';
  return wording.trim(text) === text ? null : 'not_trimmed';
}
