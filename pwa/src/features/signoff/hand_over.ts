import type {Contact, Visit} from '../../app/rows.ts';
import {opened} from '../../app/tablet.ts';
import type {Row, View} from '../../app/view.ts';
import type {Language} from '../../i18n/i18n.ts';
import {sha256, toHex, utf8} from '../../store/bytes.ts';
import {plain, type Signing} from './compose.ts';
import type {SignDraft} from './draft.ts';
import {contactsOf, type Gathered} from './gather.ts';
import {type Line, shownLines} from './shown.ts';

/**
 * What was put before the client, frozen: the signature is bound to it, whatever the exchange brings meanwhile.
 * `anchor` is the feed's position of these facts, and the journal there.
 */
export interface HandOver {
  readonly visit: Row<Visit>;
  readonly gathered: Gathered;
  readonly contacts: readonly Row<Contact>[];
  readonly openItems: readonly string[];
  readonly locale: Language;
  readonly anchor: {readonly position: number; readonly journal: string | null};
}

export function handOver(view: View, visit: Row<Visit>, gathered: Gathered, draft: SignDraft): HandOver {
  return {
    visit, gathered, contacts: contactsOf(view, visit.site), openItems: openItems(draft.get('open')), locale: (draft.get('locale') || 'en') as Language,
    anchor: {position: view.head, journal: opened().store.memory.meta.journal},
  };
}

function openItems(written: string): string[] {
  return written.split('\n').map((line) => line.trim()).filter((line) => line !== '');
}

/** The page of one outcome, as its `shown` document will have it. */
export function linesOf({gathered: {facts, notice}, openItems, locale}: HandOver, outcome: string): readonly Line[] {
  return plain(shownLines({...facts, open_items: openItems}, outcome, notice, locale)) as Line[];
}

/** Ink belongs to the page under which it was drawn: on another page the client signs anew. */
export async function keepInkOfPage(draft: SignDraft, lines: readonly Line[]): Promise<void> {
  const page = toHex(await sha256(utf8(JSON.stringify(lines))));
  if (draft.get('page') !== page) draft.change({page, ink: ''});
}

/** The draft as the record wants it. */
export function signingOf({gathered: {notice}, contacts, locale}: HandOver, draft: SignDraft, outcome: string): Signing {
  const declined = outcome === 'declined';
  const absent = outcome === 'absent';
  const name = absent ? '' : draft.get('name').trim();
  const contact = name === '' ? null : contacts.find(({id}) => id === draft.get('contact')) ?? null;
  return {
    locale, visit_outcome: draft.get('visit_outcome') || 'completed', outcome, notice,
    declined: declined ? draft.get('reason') : null,
    authorised: contact === null ? null : contact.may_sign,
    identified_by: absent ? null : 'seen_in_person',
    signer: name === '' ? null : {name, capacity: draft.get('capacity').trim(), contact: contact?.id ?? null, reference: draft.get('reference').trim()},
    ink: declined || absent ? null : draft.ink,
    remark: absent ? null : draft.get('remark').trim() || null,
    reason: declined ? draft.get('words').trim() : null,
  };
}
