import {href} from '../../app/router.ts';
import type {Photo, Run, TimeEntry} from '../../app/rows.ts';
import {useView, type View} from '../../app/view.ts';
import type {OutboxRow} from '../../exchange/types.ts';
import {dateAndTime} from '../../i18n/format.ts';
import {key, t, type WordKey} from '../../i18n/i18n.ts';
import {Button, Chip, type Tone} from '../../ui/kit.ts';
import type {Operation} from '../../sync/operation.ts';

const STATUSES: Readonly<Record<string, {readonly words: WordKey; readonly tone: Tone}>> = {
  conflict: {words: key('sync.status.conflict'), tone: 'warn'}, held: {words: key('sync.status.held'), tone: 'warn'}, rejected: {words: key('sync.status.rejected'), tone: 'fail'},
};

/** Why the office did not simply take it, by the server's code. */
const CODES: Readonly<Record<string, WordKey>> = {
  signed: key('sync.code.signed'), wrong_state: key('sync.code.wrong_state'), number: key('sync.code.number'), entity_gone: key('sync.code.gone'),
  unknown: key('sync.code.gone'), forbidden: key('sync.code.forbidden'), out_of_scope: key('sync.code.scope'), late_scope: key('sync.code.scope'),
  invalid: key('sync.code.invalid'), id_reused: key('sync.code.invalid'), unknown_item: key('sync.code.invalid'), too_many: key('sync.code.invalid'), taken: key('sync.code.number'), signature: key('sync.code.signature'), conflict: key('sync.code.conflict'),
};

const DEEDS: readonly (readonly [prefix: string, words: WordKey])[] = [
  ['answer.', key('sync.deed.answer')], ['remark.', key('sync.deed.remark')], ['waive', key('sync.deed.waive')], ['photo.', key('sync.deed.photo')], ['ticket.', key('sync.deed.ticket')],
  ['time.', key('sync.deed.time')], ['note.', key('sync.deed.note')], ['visit.mark', key('sync.deed.mark')], ['visit.sign', key('sync.deed.sign')], ['visit.', key('sync.deed.visit')],
];

/** One act that needs attention: what it was, when, why, and where to look. */
export function TroubleRow({row}: {row: OutboxRow}) {
  const view = useView();
  const operation = JSON.parse(row.text) as Operation;
  const {status = 'held', code = ''} = row.result ?? {};
  const state = STATUSES[status];
  const deed = DEEDS.find(([prefix]) => operation.type.startsWith(prefix))?.[1];
  const why = CODES[status === 'conflict' ? 'conflict' : code];
  const where = placeOf(view, row);
  return (
    <div class="trouble">
      <div class="row row--apart">
        <span class="strong">{deed === undefined ? operation.type : t(deed)}</span>
        {state !== undefined && <Chip tone={state.tone}>{t(state.words)}</Chip>}
      </div>
      <p>{why === undefined ? t('sync.code.other', {code}) : t(why)}</p>
      <div class="row row--apart">
        <span class="soft numbers">{dateAndTime(Date.parse(operation.at))}</span>
        {where !== null && <Button kind="quiet" icon="arrow-right" href={where}>{t('sync.look')}</Button>}
      </div>
    </div>
  );
}

/** The screen of what the act was about. */
function placeOf(view: View, {kind, entity}: OutboxRow): string | null {
  if (kind === 'visit' || kind === 'ticket' || kind === 'run') return view.get(kind, entity) === null ? null : href(kind, entity);
  const {visit = null} = view.get<Run | Photo | TimeEntry>(kind, entity) ?? {};
  return visit === null ? null : href('visit', visit);
}
