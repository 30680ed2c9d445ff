import {locale} from './i18n.ts';

/** Words for times and sizes in the screen's language. Times are milliseconds since 1970 UTC, shown in the tablet's own zone. */
export function clockTime(at: number): string {
  return new Intl.DateTimeFormat(locale(), {hour: '2-digit', minute: '2-digit', hourCycle: 'h23'}).format(at);
}

/** "Tue, 24 Nov" */
export function shortDate(at: number): string {
  return new Intl.DateTimeFormat(locale(), {weekday: 'short', day: 'numeric', month: 'short'}).format(at);
}

/** "24 Nov 2026, 09:14" */
export function dateAndTime(at: number): string {
  return new Intl.DateTimeFormat(locale(), {
    day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
  }).format(at);
}

/** "09:00–11:30", with the date of the end when it is another day. */
export function span(from: number, to: number): string {
  const sameDay = new Date(from).toDateString() === new Date(to).toDateString();
  return `${clockTime(from)}–${sameDay ? '' : `${shortDate(to)} `}${clockTime(to)}`;
}

/** "1.4 MB"; 1 MB = 1,000,000 bytes, as storage is sold. */
export function megabytes(bytes: number): string {
  const digits = bytes < 10_000_000 ? 1 : 0;
  return `${new Intl.NumberFormat(locale(), {minimumFractionDigits: digits, maximumFractionDigits: digits}).format(Math.max(bytes / 1e6, bytes > 0 ? 0.1 : 0))} MB`;
}
