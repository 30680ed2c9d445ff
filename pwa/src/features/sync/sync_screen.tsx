import {useSignal} from '@preact/signals';
import type {ComponentType} from 'preact';
import {useEffect} from 'preact/hooks';
import {nudge} from '../../app/exchange.ts';
import {Screen} from '../../app/frame.tsx';
import {isInstalled, machine, persistStorage} from '../../app/machine.ts';
import {back, href} from '../../app/router.ts';
import {waitingWords} from '../../app/status_words.ts';
import {opened, sessionHash, syncStatus} from '../../app/tablet.ts';
import {useView} from '../../app/view.ts';
import type {Lane, SyncStatus} from '../../exchange/types.ts';
import {dateAndTime, megabytes} from '../../i18n/format.ts';
import {key, t, tn, type WordKey} from '../../i18n/i18n.ts';
import {Banner, Button, Card, Facts, Icon, ListRow, type Tone} from '../../ui/kit.ts';
import './sync.css';

/** The truth about what lies on this tablet and what the office has. `/app/sync` */
export default function SyncScreen() {
  const status = syncStatus.value;
  const bottom = status?.signedOut === true
    ? <Button kind="primary" icon="log-in" href={href('sign_in')}>{t('sync.signIn')}</Button>
    : <Button kind="primary" icon="refresh-cw" onClick={() => nudge('poked')}>{t('sync.now')}</Button>;
  return (
    <Screen title={t('sync.title')} onBack={() => back()} bottom={bottom}>
      {status !== null && <Waiting status={status} />}
      {status?.signedOut === true && <Banner tone="warn" title={t('sync.signedOut')}>{t('sync.signedOut.detail')}</Banner>}
      {status !== null && <Faults status={status} />}
      <Trouble />
      <Tablet />
      <ListRow icon="download" title={t('sync.rescue')} detail={t('sync.rescue.detail')} href={href('rescue')} />
      <ListRow icon="log-in" title={t('sync.again')} detail={t('sync.again.detail')} href={href('sign_in')} />
    </Screen>
  );
}

/** Seldom needed, so it comes on its own; it lies on the tablet like every file of the app. */
function Trouble() {
  const view = useView();
  const List = useSignal<ComponentType | null>(null);
  const any = view.trouble().length + view.told().length > 0;
  useEffect(() => { if (any) import('./trouble_list.tsx').then(({TroubleList}) => { List.value = TroubleList; }).catch((fault: unknown) => { console.error(fault); }); }, [any]);
  return any && List.value !== null ? <List.value /> : null;
}

const DOING = {nothing: key('sync.doing.nothing'), sending: key('sync.doing.sending'), fetching: key('sync.doing.fetching'), uploading: key('sync.doing.uploading')} as const;

function Waiting({status}: {status: SyncStatus}) {
  const waiting = waitingWords(status);
  const facts: [string, string][] = [
    [t('sync.changes'), tn('sync.changes.n', status.unsent)],
    [t('sync.photos'), `${tn('sync.photos.n', status.unsentBlobs.count)}${status.unsentBlobs.count > 0 ? ` · ${megabytes(status.unsentBlobs.bytes)}` : ''}`],
    ...(status.quotaUntil === null ? [] : [[t('sync.quota'), t('sync.quota.detail', {at: dateAndTime(status.quotaUntil)})] as [string, string]]),
    ...(status.sparing ? [[t('sync.sparing'), t('sync.sparing.detail')] as [string, string]] : []),
    [t('sync.contact'), status.lastContact === null ? t('sync.never') : dateAndTime(status.lastContact)],
    [t('sync.doing'), waiting !== null && status.doing === 'nothing' ? t('sync.doing.waiting') : t(DOING[status.doing])],
    ...(status.retryAt === null ? [] : [[t('sync.retry'), dateAndTime(status.retryAt)] as [string, string]]),
  ];
  return (
    <Card>
      {waiting === null && status.refusedBlobs === 0 && <div><p class="sync__big"><Icon name="check-check" />{t('sync.allSent')}</p><p class="soft">{t('sync.allSent.detail')}</p></div>}
      {waiting !== null && <p class="sync__big"><Icon name="hard-drive" />{t('sync.waiting', {waiting})}</p>}
      <Facts facts={facts} />
    </Card>
  );
}

