import {nameOf} from '../../app/naming.ts';
import {href} from '../../app/router.ts';
import type {Conflict, HeldDecision, PersonRow, Photo, Run, TimeEntry} from '../../app/rows.ts';
import {useView, type View} from '../../app/view.ts';
import type {OutboxRow} from '../../exchange/types.ts';
import {dateAndTime} from '../../i18n/format.ts';
import {key, t, type WordKey} from '../../i18n/i18n.ts';
import {Button, Chip, type Tone} from '../../ui/kit.ts';
import type {Operation} from '../../sync/operation.ts';

const STATUSES: Readonly<Record<string, {readonly words: WordKey; readonly tone: Tone}>> = {
  conflict: {words: key('sync.status.conflict'), tone: 'warn'}, held: {words: key('sync.status.held'), tone: 'warn'}, rejected: {words: key('sync.status.rejected'), tone: 'fail'},
};

/** What became of the work and who does what next, by the server's code. */
const CODES: Readonly<Record<string, WordKey>> = {
  signed: key('sync.code.signed'), wrong_state: key('sync.code.wrong_state'), number: key('sync.code.number'), entity_gone: key('sync.code.gone'),
  unknown: key('sync.code.gone'), forbidden: key('sync.code.forbidden'), out_of_scope: key('sync.code.scope'), late_scope: key('sync.code.scope'),
  invalid: key('sync.code.invalid'), id_reused: key('sync.code.invalid'), unknown_item: key('sync.code.invalid'), too_many: key('sync.code.invalid'), too_large: key('sync.code.invalid'), taken: key('sync.code.number'),
  signature: key('sync.code.signature'), anchor: key('sync.code.signature'), record_mismatch: key('sync.code.signature'), conflict: key('sync.code.conflict'), blocked_by: key('sync.code.blocked'), server_error: key('sync.code.server'),
  device_suspended: key('sync.code.device'), device_revoked: key('sync.code.device'), other_client: key('sync.code.moved'), other_site: key('sync.code.moved'), overruled: key('sync.code.overruled'), unknown_type: key('sync.code.app'), retired: key('sync.code.retired'),
};

const DEEDS: readonly (readonly [prefix: string, words: WordKey])[] = [
  ['answer.', key('sync.deed.answer')], ['remark.', key('sync.deed.remark')], ['waive', key('sync.deed.waive')], ['photo.', key('sync.deed.photo')], ['ticket.', key('sync.deed.ticket')],
  ['time.', key('sync.deed.time')], ['note.', key('sync.deed.note')], ['visit.mark', key('sync.deed.mark')], ['visit.sign', key('sync.deed.sign')], ['asset.', key('sync.deed.asset')], ['visit.', key('sync.deed.visit')],
];

/** One act that needs attention, or of which the office has decided: what it was, when, what became of it, where to look. */
export function TroubleRow({row}: {row: OutboxRow}) {
  const view = useView();
  const operation = JSON.parse(row.text) as Operation;
  const {status = 'held', code = ''} = row.result ?? {};
  const decided = decisionOf(view, row);
  const state = decided?.chip ?? STATUSES[status];
  const deed = DEEDS.find(([prefix]) => operation.type.startsWith(prefix))?.[1];
  const why = CODES[status === 'conflict' ? 'conflict' : code];
  const where = placeOf(view, row);
  const about = nameOf(view, row.kind, row.entity);
  return (
    <div class="trouble">
      <div class="row row--apart">
        <span class="strong">{deed === undefined ? operation.type : t(deed)}</span>
        {state !== undefined && <Chip tone={state.tone}>{t(state.words)}</Chip>}
      </div>
      {about !== null && <p class="soft">{about}</p>}
      <p>{decided !== null ? decided.words : why === undefined ? t('sync.code.other', {code}) : t(why)}</p>
      <div class="row row--apart">
        <span class="soft numbers">{dateAndTime(Date.parse(operation.at))}</span>
        {where !== null && <Button kind="quiet" icon="arrow-right" href={where}>{t('sync.look')}</Button>}
      </div>
    </div>
  );
}

interface Decided {
  readonly words: string;
  readonly chip: {readonly words: WordKey; readonly tone: Tone};
}

/** What the office made of it: from the feed, so that it is known without a network too. */
function decisionOf(view: View, {id, result}: OutboxRow): Decided | null {
  const held = view.get<HeldDecision>('held_decision', id);
  if (held !== null) {
    const name = view.get<PersonRow>('person', held.decided_by)?.name ?? t('sync.decided.office');
    const at = dateAndTime(Date.parse(held.decided_at));
    if (held.choice === 'set_aside') return {words: t('sync.decided.aside', {name, at, reason: held.reason ?? ''}), chip: {words: key('sync.decided.asideChip'), tone: 'neutral'}};
    return {words: t('sync.decided.carried', {name, at}), chip: {words: key('sync.decided.carriedChip'), tone: 'ok'}};
  }
  const conflict = view.get<Conflict>('conflict', result?.conflict_id ?? '');
  if (conflict === null || conflict.state === 'open') return null;
  const name = view.get<PersonRow>('person', conflict.decided_by ?? '')?.name ?? t('sync.decided.office');
  return {words: conflict.choice === 'candidate' ? t('sync.decided.yours', {name}) : t('sync.decided.theirs', {name}), chip: {words: key('sync.decided.chip'), tone: 'ok'}};
}

/** The screen of what the act was about; both values where two people differ. */
function placeOf(view: View, {kind, entity, result}: OutboxRow): string | null {
  const conflict = view.get<Conflict>('conflict', result?.conflict_id ?? '');
  if (conflict !== null && conflict.visit === null) return href('conflicts');
  if (conflict?.visit != null && view.get('visit', conflict.visit) !== null) return href('conflicts', conflict.visit);
  if (kind === 'visit' || kind === 'ticket' || kind === 'run') return view.get(kind, entity) === null ? null : href(kind, entity);
  const {visit = null} = view.get<Run | Photo | TimeEntry>(kind, entity) ?? {};
  return visit === null ? null : href('visit', visit);
}
