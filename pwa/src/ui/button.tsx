import type {ComponentChildren} from 'preact';
import {Icon} from './icon.tsx';
import {classes} from './tone.ts';

export interface ButtonProps {
  /** `primary` is the one action of a screen, in the bottom bar, 56 px tall. */
  kind?: 'primary' | 'secondary' | 'quiet' | 'danger';
  icon?: string;
  /** Words. Left out only with `label`, for an icon alone. */
  children?: ComponentChildren;
  label?: string;
  onClick?: (event: MouseEvent) => void;
  /** With `href` it is a link that looks like a button. */
  href?: string;
  type?: 'button' | 'submit';
  disabled?: boolean;
  wide?: boolean;
}

export function Button({kind = 'secondary', icon, children, label, onClick, href, type = 'button', disabled = false, wide = false}: ButtonProps) {
  const look = classes('button', `button--${kind}`, wide && 'button--wide', children === undefined && 'button--square');
  const inside = <>{icon !== undefined && <Icon name={icon} />}{children}</>;
  const named = label === undefined ? {} : {'aria-label': label};
  if (href !== undefined && !disabled) return <a class={look} href={href} {...named}>{inside}</a>;
  return <button class={look} type={type} disabled={disabled} {...(onClick ? {onClick} : {})} {...named}>{inside}</button>;
}
