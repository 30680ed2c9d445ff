/** What other features take from tickets. */
export {assetName} from './asset_name.ts';
export {AssetPicker} from './asset_picker.tsx';
export {impactOf, raiseTicket, type Raised, type TicketFacts} from './raise.ts';
export {TicketForm} from './ticket_form.tsx';
export {TicketRow} from './ticket_row.tsx';
export {CATEGORIES, PRIORITY_TONES, TICKET_STATES} from './wording.ts';
