import type {ComponentChildren} from 'preact';
import {useLayoutEffect} from 'preact/hooks';
import {lockUp} from '../../app/exchange.ts';
import {replace} from '../../app/router.ts';
import type {Translator} from '../../i18n/i18n.ts';
import {Button} from '../../ui/kit.ts';

interface ClientPageProps {
  words: Translator;
  /** What the client can do here; null when only handing the tablet back is left. */
  bottom: ComponentChildren;
  children: ComponentChildren;
  /** Where the engineer arrives after unlocking; here again when left out. */
  leaveTo?: readonly string[];
}

/**
 * The tablet in the client's hands: a calm page in their language, and nothing else of the app within reach.
 * Leaving it, by its button or the system's back gesture, locks the tablet; the engineer's PIN leads back here.
 */
export function ClientPage({words, bottom, children, leaveTo = []}: ClientPageProps) {
  // Before anything is painted: there is no moment in which going back would not lock.
  useLayoutEffect(() => {
    // One entry of its own: going back from it is the one way out.
    if (history.state?.handedOver !== true) history.pushState({...history.state, handedOver: true}, '');
    const left = () => {
      if (leaveTo.length > 0) replace(...leaveTo);
      lockUp();
    };
    addEventListener('popstate', left);
    return () => removeEventListener('popstate', left);
  }, []);
  const give = (kind: 'quiet' | 'primary') => <Button kind={kind} icon="lock" onClick={() => history.back()}>{words.t('signoff.client.give')}</Button>;
  return (
    <div class="page page--bare handed" lang={words.locale}>
      <main class="page__body">
        <div class="page__column">
          {bottom !== null && <div class="handed__give">{give('quiet')}</div>}
          {children}
        </div>
      </main>
      <footer class="bottom">{bottom ?? give('primary')}</footer>
    </div>
  );
}
