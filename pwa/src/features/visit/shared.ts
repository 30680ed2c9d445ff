/** What other features take from visits. */
export {type Draft, useDraft} from './drafts.ts';
export {keep} from './keep.ts';
export {asMeant, asTyped, dayStart, instant, minutesBetween} from './moments.ts';
export {allowedSteps, unreceived} from './steps.ts';
export {MARKS, OUTCOMES, SITE_RULES, TIME_KINDS, VISIT_KINDS, VISIT_STATES} from './wording.ts';
