import {useSignal} from '@preact/signals';
import type {TargetedEvent} from 'preact';
import {useRef} from 'preact/hooks';
import type {Photo} from '../../app/rows.ts';
import {opened} from '../../app/tablet.ts';
import type {Row} from '../../app/view.ts';
import {key, t, tn} from '../../i18n/i18n.ts';
import {Banner, Button, PhotoGrid, PhotoThumb, showToast} from '../../ui/kit.ts';
import {capture, hasRoom, type PhotoFault} from './capture.ts';
import {PhotoPage} from './photo_page.tsx';
import {usePhotoUrl} from './photo_url.ts';

const FAULTS: Record<PhotoFault, ReturnType<typeof key>> = {full: key('photos.full'), lost: key('photos.lost'), unreadable: key('photos.unreadable')};

interface PhotoStripProps {
  visit: string;
  /** What new photos belong to. */
  on: Photo['on'];
  /** Those to show, removed ones left out. */
  photos: readonly Row<Photo>[];
  /** False once the visit is signed. */
  open: boolean;
  /** No more than these; a photo item says how many. */
  most?: number;
}

/** The photos of one thing, and the camera. */
export function PhotoStrip({visit, on, photos, open, most = 50}: PhotoStripProps) {
  const shown = useSignal<string | null>(null);
  const looked = photos.find(({id}) => id === shown.value);
  return (
    <div class="stack stack--tight">
      {photos.length > 0 && <PhotoGrid>{photos.map((photo) => <Thumb key={photo.id} photo={photo} onOpen={() => { shown.value = photo.id; }} />)}</PhotoGrid>}
      {open && photos.length < most && <Camera visit={visit} on={on} />}
      {looked !== undefined && <PhotoPage photo={looked} open={open} onClose={() => { shown.value = null; }} />}
    </div>
  );
}

function Thumb({photo, onOpen}: {photo: Row<Photo>; onOpen: () => void}) {
  const src = usePhotoUrl(photo.visit, photo.sha256);
  const state = stateWords(photo);
  return <PhotoThumb src={src} caption={photo.caption || t('photos.photo')} onOpen={onOpen} {...(state === null ? {} : {state})} />;
}

/** Where its bytes are, when that is worth a word. */
function stateWords({visit, sha256, state}: Row<Photo>): string | null {
  const blob = opened().store.memory.blobs.get(`${visit}/${sha256}`);
  if (blob?.state === 'refused') return t('photos.refused');
  if (state === 'unreadable') return t('photos.unreadableThere');
  return blob?.state === 'waiting' ? t('photos.toSend') : null;
}

/** The tablet's own camera, and a file for when the camera is away, broken or not allowed. */
function Camera({visit, on}: Pick<PhotoStripProps, 'visit' | 'on'>) {
  const camera = useRef<HTMLInputElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const trouble = useSignal<'full' | 'no_camera' | null>(null);
  const busy = useSignal(false);
  const open = async (input: HTMLInputElement | null) => {
    trouble.value = null;
    if (await hasRoom()) input?.click();
    else trouble.value = 'full';
  };
  const taken = async ({currentTarget}: TargetedEvent<HTMLInputElement>) => {
    const files = [...currentTarget.files ?? []];
    currentTarget.value = '';
    busy.value = true;
    const {kept, faults} = await capture(files, visit, on);
    busy.value = false;
    const [fault] = faults;
    if (fault !== undefined) showToast(t(FAULTS[fault]));
    else if (kept > 0) showToast(tn('photos.kept', kept));
  };
  return (
    <>
      {trouble.value === 'full' && <Banner tone="fail" title={t('photos.full')}>{t('photos.full.detail')}</Banner>}
      {trouble.value === 'no_camera' && <Banner tone="info" title={t('photos.noCamera')}>{t('photos.noCamera.detail')}</Banner>}
      <div class="row">
        <Button icon="camera" disabled={busy.value} onClick={() => { void open(camera.current); }}>{busy.value ? t('photos.keeping') : t('photos.take')}</Button>
        <Button kind="quiet" icon="image" disabled={busy.value} onClick={() => { void open(file.current); }}>{t('photos.choose')}</Button>
      </div>
      <input ref={camera} class="only-heard" type="file" accept="image/*" capture="environment" tabIndex={-1} aria-label={t('photos.take')}
        onChange={(event) => { void taken(event); }} onCancel={() => { trouble.value = 'no_camera'; }} />
      <input ref={file} class="only-heard" type="file" accept="image/*" multiple tabIndex={-1} aria-label={t('photos.choose')} onChange={(event) => { void taken(event); }} />
    </>
  );
}
