/** A tutor’s money by the day on which it comes free. Pure; paise, business ms. */
import type { EarningRow } from '#projections/queries.ts';
import { dayKey } from '../ui/time.ts';
import { isFrozen, ownPart, placeOf } from './payout.ts';

export interface ReleaseDay {
  /** `2026-11-24`, in the viewer’s zone. */
  readonly day: string;
  readonly rows: readonly EarningRow[];
  /** Of those whose hold still runs. */
  readonly expected: number;
  readonly released: number;
}

/** When it was released, or comes free by itself; null for what waits for a lesson, for somebody, or has gone. */
function freeAt(row: EarningRow, now: number): number | null {
  const place = placeOf(row);
  if (place === 'released' || place === 'settled') return row.releasedAt;
  return row.state === 'hold-running' && !isFrozen(row, now) ? row.releaseAt : null;
}

/** By day, in order. @param zone IANA */
export function releaseDays(rows: readonly EarningRow[], zone: string, now: number): readonly ReleaseDay[] {
  const days = new Map<string, EarningRow[]>();
  for (const row of rows) {
    const at = freeAt(row, now);
    if (at === null) continue;
    const day = dayKey(at, zone);
    days.set(day, [...(days.get(day) ?? []), row]);
  }
  const sum = (of: readonly EarningRow[]): number => of.reduce((total, row) => total + ownPart(row), 0);
  return [...days]
    .map(([day, of]) => ({
      day,
      rows: of,
      expected: sum(of.filter((row) => placeOf(row) === 'held')),
      released: sum(of.filter((row) => placeOf(row) !== 'held')),
    }))
    .toSorted((one, other) => one.day.localeCompare(other.day));
}

/** The weeks of a month (`2026-11`), Monday first; null where a day is of another month. */
export function weeksOf(month: string): readonly (readonly (string | null)[])[] {
  const [year = 1970, number = 1] = month.split('-').map(Number);
  const days = new Date(Date.UTC(year, number, 0)).getUTCDate();
  const before = (new Date(Date.UTC(year, number - 1, 1)).getUTCDay() + 6) % 7;
  const cells = Array.from({ length: Math.ceil((before + days) / 7) * 7 }, (_, cell) => {
    const day = cell - before + 1;
    return day < 1 || day > days ? null : `${month}-${String(day).padStart(2, '0')}`;
  });
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7));
}

/** `2026-12` after `2026-11`; `by` may be negative. */
export function monthAfter(month: string, by: number): string {
  const [year = 1970, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
}
