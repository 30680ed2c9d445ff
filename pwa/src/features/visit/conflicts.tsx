import type {Conflict, Visit} from '../../app/rows.ts';
import {type Row, useView} from '../../app/view.ts';
import {t, tn} from '../../i18n/i18n.ts';
import {Banner} from '../../ui/kit.ts';

/** Two people answered differently; the office decides, nothing is lost, and nothing can be signed until then. */
export function Conflicts({visit}: {visit: Row<Visit>}) {
  const open = useView().ofVisit<Conflict>('conflict', visit.id).filter(({state}) => state === 'open');
  if (open.length === 0) return null;
  return (
    <Banner tone="warn" title={tn('visit.conflicts', open.length)}>
      <ul>{open.map(({id, current, candidate}) => <li key={id}>{t('visit.conflict.values', {current: plainly(current.value), candidate: plainly(candidate.value)})}</li>)}</ul>
    </Banner>
  );
}

function plainly(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
