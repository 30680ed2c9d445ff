import {key, type WordKey} from '../../i18n/i18n.ts';

/** What a client can mean by a signature here; goods have no screen yet. */
export const MEANINGS: Readonly<Record<string, WordKey>> = {
  accepted: key('signoff.meaning.accepted'),
  accepted_with_open_items: key('signoff.meaning.accepted_with_open_items'),
  attendance_only: key('signoff.meaning.attendance_only'),
};

export const REASONS: Readonly<Record<string, WordKey>> = {
  result: key('signoff.reason.result'), hours: key('signoff.reason.hours'), charges: key('signoff.reason.charges'),
  not_authorised: key('signoff.reason.not_authorised'), no_signing: key('signoff.reason.no_signing'), busy: key('signoff.reason.busy'),
};
