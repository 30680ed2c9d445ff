import {t} from '../../i18n/i18n.ts';
import {showToast} from '../../ui/kit.ts';
import {keep} from '../visit/shared.ts';
import type {SignDraft} from './draft.ts';
import {type HandOver, signingOf} from './hand_over.ts';
import {sign} from './sign.ts';

/** Sign and forget the draft; the receipt's code. null when it could not be kept: the person is told, and nothing is signed. */
export async function settle(page: HandOver, draft: SignDraft, outcome: string): Promise<string | null> {
  let code = '';
  try {
    if (!await keep(async () => { code = await sign(page, signingOf(page, draft, outcome)); })) return null;
  } catch (fault) {
    console.error(fault);
    showToast(t('signoff.failed'));
    return null;
  }
  draft.clear();
  return code;
}
