import type {ComponentChildren} from 'preact';
import type {Line} from './shown.ts';

/** The lines of a `shown` document: each of them, in their order, and nothing else. */
export function ShownPage({lines}: {lines: readonly Line[]}) {
  return <article class="shown">{parts(lines).map((part, at) => <section key={at} class="shown__part">{drawn(part, at === 0)}</section>)}</article>;
}

function drawn(part: readonly Line[], first: boolean): ComponentChildren[] {
  return blocks(part).map((block, at) => {
    const [{role, text}] = block;
    if (role === 'li') return <ul key={at}>{block.map((line, item) => <li key={item}>{line.text}</li>)}</ul>;
    if (role === 'h') return first ? <h1 key={at}>{text}</h1> : <h2 key={at}>{text}</h2>;
    return <p key={at} class={role === 'note' ? 'soft' : ''}>{text}</p>;
  });
}

/** Lines under their headings. */
function parts(lines: readonly Line[]): Line[][] {
  const found: Line[][] = [];
  for (const line of lines) {
    if (line.role === 'h' || found.length === 0) found.push([]);
    found.at(-1)?.push(line);
  }
  return found;
}

/** Items that follow one another are one list; every other line stands alone. */
function blocks(part: readonly Line[]): [Line, ...Line[]][] {
  const found: [Line, ...Line[]][] = [];
  for (const line of part) {
    const before = found.at(-1);
    if (line.role === 'li' && before?.[0].role === 'li') before.push(line);
    else found.push([line]);
  }
  return found;
}
