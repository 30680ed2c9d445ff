/** What a checklist means, on the tablet. The rules are in checklists/README.md. */

export {canonicalAnswer, isCanonical} from './answers.ts';
export type {Answer} from './answers.ts';
export type {Missing} from './completeness.ts';
export {label} from './definition.ts';
export type {Choice, Condition, Definition, Item, ItemType, Labels, Section} from './definition.ts';
export {canonicalBytes} from './digest.ts';
export {evaluate} from './evaluate.ts';
export type {Evaluation} from './evaluate.ts';
export {InvalidAnswer, InvalidDefinition} from './faults.ts';
export type {AnswerReason, Fault} from './faults.ts';
export {migrate} from './migrate.ts';
export type {Migration} from './migrate.ts';
export {parseDefinition} from './parse.ts';
export type {Finding, RunVerdict, Score, SuggestedTicket, Verdict} from './verdict.ts';
export type {AssetFacts} from './visibility.ts';
