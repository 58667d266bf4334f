/** Facts and commands of one booking, for the tests of this folder. */
import { POLICY_2026_11 } from '../shared/policy.ts';
import { DAY, HOUR, MINUTE, START } from '../shared/times.ts';
import type { BookingCommand } from './decide.ts';
import type { BookingEvent, BookingTerms, RescheduleEnd, Side } from './events.ts';

export const bookingId = 'b1';
export const ASKED = START - 7 * DAY;
export const END = START + HOUR;
/** Where a move goes to. */
export const LATER = START + 3 * DAY;

const { requestedAt: _, ...form }: BookingTerms = {
  bookingId,
  tutorId: 't1',
  studentId: 's1',
  bookedBy: 's1',
  offerId: 'o1',
  subject: 'Physics',
  startsAt: START,
  minutes: 60,
  seats: 1,
  price: 80_000,
  mode: 'instant',
  policy: POLICY_2026_11,
  note: '',
  requestedAt: ASKED,
};

export const request: BookingCommand = { type: 'RequestBooking', data: form, now: ASKED };
export const requested: BookingEvent = { type: 'BookingRequested', data: { ...form, requestedAt: ASKED } };
export const accepted: BookingEvent = {
  type: 'BookingAccepted',
  data: { bookingId, lessonId: 'l1', payBy: ASKED + 10 * MINUTE },
};
export const confirmed: BookingEvent = {
  type: 'BookingConfirmed',
  data: { bookingId, lessonId: 'l1', confirmedAt: ASKED + MINUTE },
};
export const awaiting = [requested, accepted];
export const paid = [...awaiting, confirmed];
export const declined: BookingEvent = { type: 'BookingDeclined', data: { bookingId, reason: 'by-tutor' } };
export const expired: BookingEvent = { type: 'BookingExpired', data: { bookingId } };
export const started: BookingEvent = { type: 'BookingStarted', data: { bookingId } };
export const underReview: BookingEvent = { type: 'BookingUnderReview', data: { bookingId, outcome: 'unclear' } };
export const completed: BookingEvent = { type: 'BookingCompleted', data: { bookingId, outcome: 'held', t0: END } };
export const closed: BookingEvent = { type: 'BookingClosed', data: { bookingId } };
export const cancelled: BookingEvent = {
  type: 'BookingCancelled',
  data: {
    bookingId,
    by: 'student',
    reason: '',
    rule: 'tier-24h',
    refundPct: 100,
    refund: 80_000,
    cancelledAt: START - 2 * DAY,
  },
};

export const proposed = (by: Side, startsAt: number, at: number, proposalId = 'p1'): BookingEvent => ({
  type: 'RescheduleProposed',
  data: { bookingId, proposalId, by, startsAt, answerBy: answerBy(by, startsAt, at), at },
});
/** The student moves alone until 12 hours before. */
const answerBy = (by: Side, startsAt: number, at: number): number =>
  by === 'student' && START - at >= 12 * HOUR ? at : Math.min(at + DAY, START, startsAt);
export const agreed = (by: Side, startsAt: number, at: number, proposalId = 'p1'): BookingEvent => ({
  type: 'RescheduleAgreed',
  data: { bookingId, proposalId, by, startsAt, at },
});
export const refused = (reason: RescheduleEnd, at: number, proposalId = 'p1'): BookingEvent => ({
  type: 'RescheduleDeclined',
  data: { bookingId, proposalId, reason, at },
});
export const moved = (
  startsAt: number,
  at: number,
  refundCapPct = 100,
  { proposalId = 'p1', lessonId = 'l2', previousLessonId = 'l1', previousStartsAt = START } = {},
): BookingEvent => ({
  type: 'BookingRescheduled',
  data: { bookingId, proposalId, lessonId, startsAt, previousLessonId, previousStartsAt, refundCapPct, at },
});

export const propose = (by: Side, startsAt: number, now: number, proposalId = 'p1'): BookingCommand => ({
  type: 'ProposeReschedule',
  data: { bookingId, proposalId, by, startsAt },
  now,
});
export const answer = (by: Side, agree: boolean, now: number, proposalId = 'p1'): BookingCommand => ({
  type: 'AnswerReschedule',
  data: { bookingId, proposalId, by, agree },
  now,
});
export const withdraw = (by: Side, now: number, proposalId = 'p1'): BookingCommand => ({
  type: 'WithdrawReschedule',
  data: { bookingId, proposalId, by },
  now,
});
export const lapse = (now: number, proposalId = 'p1'): BookingCommand => ({
  type: 'LapseReschedule',
  data: { bookingId, proposalId },
  now,
});
export const complete = (startsAt: number, now: number, proposalId = 'p1', lessonId = 'l2'): BookingCommand => ({
  type: 'CompleteReschedule',
  data: { bookingId, proposalId, lessonId, startsAt },
  now,
});
export const refuseMove = (now: number, proposalId = 'p1'): BookingCommand => ({
  type: 'RefuseReschedule',
  data: { bookingId, proposalId, reason: 'seat-taken' },
  now,
});
export const cancel = (by: 'student' | 'tutor' | 'platform', now: number): BookingCommand => ({
  type: 'CancelBooking',
  data: { bookingId, by, reason: '' },
  now,
});

/** A seat that costs more than one person of ops may give back. */
export const DEAR = 600_000;
export const dear: readonly BookingEvent[] = [
  { type: 'BookingRequested', data: { ...form, price: DEAR, requestedAt: ASKED } },
  accepted,
  confirmed,
];
export const cancellationProposed = (at: number, by = 'ops-1', proposalId = 'c1'): BookingEvent => ({
  type: 'CancellationProposed',
  data: { bookingId, proposalId, refund: DEAR, reason: 'No account.', by, at },
});
export const cancellationApproved = (at: number, by = 'ops-2', proposalId = 'c1'): BookingEvent => ({
  type: 'CancellationApproved',
  data: { bookingId, proposalId, by, at },
});
export const cancellationRejected = (at: number, by = 'ops-2', proposalId = 'c1'): BookingEvent => ({
  type: 'CancellationRejected',
  data: { bookingId, proposalId, by, reason: 'It can be paid.', at },
});
export const cancelledByPlatform = (at: number, refund: number): BookingEvent => ({
  type: 'BookingCancelled',
  data: {
    bookingId,
    by: 'platform',
    reason: 'No account.',
    rule: 'by-platform',
    refundPct: 100,
    refund,
    cancelledAt: at,
  },
});
export const proposeCancellation = (
  now: number,
  { by = 'ops-1', proposalId = 'c1', reason = 'No account.' } = {},
): BookingCommand => ({ type: 'ProposeCancellation', data: { bookingId, proposalId, by, reason }, now });
export const approveCancellation = (now: number, { by = 'ops-2', proposalId = 'c1' } = {}): BookingCommand => ({
  type: 'ApproveCancellation',
  data: { bookingId, proposalId, by },
  now,
});
export const rejectCancellation = (
  now: number,
  { by = 'ops-2', proposalId = 'c1', reason = 'It can be paid.' } = {},
): BookingCommand => ({ type: 'RejectCancellation', data: { bookingId, proposalId, by, reason }, now });
