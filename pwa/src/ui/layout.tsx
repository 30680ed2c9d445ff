import type {ComponentChildren} from 'preact';
import {useEffect, useId, useRef} from 'preact/hooks';
import {t} from '../i18n/i18n.ts';
import {Button} from './button.tsx';
import {Icon} from './icon.tsx';
import {classes, type Tone, toneClass} from './tone.ts';

/** Where the person's work is, in words; the colour only repeats it. */
export interface StatusLine {
  readonly words: string;
  readonly icon: string;
  readonly tone: Tone;
  /** Leads to the screen that says more. */
  readonly href: string;
}

export interface HeaderProps {
  title: string;
  /** Shown as a back arrow. */
  onBack?: (() => void) | undefined;
  status?: StatusLine | undefined;
  /** One or two icon buttons. */
  tools?: ComponentChildren;
}

export function Header({title, onBack, status, tools}: HeaderProps) {
  return (
    <header class="header">
      {onBack && <div class="header__back"><Button kind="quiet" icon="arrow-left" label={t('ui.back')} onClick={onBack} /></div>}
      <h1 class="header__title">{title}</h1>
      {status && (
        <a class={classes('header__status', toneClass(status.tone))} href={status.href}>
          <Icon name={status.icon} /><span role="status">{status.words}</span>
        </a>
      )}
      {tools !== undefined && <div class="header__tools">{tools}</div>}
    </header>
  );
}

interface PageProps extends HeaderProps {
  children: ComponentChildren;
  /** The bottom bar, under the thumb: the one primary button, at most one beside it. */
  bottom?: ComponentChildren;
}

/** One column under a header, with the primary action at the bottom. The column can be scrolled by keys where nothing in it takes the focus. */
export function Page({children, bottom, ...header}: PageProps) {
  return (
    <div class="page">
      <Header {...header} />
      <main class="page__body" tabIndex={0}><div class="page__column">{children}</div></main>
      {bottom !== undefined && <footer class="bottom">{bottom}</footer>}
    </div>
  );
}

/** Nothing but a narrow column in the middle, for a single question. */
export function BarePage({children, bottom}: {children: ComponentChildren; bottom?: ComponentChildren}) {
  return (
    <div class="page page--bare page--centred">
      <main class="page__body"><div class="page__column">{children}</div></main>
      {bottom !== undefined && <footer class="bottom">{bottom}</footer>}
    </div>
  );
}

interface SplitPageProps extends HeaderProps {
  /** Left in landscape. */
  list: ComponentChildren;
  /** Right in landscape. */
  work: ComponentChildren;
  /** Which of the two a narrow screen shows. */
  showing: 'list' | 'work';
  bottom?: ComponentChildren;
}

/** List left, work right; in portrait one of the two. */
export function SplitPage({list, work, showing, bottom, ...header}: SplitPageProps) {
  return (
    <div class="page">
      <Header {...header} />
      <div class={`split split--${showing}`}>
        {showing === 'list'
          ? <><main class="split__list">{list}</main><aside class="split__work">{work}</aside></>
          : <><nav class="split__list" aria-label={t('ui.list')}>{list}</nav><main class="split__work">{work}</main></>}
      </div>
      {bottom !== undefined && <footer class="bottom">{bottom}</footer>}
    </div>
  );
}

/** A panel over the page for one short task. Escape and the veil close it. */
export function Sheet({title, onClose, children}: {title: string; onClose: () => void; children: ComponentChildren}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => { dialog.current?.showModal(); }, []);
  return (
    <dialog class="sheet" ref={dialog} aria-labelledby={heading} onClose={onClose}
      onClick={(event) => { if (event.target === dialog.current) dialog.current?.close(); }}>
      <div class="sheet__inside">
        <div class="sheet__head">
          <h2 id={heading}>{title}</h2>
          <Button kind="quiet" icon="x" label={t('ui.close')} onClick={() => dialog.current?.close()} />
        </div>
        {children}
      </div>
    </dialog>
  );
}
