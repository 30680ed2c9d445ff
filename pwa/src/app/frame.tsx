import type {ComponentChildren} from 'preact';
import {t} from '../i18n/i18n.ts';
import {Banner, Button, Page, SplitPage} from '../ui/kit.ts';
import {href, place} from './router.ts';
import {StorageTrouble} from './storage_trouble.tsx';
import {statusLine} from './status_words.ts';
import {alone, syncStatus, tablet} from './tablet.ts';
import {startNewVersion, update} from './update.ts';
import {troubledNow} from './view.ts';

interface FrameProps {
  title: string;
  onBack?: () => void;
  /** Icon buttons before the menu. */
  tools?: ComponentChildren;
  /** The one primary action. */
  bottom?: ComponentChildren;
}

/** What every screen of the open tablet has: the truthful status, the menu, word of a new version. One column. */
export function Screen({children, ...frame}: FrameProps & {children: ComponentChildren}) {
  return <Page {...around(frame)}><StorageTrouble /><GivenUp /><NewVersion />{children}</Page>;
}

/** The same with a list left and the work right; in portrait one of the two. */
export function SplitScreen({list, work, showing, ...frame}: FrameProps & {list: ComponentChildren; work: ComponentChildren; showing: 'list' | 'work'}) {
  return <SplitPage {...around(frame)} list={<><StorageTrouble /><GivenUp /><NewVersion />{list}</>} work={work} showing={showing} />;
}

function around({title, onBack, tools, bottom}: FrameProps) {
  return {
    title, onBack, bottom, status: statusLine(syncStatus.value, tablet.value?.owner.again !== undefined, troubledNow()),
    tools: <>{tools}<Button kind="quiet" icon="menu" label={t('app.menu')} href={href('more')} /></>,
  };
}

/** An order of the office that is obeyed as soon as everything was sent. */
function GivenUp() {
  return alone.value ? <Banner tone="warn" title={t('app.givenUp')}>{t('app.givenUp.detail')}</Banner> : null;
}

/** Where nothing is half done: never in a form, a checklist or before a client who signs. */
const SAFE = new Set(['', 'sync', 'more', 'readiness']);

function NewVersion() {
  if (update.value === 'none' || !SAFE.has(place.value.screen)) return null;
  if (update.value === 'failed') return <Banner tone="warn" title={t('app.update.failed')}>{t('app.update.failed.detail')}</Banner>;
  const busy = update.value === 'trying';
  const yes = <Button disabled={busy} onClick={() => { void startNewVersion(); }}>{busy ? t('app.update.trying') : t('app.update.yes')}</Button>;
  return <Banner tone="info" title={t('app.update.title')} actions={yes}>{t('app.update.detail')}</Banner>;
}
