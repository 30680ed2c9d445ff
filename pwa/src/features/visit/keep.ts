import {t} from '../../i18n/i18n.ts';
import {StoreFull, StoreLost} from '../../store/connection.ts';
import {showToast} from '../../ui/kit.ts';

/**
 * Do what a person asked and say so once it lies on the disk; `undo` is offered beside the words.
 * False when the tablet could not keep it: the person is told and nothing has changed.
 */
export async function keep(work: () => Promise<unknown>, words: string | null = null, undo: (() => void) | null = null): Promise<boolean> {
  try {
    await work();
  } catch (fault) {
    showToast(whyNot(fault));
    return false;
  }
  if (words !== null) showToast(words, undo);
  return true;
}

function whyNot(fault: unknown): string {
  if (fault instanceof StoreFull) return t('visit.keep.full');
  if (fault instanceof StoreLost) return t('visit.keep.lost');
  throw fault;
}
