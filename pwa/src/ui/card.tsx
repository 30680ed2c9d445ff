import type {ComponentChildren} from 'preact';
import {Icon} from './icon.tsx';
import {classes, type Tone, toneClass} from './tone.ts';

/** A group that belongs together. `tone` draws its edge. */
export function Card({title, end, tone, children}: {title?: string; end?: ComponentChildren; tone?: Tone; children: ComponentChildren}) {
  return (
    <section class={classes('card', tone !== undefined && 'card--tone', tone !== undefined && toneClass(tone))}>
      {title !== undefined && <div class="card__title"><h2>{title}</h2>{end}</div>}
      {children}
    </section>
  );
}

export interface ListRowProps {
  title: string;
  detail?: ComponentChildren;
  /** An icon's name, or a short word such as a time. */
  icon?: string;
  lead?: ComponentChildren;
  tone?: Tone;
  /** Chips, counts. */
  end?: ComponentChildren;
  href?: string;
  onClick?: () => void;
  current?: boolean;
}

/** One line of a list: the whole line is the target. */
export function ListRow({title, detail, icon, lead, tone, end, href, onClick, current = false}: ListRowProps) {
  const leads = href !== undefined || onClick !== undefined;
  const inside = (
    <>
      <span class={classes('list-row__lead', tone !== undefined && toneClass(tone))}>{icon === undefined ? lead : <Icon name={icon} />}</span>
      <span class="list-row__words">
        <span class="list-row__title">{title}</span>
        {detail !== undefined && <span class="list-row__detail">{detail}</span>}
      </span>
      <span class="list-row__end">{end}{leads && <Icon name="chevron-right" />}</span>
    </>
  );
  const here = current ? {'aria-current': 'true' as const} : {};
  if (href !== undefined) return <a class="list-row" href={href} {...here}>{inside}</a>;
  if (onClick !== undefined) return <button class="list-row" type="button" onClick={onClick} {...here}>{inside}</button>;
  return <div class="list-row" {...here}>{inside}</div>;
}

/** A few words of state. */
export function Chip({tone = 'neutral', icon, children}: {tone?: Tone; icon?: string; children: string}) {
  return <span class={classes('chip', toneClass(tone))}>{icon !== undefined && <Icon name={icon} />}<span class="chip__words">{children}</span></span>;
}

/** Names and values, in pairs. */
export function Facts({facts}: {facts: readonly (readonly [name: string, value: ComponentChildren])[]}) {
  return <dl class="facts">{facts.map(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name}=`}>{value}</dd>])}</dl>;
}
