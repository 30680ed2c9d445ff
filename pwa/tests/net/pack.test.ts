import {gunzipSync} from 'node:zlib';
import {afterEach, describe, expect, test, vi} from 'vitest';
import {packed} from '../../src/net/pack.ts';
import {LIMITS} from '../../src/sync/protocol.ts';

const BRIEF = {Prefer: 'return=minimal'};
const some = (count: number) => ({ops: Array.from({length: count}, (_, n) => `{"id":"${(n * 7919 % 104729).toString(16)}","at":${n}}`)});

describe('a push, which asks for an answer without ids,', () => {
  afterEach(() => vi.unstubAllGlobals());

  test('travels as gzip of exactly its JSON, and says so', async () => {
    const sent = await packed(some(200));
    expect(sent.headers).toEqual({...BRIEF, 'Content-Type': 'application/json', 'Content-Encoding': 'gzip'});
    expect(JSON.parse(gunzipSync(sent.bytes ?? new Uint8Array()).toString())).toEqual(some(200));
    expect(sent.json).toBeUndefined();
  });

  test('travels plain when it is small', async () => {
    expect(await packed(some(1))).toEqual({json: some(1), headers: BRIEF});
  });

  test('travels plain when the server would take it for a bomb', async () => {
    const same = {ops: Array.from({length: 200}, () => 'a'.repeat(1_000))};
    expect(JSON.stringify(same).length).toBeGreaterThan(200 * LIMITS.decompression_ratio);
    expect(await packed(same)).toEqual({json: same, headers: BRIEF});
  });

  test('travels plain from a browser that cannot pack', async () => {
    vi.stubGlobal('CompressionStream', undefined);
    delete (globalThis as {CompressionStream?: unknown}).CompressionStream;
    expect(await packed(some(200))).toEqual({json: some(200), headers: BRIEF});
  });
});
