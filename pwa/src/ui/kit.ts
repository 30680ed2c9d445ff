/** The kit, in one import. */
export {Button, type ButtonProps} from './button.tsx';
export {Card, Chip, Facts, ListRow, type ListRowProps} from './card.tsx';
export {ChoiceList, type Option, SegmentedChoice} from './choice.tsx';
export {Field, type FieldProps, NumberField, type NumberFieldProps} from './field.tsx';
export {Icon} from './icon.tsx';
export {BarePage, Header, Page, Sheet, SplitPage, type StatusLine} from './layout.tsx';
export {Banner, EmptyState, hideToast, showToast, Toasts} from './notices.tsx';
export {PhotoGrid, PhotoThumb} from './photo.tsx';
export {PinPad} from './pin_pad.tsx';
export type {Tone} from './tone.ts';
