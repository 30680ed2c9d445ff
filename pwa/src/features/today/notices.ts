import {useEffect} from 'preact/hooks';
import {act} from '../../app/act.ts';
import type {Visit} from '../../app/rows.ts';
import {opened} from '../../app/tablet.ts';
import type {View} from '../../app/view.ts';
import {unreceived} from '../visit/shared.ts';

/** Told already in this run of the app; the marks themselves tell it after a restart. */
const told = new Set<string>();

/** The tablet itself says that a visit arrived here, once. */
export function useReceipts(view: View): void {
  useEffect(() => {
    const {person} = opened().owner;
    for (const visit of unreceived(view.all<Visit>('visit'), person)) {
      if (told.has(visit.id)) continue;
      told.add(visit.id);
      act('visit.mark', ['visit', visit.id], {mark: 'received'}, {base: view.head}).catch((fault: unknown) => {
        told.delete(visit.id);
        console.error(fault);
      });
    }
  }, [view]);
}
