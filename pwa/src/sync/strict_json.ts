/** JSON as operations may use it (rule S6): no duplicate key, float, NUL, deep nest or lone surrogate. */
import {LIMITS} from './protocol.ts';

export type Json = null | boolean | number | string | Json[] | {[key: string]: Json};
export type StrictFault = 'syntax' | 'depth' | 'duplicate_key' | 'number' | 'nul' | 'surrogate';

export class NotStrict extends Error {
  readonly reason: StrictFault;

  constructor(reason: StrictFault) {
    super(reason);
    this.reason = reason;
  }
}

/** The value written in `text`; throws NotStrict. `JSON.parse` cannot do it: it keeps the last of two equal keys. */
export function read(text: string, depth: number = LIMITS.operation_depth): Json {
  const reader = new Reader(text);
  const value = reader.value(depth);
  reader.end();
  return value;
}

const SPACE = /[ \t\n\r]*/y;
const WORD = /true|false|null/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)((?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORDS: Record<string, Json> = {true: true, false: false, null: null};

class Reader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  value(depth: number): Json {
    this.take(SPACE);
    const sign = this.text[this.at];
    if (sign === '{') return this.object(depth);
    if (sign === '[') return this.list(depth);
    if (sign === '"') return this.string();
    const word = this.take(WORD);
    return word === null ? this.number() : (WORDS[word[0]] ?? null);
  }

  end(): void {
    this.take(SPACE);
    if (this.at !== this.text.length) throw new NotStrict('syntax');
  }

  private object(depth: number): Json {
    const pairs = new Map<string, Json>();
    this.items(depth, '}', () => {
      this.take(SPACE);
      const key = this.string();
      this.sign(':');
      if (pairs.has(key)) throw new NotStrict('duplicate_key');
      pairs.set(key, this.value(depth - 1));
    });
    return Object.fromEntries(pairs);
  }

  private list(depth: number): Json {
    const values: Json[] = [];
    this.items(depth, ']', () => values.push(this.value(depth - 1)));
    return values;
  }

  /** Everything between two brackets, with commas between; `item` reads one. */
  private items(depth: number, close: string, item: () => void): void {
    if (depth === 0) throw new NotStrict('depth');
    this.at += 1;
    if (this.peek() === close) {
      this.at += 1;
      return;
    }
    item();
    while (this.peek() === ',') {
      this.at += 1;
      item();
    }
    this.sign(close);
  }

  private string(): string {
    const found = this.take(STRING);
    if (found === null) throw new NotStrict('syntax');
    const text = JSON.parse(found[0]) as string;
    if (text.includes('\0')) throw new NotStrict('nul');
    if (!isWellFormed(text)) throw new NotStrict('surrogate');
    return text;
  }

  private number(): number {
    const found = this.take(NUMBER);
    if (found === null) throw new NotStrict('syntax');
    const value = Number(found[0]);
    if (found[1] !== '' || Object.is(value, -0) || !Number.isSafeInteger(value)) throw new NotStrict('number');
    return value;
  }

  private peek(): string | undefined {
    this.take(SPACE);
    return this.text[this.at];
  }

  private sign(wanted: string): void {
    if (this.peek() !== wanted) throw new NotStrict('syntax');
    this.at += 1;
  }

  private take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found !== null) this.at = pattern.lastIndex;
    return found;
  }
}

/** Whether every surrogate has its other half. */
export function isWellFormed(text: string): boolean {
  return !/(?:[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff])/.test(text);
}
