import {href} from '../../app/router.ts';
import type {Conflict, Visit} from '../../app/rows.ts';
import {type Row, useView} from '../../app/view.ts';
import {t, tn} from '../../i18n/i18n.ts';
import {Banner, Button} from '../../ui/kit.ts';

/** Two people answered differently: said on the visit until the office has decided, and how it decided afterwards. */
export function Conflicts({visit}: {visit: Row<Visit>}) {
  const view = useView();
  const [open, all] = [view.openConflicts(visit.id).length, view.ofVisit<Conflict>('conflict', visit.id).length];
  if (all === 0) return null;
  return <Banner tone={open > 0 ? 'warn' : 'info'} title={open > 0 ? tn('conflicts.open', open) : tn('conflicts.decided', all)} actions={<Button href={href('conflicts', visit.id)}>{t('conflicts.look')}</Button>} />;
}
