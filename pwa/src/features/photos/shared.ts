/** What other features take from photos. */
export {PhotoStrip} from './photo_strip.tsx';
export {byPlace, placeOf} from './rules.ts';
