import {t, tn} from '../../i18n/i18n.ts';
import type {RescueFile} from '../../store/rescue_file.ts';

/** What is in the file that was saved, and what could not be put into it. */
export function savedWords({operations, photos, left, signed}: RescueFile): string {
  const parts = [tn('rescue.saved.operations', operations), tn('rescue.saved.photos', photos)];
  const said = [t('rescue.saved.detail', {what: parts.join(', ')}), ...(left > 0 ? [tn('rescue.left', left)] : []), ...(signed ? [] : [t('rescue.unsigned')])];
  return said.join(' ');
}
