/** Days of business with every fate that a booking can have, and the books held against the log after every event. */
import { problemsOf } from '#projections/ledger/chart.ts';
import { bankTakesBack } from './cases.ts';
import {
  advance,
  ALL_FATES,
  businessNow,
  DAY,
  giverOf,
  playRound,
  prepare,
  type Fate,
  type Seat,
} from './scenarios.ts';
import type { JournalEntry } from './evidence.ts';
import { openStage } from './stage.ts';

export interface MonthReport {
  readonly days: number;
  readonly bookings: number;
  readonly events: number;
  readonly entries: number;
  /** How many of the bookings came to what, by the last event of their stream. */
  readonly fates: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
  readonly seconds: number;
}

/** `perDay` seats a day; the fates take turns, so that each comes up often. */
export async function runMonth(settings: {
  readonly days: number;
  readonly perDay: number;
  readonly log?: (line: string) => void;
}): Promise<MonthReport> {
  const { days, perDay, log = () => undefined } = settings;
  const began = Date.now();
  const stage = await openStage();
  try {
    await stage.start();
    await prepare(stage);
    const seats: Seat[] = [];
    for (let day = 0; day < days; day += 1) {
      const fates = Array.from({ length: perDay }, (_, n): Fate => {
        const turn = (day * perDay + n) % (ALL_FATES.length + 6);
        // Most lessons are simply taught.
        return ALL_FATES[turn] ?? 'taught';
      });
      seats.push(...(await playRound(stage, `day ${day}`, fates, 'later')));
      log(`day ${day + 1} of ${days}, ${seats.length} bookings, ${Math.round((Date.now() - began) / 1000)} s`);
    }
    await advance(stage, (await businessNow(stage)) + 8 * DAY);
    await stage.settle();
    const give = giverOf(stage, 'afterwards');
    for (const seat of seats) if (seat.fate === 'bank-lost-late') await bankTakesBack(stage, give, seat);
    await advance(stage, (await businessNow(stage)) + 8 * DAY);
    await stage.settle();
    const [journal, events] = [await stage.journal(), await stage.events()];
    const fates: Record<string, number> = {};
    for (const seat of seats) fates[seat.fate] = (fates[seat.fate] ?? 0) + 1;
    return {
      days,
      bookings: seats.length,
      events: events.length,
      entries: journal.length,
      fates,
      problems: [...(await stage.violations()), ...booksAtEveryInstant(journal)],
      seconds: Math.round((Date.now() - began) / 1000),
    };
  } finally {
    await stage.end();
  }
}

/** After each event: the trial balance is zero, and the equation of the booking holds. */
export function booksAtEveryInstant(journal: readonly JournalEntry[]): string[] {
  const problems: string[] = [];
  const ofBooking = new Map<string, JournalEntry[]>();
  let sum = 0;
  for (let at = 0; at < journal.length;) {
    const first = journal[at];
    if (!first) break;
    const { ordinal, type } = first;
    const touched = new Set<string>();
    for (; journal[at]?.ordinal === ordinal; at += 1) {
      const entry = journal[at];
      if (!entry) break;
      sum += entry.amount;
      touched.add(entry.bookingId);
      ofBooking.set(entry.bookingId, [...(ofBooking.get(entry.bookingId) ?? []), entry]);
    }
    if (sum !== 0) problems.push(`the trial balance is ${sum} after event ${ordinal} (${type})`);
    for (const bookingId of touched)
      for (const problem of problemsOf(ofBooking.get(bookingId) ?? []))
        problems.push(`${bookingId} after event ${ordinal} (${type}): ${problem}`);
    if (problems.length > 20) return problems;
  }
  return problems;
}
