/** What other features take from the day: the list that stands left of a visit, and how visits are put into days. */
export {DayList} from './day_list.tsx';
export {daysOf} from './days.ts';
