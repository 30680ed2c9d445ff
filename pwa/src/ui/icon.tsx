import {h} from 'preact';
import {shapes} from 'virtual:icons';

/** A drawing beside words. With `label` it stands alone and is read aloud; without, it is silent. */
export function Icon({name, label, large = false}: {name: string; label?: string; large?: boolean}) {
  const parts = shapes[name];
  if (parts === undefined) throw new Error(`ui/icons.json does not list the icon "${name}"`);
  return (
    <svg class={large ? 'icon icon--large' : 'icon'} viewBox="0 0 24 24" focusable="false"
      {...(label === undefined ? {'aria-hidden': true} : {role: 'img', 'aria-label': label})}>
      {parts.map(([tag, attributes]) => h(tag, attributes))}
    </svg>
  );
}
