/** What other features take from the day: the list that stands left of a visit. */
export {DayList} from './day_list.tsx';
