/** What moving a lesson does: whose yes it needs, and what is left of the right to cancel. Pure; ms and paise. */
import { cancellationOf } from '#events/booking/cancellation.ts';
import { shareOf } from '#events/shared/money.ts';
import type { Policy } from '#events/shared/policy.ts';
import type { BookingRow } from '#projections/queries.ts';

type Moved = Pick<BookingRow, 'startsAt' | 'price' | 'confirmedAt' | 'refundCapPct'>;

export interface MoveTerms {
  /** It moves without asking. */
  readonly alone: boolean;
  /** Until then a student moves it without asking. */
  readonly aloneUntil: number;
  /** What a later cancellation by the student gives back at most, percent and paise. */
  readonly capPct: number;
  readonly cap: number;
}

export function moveTerms(booking: Moved, policy: Policy, by: 'student' | 'tutor', now: number): MoveTerms {
  const aloneUntil = booking.startsAt - policy.rescheduleBeforeMs;
  const { refundPct, refund } = cancellationOf({ ...booking, policy }, 'student', now);
  return {
    alone: by === 'student' && now <= aloneUntil,
    aloneUntil,
    capPct: by === 'student' ? refundPct : booking.refundCapPct,
    cap: by === 'student' ? refund : shareOf(booking.price, booking.refundCapPct * 100),
  };
}

/** Until when the other side can answer a wish made now. */
export const answerByOf = (policy: Policy, startsAt: number, wanted: number, now: number): number =>
  Math.min(now + policy.rescheduleAnswerMs, startsAt, wanted);
