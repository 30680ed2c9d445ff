/** What other features show of conflicts. */
export {ConflictBanner} from './banner.tsx';
export {fieldWords, valueWords} from './wording.ts';
