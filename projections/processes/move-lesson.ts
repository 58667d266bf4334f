/**
 * Moving a booking to another time, rules ML1–ML6 of SPEC.md. Part of the process book-lesson: consent comes from the
 * booking, the seat from the calendar, and whatever the two do at the same time, one seat and one lesson are left.
 */
import type { BookingTerms } from '#events/booking/events.ts';
import { idFrom } from '#events/shared/ids.ts';
import { never } from '#events/shared/never.ts';
import type { Fact } from '../fact.ts';
import { command, type Intent, type Reaction } from './process.ts';

const MOVES = ['RescheduleProposed', 'RescheduleAgreed', 'RescheduleDeclined', 'SeatMoved', 'SeatMoveRefused'] as const;

/** A fact about a move that is not done yet. */
export type MoveFact = Extract<Fact, { type: (typeof MOVES)[number] }>;

const NAMES: ReadonlySet<string> = new Set(MOVES);

export const isMove = (fact: Fact): fact is MoveFact => NAMES.has(fact.type);

export const rescheduleTimer = (proposalId: string): string => `reschedule:${proposalId}`;

/** What of a booking the calendar must know to move its seat. */
export type Seat = Pick<BookingTerms, 'bookingId' | 'tutorId' | 'studentId' | 'offerId' | 'minutes' | 'seats'>;

/** Asks the calendar; the same proposal always asks for the same lesson. */
export function moveSeat(seat: Seat, { proposalId, startsAt }: { proposalId: string; startsAt: number }): Intent {
  const { bookingId, tutorId, studentId, offerId, minutes, seats } = seat;
  const lessonId = idFrom('lesson', bookingId, proposalId);
  return {
    type: 'MoveSeat',
    data: { tutorId, bookingId, studentId, proposalId, lessonId, offerId, startsAt, minutes, seats },
  };
}

type Refused = Extract<Fact, { type: 'SeatMoveRefused' }>['data']['reason'];

/** What the booking hears of the calendar's no. */
export function reasonOf(refused: Refused): 'seat-taken' | 'not-available' {
  switch (refused) {
    case 'seat-taken':
      return 'seat-taken';
    // A seat in that lesson already, or none to move: either way that time is not to be had.
    case 'not-available':
    case 'already-booked':
    case 'no-seat':
      return 'not-available';
    default:
      return never(refused, 'reason of the calendar');
  }
}

/** `over`: the booking has ended without a lesson and wants no seat any more. */
export function reactToMove(fact: MoveFact, seat: Seat, over: boolean): readonly Reaction[] {
  const { bookingId, tutorId } = seat;
  const { proposalId } = fact.data;
  const forget: Reaction = { kind: 'forget', keys: [rescheduleTimer(proposalId)] };
  switch (fact.type) {
    case 'RescheduleProposed':
      return [
        {
          kind: 'timer',
          key: rescheduleTimer(proposalId),
          dueAt: fact.data.answerBy,
          command: { type: 'LapseReschedule', data: { bookingId, proposalId } },
        },
      ];
    case 'RescheduleAgreed':
      return [forget, command('move-seat', moveSeat(seat, fact.data))];
    case 'RescheduleDeclined':
      return [forget];
    case 'SeatMoved': {
      const { lessonId, startsAt } = fact.data;
      // Cancelled while the seat was on its way: whichever of the two came first, no seat stays behind.
      if (over) return [command('release-seat', { type: 'ReleaseSeat', data: { tutorId, bookingId } })];
      return [
        command('complete-move', { type: 'CompleteReschedule', data: { bookingId, proposalId, lessonId, startsAt } }),
      ];
    }
    case 'SeatMoveRefused': {
      if (over) return [];
      const reason = reasonOf(fact.data.reason);
      return [command('refuse-move', { type: 'RefuseReschedule', data: { bookingId, proposalId, reason } })];
    }
    default:
      return never(fact, 'fact of a move');
  }
}
