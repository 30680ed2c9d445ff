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
import type {SyncStatus} from '../../exchange/types.ts';
import {dateAndTime, megabytes} from '../../i18n/format.ts';
import {key, t, tn} from '../../i18n/i18n.ts';
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
  useEffect(() => { if (any) void import('./trouble_list.tsx').then(({TroubleList}) => { List.value = TroubleList; }); }, [any]);
  return any && List.value !== null ? <List.value /> : null;
}

const DOING = {nothing: key('sync.doing.nothing'), sending: key('sync.doing.sending'), fetching: key('sync.doing.fetching'), uploading: key('sync.doing.uploading')} as const;

function Waiting({status}: {status: SyncStatus}) {
  const waiting = waitingWords(status);
  const facts: [string, string][] = [
    [t('sync.changes'), tn('sync.changes.n', status.unsent)],
    [t('sync.photos'), `${tn('sync.photos.n', status.unsentBlobs.count)}${status.unsentBlobs.count > 0 ? ` · ${megabytes(status.unsentBlobs.bytes)}` : ''}`],
    ...(status.sparing ? [[t('sync.sparing'), t('sync.sparing.detail')] as [string, string]] : []),
    [t('sync.contact'), status.lastContact === null ? t('sync.never') : dateAndTime(status.lastContact)],
    [t('sync.doing'), t(DOING[status.doing])],
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

/** Whatever stands in the way, each with what to do about it. */
function Faults({status}: {status: SyncStatus}) {
  const found: [Tone, string, string][] = [
    ...(status.storage === null ? [] : [['fail', t('sync.storage'), t(STORAGE[status.storage])] as [Tone, string, string]]),
    ...(status.refusedBlobs === 0 ? [] : [['warn', tn('sync.refused', status.refusedBlobs), t('sync.refused.detail')] as [Tone, string, string]]),
    ...Object.entries(status.closed).map(([lane, why]): [Tone, string, string] => ['warn', t('sync.closed'), t('sync.closed.detail', {lane, why})]),
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
