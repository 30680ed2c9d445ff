/**
 * The tablet's half of the differential test: one JSON document of questions on standard input, one of answers on
 * standard output. Plain Node runs this file as it is.
 */

import {readFileSync} from 'node:fs';
import {parseDefinition, evaluate, isCanonical, migrate} from '../../src/checklists/index.ts';
import {LAWS, faultsOf, outcomeOfAnswer, sha256} from './laws.ts';
import type {Json, JsonObject} from './laws.ts';

interface Question {
  definition: Json;
  newer: Json;
  raw: JsonObject;
  runs: Record<'answers' | 'remarks' | 'photos' | 'waivers' | 'asset', Record<string, never>>[];
}

function reply(question: Question): unknown {
  const faults = faultsOf(question.definition) as Json[];
  if (faults.length > 0) return {faults};
  const definition = parseDefinition(question.definition);
  const newer = faultsOf(question.newer) as Json[];
  return {
    faults,
    digest: sha256(question.definition),
    canonical: definition.items.map((item) => outcomeOfAnswer(item, question.raw[item.id])),
    fits: definition.items.map((item) => isCanonical(item, question.raw[item.id])),
    evaluations: question.runs.map((run) =>
      evaluate(definition, run.answers, run.remarks, run.photos, run.waivers, run.asset),
    ),
    migration: newer.length > 0 ? {faults: newer} : migrate(definition, parseDefinition(question.newer)),
  };
}

const input = JSON.parse(readFileSync(0, 'utf8')) as {ask: 'laws'} | {ask: 'questions'; questions: Question[]};
const output = input.ask === 'laws' ? Object.keys(LAWS).sort() : input.questions.map(reply);
process.stdout.write(JSON.stringify(output));
