import type {ComponentChildren} from 'preact';
import {t} from '../i18n/i18n.ts';
import {Banner, Button, Page, SplitPage} from '../ui/kit.ts';
import {href} from './router.ts';
import {statusLine} from './status_words.ts';
import {syncStatus, tablet} from './tablet.ts';
import {startNewVersion, updateWaiting} from './update.ts';

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
  return <Page {...around(frame)}><NewVersion />{children}</Page>;
}

/** The same with a list left and the work right; in portrait one of the two. */
export function SplitScreen({list, work, showing, ...frame}: FrameProps & {list: ComponentChildren; work: ComponentChildren; showing: 'list' | 'work'}) {
  return <SplitPage {...around(frame)} list={<><NewVersion />{list}</>} work={work} showing={showing} />;
}

function around({title, onBack, tools, bottom}: FrameProps) {
  return {
    title, onBack, bottom, status: statusLine(syncStatus.value, tablet.value?.owner.again !== undefined),
    tools: <>{tools}<Button kind="quiet" icon="menu" label={t('app.menu')} href={href('more')} /></>,
  };
}

function NewVersion() {
  if (!updateWaiting.value) return null;
  return <Banner tone="info" title={t('app.update.title')} actions={<Button onClick={startNewVersion}>{t('app.update.yes')}</Button>}>{t('app.update.detail')}</Banner>;
}
