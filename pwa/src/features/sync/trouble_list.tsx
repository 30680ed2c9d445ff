import {useView} from '../../app/view.ts';
import {t} from '../../i18n/i18n.ts';
import {Card} from '../../ui/kit.ts';
import {TroubleRow} from './trouble_row.tsx';

/** What waits for somebody, and what the office has decided; the latest first. */
export function TroubleList() {
  const view = useView();
  const [trouble, told] = [view.trouble(), view.told()];
  return (
    <>
      {trouble.length > 0 && <Card title={t('sync.attention')} tone="warn">{[...trouble].reverse().map((row) => <TroubleRow key={row.id} row={row} />)}</Card>}
      {told.length > 0 && <Card title={t('sync.decided')}>{[...told].reverse().map((row) => <TroubleRow key={row.id} row={row} />)}</Card>}
    </>
  );
}
