import {href} from '../../app/router.ts';
import type {Visit} from '../../app/rows.ts';
import {type Row, useView} from '../../app/view.ts';
import {t, tn} from '../../i18n/i18n.ts';
import {Banner, Button} from '../../ui/kit.ts';
import {conflictsOf, openConflicts} from './rules.ts';

/** Two people answered differently: said on the visit until the office has decided, and how it decided afterwards. */
export function ConflictBanner({visit}: {visit: Row<Visit>}) {
  const view = useView();
  const open = openConflicts(view, visit.id).length;
  const look = <Button href={href('conflicts', visit.id)}>{t('conflicts.look')}</Button>;
  if (open > 0) return <Banner tone="warn" title={tn('conflicts.open', open)} actions={look} />;
  const decided = conflictsOf(view, visit.id).length;
  return decided === 0 ? null : <Banner tone="info" title={tn('conflicts.decided', decided)} actions={look} />;
}