const STORAGE = {quota: key('sync.storage.quota'), lost: key('sync.storage.lost'), other: key('sync.storage.other')} as const;

const CLOSED = {push: key('sync.closed'), pull: key('sync.closed.pull'), blob: key('sync.closed.blob')} as const;
/** Where the office or the version of the app keeps this tablet from fetching; sending goes on. */
const BARRED: Readonly<Record<string, readonly [title: WordKey, detail: WordKey]>> = {
  app_too_old: [key('sync.closed.old'), key('sync.closed.old.detail')],
  device_suspended: [key('sync.closed.suspended'), key('sync.closed.suspended.detail')],
  device_revoked: [key('sync.closed.revoked'), key('sync.closed.suspended.detail')],
};

function closedWords(lane: Lane, why: string): [title: string, detail: string] {
  const barred = lane === 'pull' ? BARRED[why] : undefined;
  return barred === undefined ? [t(CLOSED[lane]), t('sync.closed.detail', {lane, why})] : [t(barred[0]), t(barred[1])];
}

/** Whatever stands in the way, each with what to do about it. */
function Faults({status}: {status: SyncStatus}) {
  const refused = status.refusedBlobs - status.lostBlobs;
  const found: [Tone, string, string][] = [
    ...(status.storage === null ? [] : [['fail', t('sync.storage'), t(STORAGE[status.storage])] as [Tone, string, string]]),
    ...(refused === 0 ? [] : [['warn', tn('sync.refused', refused), t('sync.refused.detail')] as [Tone, string, string]]),
    ...(status.lostBlobs === 0 ? [] : [['fail', tn('sync.lost', status.lostBlobs), t('sync.lost.detail')] as [Tone, string, string]]),
    ...Object.entries(status.closed).map(([lane, why]): [Tone, string, string] => ['warn', ...closedWords(lane as Lane, why)]),
    ...(status.divergence.length === 0 ? [] : [['warn', t('sync.divergence'), t('sync.divergence.detail')] as [Tone, string, string]]),
  ];
  return <>{found.map(([tone, title, detail]) => <Banner key={title + detail} tone={tone} title={title}>{detail}</Banner>)}</>;
}

/** The digest in the name of the script that runs: says exactly which build this is. */
function builtAs(): string {
  const script = document.querySelector<HTMLScriptElement>('script[type=module]');
  return /-([\w-]{8})\.js$/.exec(script?.src ?? '')?.[1] ?? t('sync.app.workshop');
}

interface Storage {
  readonly room: number | null;
  readonly persisted: boolean;
}

function Tablet() {
  const {owner, store} = opened();
  const storage = useSignal<Storage | null>(null);
  useEffect(() => { void Promise.all([machine.room(), persistStorage()]).then(([room, persisted]) => { storage.value = {room, persisted}; }); }, []);
  const {room = null, persisted = null} = storage.value ?? {};
  const {durability} = store.memory.meta;
  return (
    <Card title={t('sync.tablet')}>
      <Facts facts={[
        [t('sync.device'), owner.code],
        [t('sync.app'), builtAs()],
        [t('sync.session'), sessionHash.value === null || syncStatus.value?.signedOut === true ? t('sync.session.none') : t('sync.session.open')],
        [t('sync.persisted'), persisted === null ? '…' : persisted ? t('sync.persisted.yes') : t('sync.persisted.no')],
        [t('sync.room'), room === null ? t('sync.room.unknown') : megabytes(room)],
        [t('sync.installed'), isInstalled() ? t('sync.yes') : t('sync.no')],
        [t('sync.backup'), durability === null || durability === 'none' ? t('sync.backup.none') : durability],
      ]} />
    </Card>
  );
}
