import type {Translator} from '../../i18n/i18n.ts';
import {Button} from '../../ui/kit.ts';
import {ClientPage} from './client_page.tsx';
import type {Line} from './shown.ts';

/** Exactly the lines that will be signed for. */
export function ClientReads({words, lines, onSign, onRefuse}: {words: Translator; lines: readonly Line[]; onSign: () => void; onRefuse: () => void}) {
  const actions = (
    <>
      <Button icon="circle-x" onClick={onRefuse}>{words.t('signoff.client.refuse')}</Button>
      <Button kind="primary" icon="signature" onClick={onSign}>{words.t('signoff.client.sign')}</Button>
    </>
  );
  return <ClientPage words={words} bottom={actions}><Shown lines={lines} /></ClientPage>;
}

function Shown({lines}: {lines: readonly Line[]}) {
  return <article class="shown">{groups(lines).map((group, at) => <ShownGroup key={at} group={group} first={at === 0} />)}</article>;
}

function ShownGroup({group, first}: {group: readonly Line[]; first: boolean}) {
  const items = group.filter(({role}) => role === 'li');
  return (
    <section class="shown__part">
      {group.filter(({role}) => role === 'h').map(({text}) => (first ? <h1 key={text}>{text}</h1> : <h2 key={text}>{text}</h2>))}
      {group.filter(({role}) => role === 'p').map(({text}) => <p key={text}>{text}</p>)}
      {items.length > 0 && <ul>{items.map(({text}, at) => <li key={at}>{text}</li>)}</ul>}
      {group.filter(({role}) => role === 'note').map(({text}) => <p key={text} class="soft">{text}</p>)}
    </section>
  );
}

/** Lines under their headings. */
function groups(lines: readonly Line[]): Line[][] {
  const found: Line[][] = [];
  for (const line of lines) {
    if (line.role === 'h' || found.length === 0) found.push([]);
    found.at(-1)?.push(line);
  }
  return found;
}
