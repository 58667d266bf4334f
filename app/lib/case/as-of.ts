/** The instant of which the books are shown, as the address and a form have it. Pure. */
import { instantOf, wallTime } from '../ui/time.ts';

export type AsOf =
  | { readonly kind: 'now' }
  /** Business ms. */
  | { readonly kind: 'at'; readonly at: number }
  | { readonly kind: 'invalid' };

/** `2026-11-21T18:30` on the wall of `zone`, its whole minute included; a number is an instant, ms. */
export function asOf(text: string | null, zone: string): AsOf {
  if (text === null || text.trim() === '') return { kind: 'now' };
  if (/^\d{1,15}$/.test(text)) return { kind: 'at', at: Number(text) };
  const [, year, month, day, hour, minute] = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)$/.exec(text)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined || hour === undefined || minute === undefined)
    return { kind: 'invalid' };
  const exists = new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day && month >= 1 && month <= 12;
  if (!exists || hour > 23 || minute > 59) return { kind: 'invalid' };
  return { kind: 'at', at: instantOf(year, month, day, hour, minute, zone) + 59_999 };
}

/** The same instant as a form's field wants it. */
export function wallText(at: number, zone: string): string {
  const { year, month, day, hour, minute } = wallTime(at, zone);
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`;
}
