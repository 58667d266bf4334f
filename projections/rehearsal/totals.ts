import type { Rehearsed } from './compare.ts';
import type { RehearsalTotals, RehearsedRow } from './contract.ts';
import { NO_PARTS, type Dispute, type Parts } from './reckoning.ts';

type Open<T> = { -readonly [K in keyof T]: T[K] extends number ? number : Open<T[K]> };

/** Sums up rehearsed bookings, and keeps those that differ. */
export class Totals {
  readonly #totals: Open<RehearsalTotals> = {
    bookings: 0,
    own: 0,
    was: { ...NO_PARTS },
    would: { ...NO_PARTS },
    differ: { money: 0, outcome: 0, ending: 0, release: 0, dispute: 0, 'second-person': 0 },
    disputes: { refused: 0, notNeeded: 0, asked: 0, secondMore: 0, secondLess: 0 },
    releases: { earlier: 0, later: 0 },
    notes: { 'room-closed-earlier': 0, 'room-open-longer': 0, 'bank-took': 0 },
  };
  readonly #rows: RehearsedRow[] = [];

  take({ booked, was, would, differences, notes, moved }: Rehearsed): void {
    const totals = this.#totals;
    totals.bookings += 1;
    add(totals.was, was.parts);
    add(totals.would, would.parts);
    for (const note of notes) totals.notes[note] += 1;
    if (differences.length === 0) return;
    for (const difference of differences) totals.differ[difference] += 1;
    if (differences.includes('dispute')) this.#dispute(was.dispute, would.dispute);
    if (differences.includes('second-person') && would.dispute.kind === 'decided')
      totals.disputes[would.dispute.secondPerson ? 'secondMore' : 'secondLess'] += 1;
    if (was.heldUntil !== null && would.heldUntil !== null && was.heldUntil !== would.heldUntil)
      totals.releases[would.heldUntil < was.heldUntil ? 'earlier' : 'later'] += 1;
    const { bookingId, subject, startsAt, price } = booked;
    this.#rows.push({ bookingId, subject, startsAt, price, was, would, differences, notes, moved });
  }

  leaveOut(): void {
    this.#totals.own += 1;
  }

  get totals(): RehearsalTotals {
    return this.#totals;
  }

  /** The largest difference first; of the same size, the earlier lesson. */
  get rows(): readonly RehearsedRow[] {
    return this.#rows.toSorted(
      (a, b) => b.moved - a.moved || a.startsAt - b.startsAt || (a.bookingId < b.bookingId ? -1 : 1),
    );
  }

  #dispute(was: Dispute, would: Dispute): void {
    const { disputes } = this.#totals;
    if (would.kind === 'refused') disputes.refused += 1;
    else if (would.kind === 'open' && was.kind !== 'open') disputes.asked += 1;
    else disputes.notNeeded += 1;
  }
}

function add(sum: Open<Parts>, parts: Parts): void {
  sum.student += parts.student;
  sum.tutor += parts.tutor;
  sum.platform += parts.platform;
  sum.undecided += parts.undecided;
}
