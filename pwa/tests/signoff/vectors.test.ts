/** The sign-off's documents and record: the examples that the server runs too. */
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {composeDocuments, composeRecord, receiptCode, type Signing} from '../../src/features/signoff/compose.ts';
import {readRun, type RunFacts} from '../../src/features/signoff/runs.ts';
import type {Facts} from '../../src/features/signoff/shown.ts';

interface Case {
  readonly id: string;
  readonly facts: Omit<Facts, 'runs'> & {readonly runs: readonly RunFacts[]};
  readonly signing: Signing;
  readonly expect: {readonly documents: readonly string[]; readonly record: string; readonly sha256: string; readonly receipt: string};
}

const {law, cases} = JSON.parse(readFileSync(new URL('../../../backend/signoff/vectors/compose.json', import.meta.url), 'utf8')) as {law: string; cases: Case[]};

const uuid = (at: number) => `0192f000-0000-7000-8000-00000000010${at}`;
const IDENTITY = {record: uuid(0), org: uuid(1), entity: uuid(2), visit: uuid(3), site: uuid(4), engineer: uuid(5), base: 90412};
const DEVICE = {jkt: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs', seq: 42, prev: 'e'.repeat(64)};
const MOMENT = {
  clock: {device: '2026-11-24T02:45:12.512Z', offset_ms: -812, offset_age_s: 86400, mono_ms: 123456},
  anchor: {position: 90412, journal: 'f'.repeat(64)},
  app: {version: '0.1.0', build: 'vector'},
};

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function counted(from: number, digits: number, prefix: string): () => string {
  let at = from;
  return () => prefix + (at++).toString(16).padStart(digits, '0');
}

describe(law, () => {
  test.each(cases)('$id', ({facts, signing, expect: wanted}) => {
    const whole = {...facts, runs: facts.runs.map(readRun)};
    const documents = composeDocuments(whole, signing, counted(0xd000, 12, '0192f000-0000-7000-8000-'), counted(1, 32, ''));
    const record = composeRecord(IDENTITY, signing, documents.map((each) => ({...each, sha256: digest(each.bytes)})), DEVICE, MOMENT);
    expect(documents.map(({bytes}) => text(bytes))).toEqual(wanted.documents);
    expect(text(record)).toBe(wanted.record);
    expect(digest(record)).toBe(wanted.sha256);
    expect(receiptCode(digest(record))).toBe(wanted.receipt);
  });
});
