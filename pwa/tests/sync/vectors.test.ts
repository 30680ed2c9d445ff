/** The law of agreement, held to its examples. The server runs the same files: tests/conformance/test_sync_vectors.py. */
import {createHash} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import * as canonical from '../../src/sync/canonical.ts';
import * as chain from '../../src/sync/chain.ts';
import {fingerprint} from '../../src/sync/device_code.ts';
import * as feed from '../../src/sync/feed.ts';
import * as ids from '../../src/sync/ids.ts';
import {mergeField} from '../../src/sync/merge.ts';
import {parseOperation, writeOperation, type Operation} from '../../src/sync/operation.ts';
import {combine, isResult, takesEffect} from '../../src/sync/outcome.ts';
import {audienceOf, classOf} from '../../src/sync/policy.ts';
import {LIMITS, PROTOCOL, SCHEMA} from '../../src/sync/protocol.ts';
import {replay, view} from '../../src/sync/replay.ts';
import {NotStrict, read} from '../../src/sync/strict_json.ts';
import {encode} from '../../src/sync/utf8.ts';

// The fields of a case differ from function to function; the files are the schema.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Case = {id: string; rule: string; do: string; expect: unknown} & Record<string, any>;

const FOLDER = new URL('../../../sync/vectors/', import.meta.url);
const sha256 = (data: Uint8Array): Uint8Array => createHash('sha256').update(data).digest();

function refusable(work: () => unknown): unknown {
  try {
    return work();
  } catch (wrong) {
    if (wrong instanceof RangeError || wrong instanceof feed.BadCursor) return {refused: true};
    throw wrong;
  }
}

function strictRead(text: string): unknown {
  try {
    return {value: read(text)};
  } catch (wrong) {
    if (wrong instanceof NotStrict) return {refused: wrong.reason};
    throw wrong;
  }
}

function canonicalWrite(value: unknown): unknown {
  try {
    return {hex: ids.hex(canonical.write(value))};
  } catch (wrong) {
    if (wrong instanceof canonical.NotCanonical) return {refused: wrong.reason, path: wrong.path};
    throw wrong;
  }
}

function canonicalRead(data: Uint8Array): unknown {
  try {
    return {value: canonical.read(data)};
  } catch (wrong) {
    if (wrong instanceof canonical.NotCanonical) return {refused: wrong.reason};
    throw wrong;
  }
}

function parsed(text: string): unknown {
  const found = parseOperation(text);
  return 'invalid' in found ? {invalid: found.invalid.code, field: found.invalid.field} : found;
}

function parseSize(c: Case): string {
  const found = parseOperation(c['text'].replace('12.50', '12.50' + c['pad'][0].repeat(c['pad'][1])));
  return 'invalid' in found ? found.invalid.code : 'good';
}

function operation(text: string): Operation {
  const found = parseOperation(text);
  if ('invalid' in found) throw new Error(`${found.invalid.code} ${found.invalid.field}`);
  return found.operation;
}

function decide(c: Case): unknown {
  const standing = {writerIsOffice: c['writer_is_office'], holderIsOffice: c['holder_is_office']};
  return mergeField(c['class'], c['held'], c['incoming'], c['base'], standing);
}

function seen(c: Case): unknown {
  const pending = c['pending'].map((one: Case) => ({...one, operation: operation(one['text'])}));
  return Object.fromEntries(view(new Map(Object.entries(c['rows'])), pending, c['head'], c['person']));
}

function laid(c: Case): unknown {
  return Object.fromEntries(replay(new Map(Object.entries(c['rows'])), c['operations'].map(operation), c['person']));
}

const RUN: Record<string, (c: Case) => unknown> = {
  limit: (c) => (LIMITS as Record<string, number>)[c['name']],
  protocol: () => PROTOCOL,
  schema: () => SCHEMA,
  uuid7: (c) => refusable(() => ids.uuid7(c['ms'], ids.unhex(c['random']))),
  uuid7_ms: (c) => ids.uuid7Ms(c['text']),
  is_uuid7: (c) => ids.isUuid7(c['text']),
  crockford: (c) => refusable(() => ids.crockford(ids.unhex(c['data']))),
  human_number: (c) => refusable(() => ids.humanNumber(c['letter'], c['device_code'], c['counter'])),
  parse_number: (c) => ids.parseNumber(c['text']),
  report_number: (c) => refusable(() => ids.reportNumber(c['visit_number'], c['revision'])),
  is_device_code: (c) => ids.isDeviceCode(c['text']),
  fingerprint: (c) => fingerprint(c['device'], c['jkt'], sha256),
  chain_start: (c) => chain.start(c['owner'], sha256),
  chain_link: (c) => chain.link(c['prev'], ids.unhex(c['data']), sha256),
  chain_links: (c) => chain.links(c['prev'], c['texts'], sha256),
  journal_link: (c) => chain.journalLink(c['prev'], c['line'], sha256),
  strict_read: (c) => strictRead(c['text'] ?? c['repeat'][0].repeat(c['repeat'][1])),
  canonical_write: (c) => canonicalWrite(c['value']),
  canonical_read: (c) => canonicalRead(ids.unhex(c['data'])),
  parse_operation: (c) => parsed(c['text']),
  parse_size: (c) => parseSize(c),
  write_operation: (c) => refusable(() => writeOperation(c['operation'])),
  takes_effect: (c) => takesEffect(c['status']),
  combine: (c) => combine(c['statuses'], c['others_wrote']),
  result_line: (c) => isResult(c['line']),
  merge_field: (c) => decide(c),
  class_of: (c) => refusable(() => classOf(c['kind'], c['field'])),
  encode_cursor: (c) => refusable(() => feed.encodeCursor(c['seq'])),
  decode_cursor: (c) => refusable(() => feed.decodeCursor(c['text'])),
  audience_of: (c) => audienceOf(c['kind'], c['entity'], c['value']),
  fate: (c) => feed.fate(c['held'], c['change'], c['generation']),
  left_audience: (c) => feed.leftAudience(c['change']),
  leaving: (c) => feed.leaving(c['rows'], c['audience'], new Set(c['busy'])),
  tombstone_for: (c) => feed.tombstoneFor(c['before'], c['after']),
  checksum: (c) => feed.checksum(c['rows']),
  fnv1a64: (c) => feed.fnv1a64(encode(c['text'])).map((half) => half.toString(16).padStart(8, '0')).join(''),
  replay: (c) => laid(c),
  view: (c) => seen(c),
};

for (const file of readdirSync(FOLDER)) {
  const page = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as {law: string; cases: Case[]};
  describe(`${file}: ${page.law}`, () => {
    test.each(page.cases)('$id', async (c) => {
      const run = RUN[c.do];
      if (run === undefined) throw new Error(`no function ${c.do}`);
      expect(await run(c)).toStrictEqual(c.expect);
    });
  });
}
