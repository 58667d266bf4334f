import { describe, it } from 'vitest';
import { specFor } from '../shared/given.ts';
import { DAY } from '../shared/times.ts';
import { decide, type BookingCommand } from './decide.ts';
import { evolve, initial, type BookingEvent } from './events.ts';
import { bookingId, END, paid, started, underReview } from './examples.ts';

const given = specFor({ initial, evolve, decide });
const now = END + DAY;
const looking = [...paid, started, underReview];
const decideIt = (refund: number): BookingCommand => ({
  type: 'DecideReviewedBooking',
  data: { bookingId, refund, reason: 'The board shows 20 minutes.' },
  now,
});
const cancelled = (refund: number, refundPct: number): BookingEvent => ({
  type: 'BookingCancelled',
  data: {
    bookingId,
    by: 'platform',
    reason: 'The board shows 20 minutes.',
    rule: 'review',
    refundPct,
    refund,
    cancelledAt: now,
  },
});

describe('BO40: a booking under review', () => {
  it('completes from the decision on when nothing goes back', () =>
    given(looking)
      .when(decideIt(0))
      .then([{ type: 'BookingCompleted', data: { bookingId, outcome: 'reviewed', t0: now } }]));
  it('is cancelled when something does, to the paisa', () => {
    given(looking)
      .when(decideIt(80_000))
      .then([cancelled(80_000, 100)]);
    given(looking)
      .when(decideIt(26_667))
      .then([cancelled(26_667, 33)]);
    given(looking)
      .when(decideIt(79_999))
      .then([cancelled(79_999, 99)]);
  });
  it('never gives more than its price, or part of a paisa', () => {
    for (const refund of [80_001, -1, 0.5, Number.NaN]) given(looking).when(decideIt(refund)).then('refund-invalid');
  });
  it('is decided once', () => {
    given([...looking, cancelled(26_667, 33)])
      .when(decideIt(26_667))
      .then([]);
    given([...looking, cancelled(26_667, 33)])
      .when(decideIt(0))
      .then('already-cancelled');
  });
});
