import {useSignal} from '@preact/signals';
import {act} from '../../app/act.ts';
import type {Photo} from '../../app/rows.ts';
import {type Row, useView} from '../../app/view.ts';
import {dateAndTime, megabytes} from '../../i18n/format.ts';
import {t} from '../../i18n/i18n.ts';
import {Button, EmptyState, Field, SegmentedChoice, Sheet} from '../../ui/kit.ts';
import {keep} from '../visit/shared.ts';
import './photos.css';
import {usePhotoUrl} from './photo_url.ts';

/** One photo, large: what it shows, who may see it, and the way out for one that should not be here. */
export function PhotoPage({photo, open, onClose}: {photo: Row<Photo>; open: boolean; onClose: () => void}) {
  const src = usePhotoUrl(photo.visit, photo.sha256);
  const {head} = useView();
  const caption = useSignal(photo.caption ?? '');
  const change = (visible: Photo['visible'] = photo.visible) => {
    const text = caption.peek().trim();
    if (text === (photo.caption ?? '') && visible === photo.visible) return;
    void keep(() => act('photo.caption', ['photo', photo.id], {caption: text === '' ? null : text, visible}, {base: head}), t('photos.saved'));
  };
  return (
    <Sheet title={photo.caption || t('photos.photo')} onClose={onClose}>
      {src === null ? <EmptyState icon="image" title={t('photos.away')}>{t('photos.away.detail')}</EmptyState> : <img class="photo-large" src={src} alt={photo.caption ?? ''} width={photo.w} height={photo.h} />}
      <p class="soft numbers">{[photo.taken_at === null ? null : dateAndTime(Date.parse(photo.taken_at)), `${photo.w} × ${photo.h}`, megabytes(photo.size)].filter((part) => part !== null).join(' · ')}</p>
      {open && <>
        <Field label={t('photos.caption')} value={caption.value} onInput={(value) => { caption.value = value; }} onCommit={() => change()} maxLength={300} spellcheck />
        <SegmentedChoice legend={t('photos.who')} value={photo.visible} onChange={(value) => { if (value !== null) change(value); }}
          options={[{value: 'client', label: t('photos.client'), icon: 'eye'}, {value: 'internal', label: t('photos.internal'), icon: 'eye-off'}]} />
        <Remove photo={photo} onGone={onClose} />
      </>}
    </Sheet>
  );
}

function Remove({photo, onGone}: {photo: Row<Photo>; onGone: () => void}) {
  const {head} = useView();
  const asked = useSignal(false);
  const reason = useSignal('');
  const go = async () => {
    if (await keep(() => act('photo.remove', ['photo', photo.id], {reason: reason.value.trim()}, {base: head}), t('photos.removed'))) onGone();
  };
  if (!asked.value) return <Button kind="danger" icon="trash" onClick={() => { asked.value = true; }}>{t('photos.remove')}</Button>;
  return (
    <div class="stack stack--tight">
      <Field label={t('photos.remove.why')} value={reason.value} onInput={(value) => { reason.value = value; }} maxLength={500} />
      <Button kind="danger" icon="trash" disabled={reason.value.trim() === ''} onClick={() => { void go(); }}>{t('photos.remove')}</Button>
    </div>
  );
}
