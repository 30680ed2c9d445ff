import {signal} from '@preact/signals';
import type {ComponentChildren} from 'preact';
import {t} from '../i18n/i18n.ts';
import {Button} from './button.tsx';
import {Icon} from './icon.tsx';
import {classes, type Tone, toneClass} from './tone.ts';

const ICONS: Record<Tone, string> = {
  ok: 'circle-check', warn: 'triangle-alert', fail: 'circle-x', info: 'info', neutral: 'info', accent: 'info',
};

/** Something the person should know on this screen; it stays until its cause is gone. */
export function Banner({tone, title, children, actions}: {tone: Tone; title: string; children?: ComponentChildren; actions?: ComponentChildren}) {
  return (
    <div class={classes('banner', toneClass(tone))} role={tone === 'fail' ? 'alert' : 'status'}>
      <Icon name={ICONS[tone]} />
      <div class="banner__words">
        <p class="banner__title">{title}</p>
        {children !== undefined && <div class="banner__detail">{children}</div>}
      </div>
      {actions !== undefined && <div class="banner__actions">{actions}</div>}
    </div>
  );
}

/** Where a list would be: what will come here, and how. */
export function EmptyState({icon, title, children, action}: {icon: string; title: string; children?: ComponentChildren; action?: ComponentChildren}) {
  return (
    <div class="empty">
      <Icon name={icon} />
      <h2 class="empty__title">{title}</h2>
      {children !== undefined && <p class="prose">{children}</p>}
      {action}
    </div>
  );
}

interface Toast {
  readonly words: string;
  readonly undo: (() => void) | null;
}

const SHOWN_MS = 8_000;
const toast = signal<Toast | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says what was just done, for 8 seconds, with a way to undo it: instead of "Are you sure?". A newer one takes its place. */
export function showToast(words: string, undo: (() => void) | null = null): void {
  clearTimeout(timer);
  toast.value = {words, undo};
  timer = setTimeout(hideToast, SHOWN_MS);
}

export function hideToast(): void {
  clearTimeout(timer);
  toast.value = null;
}

/** Where toasts appear; once, around the app. */
export function Toasts() {
  const shown = toast.value;
  return (
    <div class="toasts" role="status">
      {shown !== null && (
        <div class="toast">
          <span>{shown.words}</span>
          {shown.undo !== null
            ? <Button icon="undo-2" onClick={() => { shown.undo?.(); hideToast(); }}>{t('ui.undo')}</Button>
            : <Button kind="quiet" icon="x" label={t('ui.close')} onClick={hideToast} />}
        </div>
      )}
    </div>
  );
}
