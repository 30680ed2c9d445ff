import {useSignal} from '@preact/signals';
import {useEffect} from 'preact/hooks';
import {opened} from '../../app/tablet.ts';

/** An address for an <img>, null while it is read or when the bytes are not on this tablet. Let go when the picture leaves the screen. */
export function usePhotoUrl(visit: string, sha256: string): string | null {
  const url = useSignal<string | null>(null);
  useEffect(() => {
    let gone = false;
    void opened().store.photos.bytes(visit, sha256).then((bytes) => {
      if (bytes !== null && !gone) url.value = URL.createObjectURL(new Blob([bytes], {type: 'image/jpeg'}));
    });
    return () => {
      gone = true;
      if (url.peek() !== null) URL.revokeObjectURL(url.peek() ?? '');
      url.value = null;
    };
  }, [visit, sha256]);
  return url.value;
}
