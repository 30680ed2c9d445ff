import type {Translator} from '../../i18n/i18n.ts';
import {Button} from '../../ui/kit.ts';
import {ClientPage} from './client_page.tsx';
import type {Line} from './shown.ts';
import {ShownPage} from './shown_page.tsx';

/** Exactly the lines that will be signed for. */
export function ClientReads({words, lines, onSign, onRefuse}: {words: Translator; lines: readonly Line[]; onSign: () => void; onRefuse: () => void}) {
  const actions = (
    <>
      <Button icon="circle-x" onClick={onRefuse}>{words.t('signoff.client.refuse')}</Button>
      <Button kind="primary" icon="signature" onClick={onSign}>{words.t('signoff.client.sign')}</Button>
    </>
  );
  return <ClientPage words={words} bottom={actions}><ShownPage lines={lines} /></ClientPage>;
}
