import {readFileSync, readdirSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {LAWS} from './laws.ts';
import type {Case, Json} from './laws.ts';

const FOLDER = new URL('../../../checklists/vectors/', import.meta.url);

interface VectorFile {
  law: string;
  base?: Json;
  cases: Case[];
}

for (const name of readdirSync(FOLDER).sort()) {
  const vectors = JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as VectorFile;
  describe(`${name} (${vectors.law})`, () => {
    test.each(vectors.cases)('$rule $id', (example) => {
      const law = LAWS[vectors.law];
      if (law === undefined) throw new Error(`no law ${vectors.law} in laws.ts`);
      expect(law(example, vectors.base ?? null)).toEqual(example.expect);
    });
  });
}

test('a case that expects something else is seen', () => {
  const wrong = {id: 'x', rule: 'C11', side: 'inside', labels: {en: 'Yes'}, language: 'en', expect: 'No'};
  expect(LAWS['label']?.(wrong, null)).not.toEqual(wrong.expect);
});
