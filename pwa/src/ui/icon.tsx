import {sprite} from 'virtual:icons';
import names from './icons.json' with {type: 'json'};

const KNOWN = new Set(names);

/** A drawing beside words. With `label` it stands alone and is read aloud; without, it is silent. */
export function Icon({name, label, large = false}: {name: string; label?: string; large?: boolean}) {
  if (!KNOWN.has(name)) throw new Error(`ui/icons.json does not list the icon "${name}"`);
  return (
    <svg class={large ? 'icon icon--large' : 'icon'} viewBox="0 0 24 24" focusable="false"
      {...(label === undefined ? {'aria-hidden': true} : {role: 'img', 'aria-label': label})}>
      <use href={`${sprite}#${name}`} />
    </svg>
  );
}
