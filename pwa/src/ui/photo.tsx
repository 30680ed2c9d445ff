import type {ComponentChildren} from 'preact';
import {Chip} from './card.tsx';
import {Icon} from './icon.tsx';

interface PhotoThumbProps {
  /** A blob: address, or null while the bytes are not on this tablet. */
  src: string | null;
  /** What the photo shows; also its name for people who do not see it. */
  caption: string;
  /** Words for where the bytes are, for example "To send". */
  state?: string;
  onOpen?: () => void;
}

export function PhotoThumb({src, caption, state, onOpen}: PhotoThumbProps) {
  return (
    <figure class="thumb">
      <button class="thumb__open" type="button" aria-label={caption} {...(onOpen ? {onClick: onOpen} : {disabled: true})}>
        {src === null ? <span class="thumb__missing"><Icon name="image" large /></span> : <img class="thumb__image" src={src} alt="" />}
      </button>
      <figcaption class="thumb__caption">{caption}</figcaption>
      {state !== undefined && <Chip icon="cloud-upload">{state}</Chip>}
    </figure>
  );
}

export function PhotoGrid({children}: {children: ComponentChildren}) {
  return <div class="thumbs">{children}</div>;
}
