import {type Signal, useSignal} from '@preact/signals';
import type {ComponentType} from 'preact';
import {useEffect, useErrorBoundary} from 'preact/hooks';
import {Account} from '../features/account/account_page.tsx';
import {t} from '../i18n/i18n.ts';
import {Banner, Button, EmptyState, Page, Toasts} from '../ui/kit.ts';
import {Screen} from './frame.tsx';
import {isOver, screenFor} from './lease.ts';
import {useAutoLock} from './locking.ts';
import {machine} from './machine.ts';
import {go, place} from './router.ts';
import {type ScreenProps, screenNamed} from './routes.ts';
import {opened, syncStatus, tablet} from './tablet.ts';

/** Either the person's screens, or what it takes to come in. */
export function App() {
  const [fault] = useErrorBoundary((error: unknown) => { console.error(error); });
  useAutoLock();
  if (fault !== undefined) return <Broken />;
  return <>{tablet.value === null ? <Account /> : <CurrentScreen />}<Toasts /></>;
}

function CurrentScreen() {
  const {screen: asked, rest} = place.value;
  const screen = screenFor(asked, isOver(lastContact(), machine.now()));
  const loaded = useLoaded(screen);
  if (loaded === 'missing') return <Missing />;
  if (loaded === 'loading') return null;
  if (loaded === 'broken') return <Broken />;
  const Shown = loaded;
  return <Shown rest={rest} />;
}

function lastContact(): number | null {
  return syncStatus.value?.lastContact ?? opened().store.memory.meta.lastContact;
}

type Loaded = ComponentType<ScreenProps> | 'loading' | 'missing' | 'broken';

const known = new Map<string, ComponentType<ScreenProps>>();

function useLoaded(screen: string): Loaded {
  const arrived: Signal<number> = useSignal(0);
  const broken: Signal<string | null> = useSignal(null);
  useEffect(() => {
    if (known.has(screen)) return;
    screenNamed(screen)?.().then(
      (module) => {
        known.set(screen, module.default);
        arrived.value += 1;
      },
      (fault: unknown) => {
        // Another window has taken a new version, and the files of this one are gone: only starting again helps.
        console.error(fault);
        broken.value = screen;
      },
    );
  }, [screen]);
  void arrived.value;
  return known.get(screen) ?? (screenNamed(screen) === null ? 'missing' : broken.value === screen ? 'broken' : 'loading');
}

function Missing() {
  return (
    <Screen title={t('app.missing.title')}>
      <EmptyState icon="route" title={t('app.missing.title')} action={<Button icon="house" onClick={() => go()}>{t('app.today')}</Button>}>
        {t('app.missing.detail')}
      </EmptyState>
    </Screen>
  );
}

/** A fault of ours on a screen. What was saved is saved; starting again is always safe. */
function Broken() {
  return (
    <Page title={t('app.broken.title')} bottom={<Button kind="primary" icon="refresh-cw" onClick={() => location.reload()}>{t('app.reload')}</Button>}>
      <Banner tone="fail" title={t('app.broken.title')}>{t('app.broken.detail')}</Banner>
    </Page>
  );
}
