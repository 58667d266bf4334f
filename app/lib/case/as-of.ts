/** The instant of which the books are shown, as the address and a form have it. Pure. */
import { instantOf, wallTime } from '../ui/time.ts';

export type AsOf =
  | { readonly kind: 'now' }
  /** Business ms. */
  | { readonly kind: 'at'; readonly at: number }
  | { readonly kind: 'invalid' };

/**
 * `2026-11-21T18:30` or `18:30:15` on the wall of `zone`, its whole minute or second included; a number is an instant, ms.
 * `seconds`: the field has seconds, so that a text without any is on the minute: browsers leave `:00` out.
 */
export function asOf(text: string | null, zone: string, seconds = false): AsOf {
  if (text === null || text.trim() === '') return { kind: 'now' };
  if (/^\d{1,15}$/.test(text)) return { kind: 'at', at: Number(text) };
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d))?$/.exec(text);
  const [, year, month, day, hour, minute] = parts?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined || hour === undefined || minute === undefined)
    return { kind: 'invalid' };
  const exists = new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day && month >= 1 && month <= 12;
  const second = Number(parts?.[6] ?? 0);
  if (!exists || hour > 23 || minute > 59 || second > 59) return { kind: 'invalid' };
  const exact = seconds || parts?.[6] !== undefined;
  const begins = instantOf(year, month, day, hour, minute, zone);
  return { kind: 'at', at: exact ? begins + second * 1_000 + 999 : begins + 59_999 };
}

/** The same instant as a form's field wants it; to the second where the field has seconds. */
export function wallText(at: number, zone: string, seconds = false): string {
  const { year, month, day, hour, minute } = wallTime(at, zone);
  const two = (part: number): string => String(part).padStart(2, '0');
  const clock = `${two(hour)}:${two(minute)}${seconds ? `:${two(Math.floor(at / 1_000) % 60)}` : ''}`;
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${clock}`;
}
