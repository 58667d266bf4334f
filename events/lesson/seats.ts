import { isInstant } from '../shared/check.ts';
import { refuse } from '../shared/refusal.ts';
import { same } from '../shared/same.ts';
import { LESSON_MINUTES, MAX_SEATS } from '../tutor/decide.ts';
import type { ExistingLesson, LessonCommandOf, LessonDecision } from './decide.ts';
import type { LessonState } from './events.ts';
import { over } from './over.ts';
import { leavingAltogether, startIfBothAreHere } from './presence.ts';

/** Rules LE1–LE2. */
export function schedule({ data }: LessonCommandOf<'ScheduleLesson'>, state: LessonState): LessonDecision {
  const { lessonId, code, tutorId, subject, startsAt, minutes, seats } = data;
  const lesson = { lessonId, code, tutorId, subject, startsAt, minutes, seats };
  if (state.kind === 'none') {
    const valid =
      isInstant(startsAt) &&
      LESSON_MINUTES.includes(minutes) &&
      Number.isInteger(seats) &&
      seats >= 1 &&
      seats <= MAX_SEATS;
    if (!valid) return refuse('lesson-invalid', 'A lesson needs a start, a usual length, and 1 to 50 seats.');
    return [{ type: 'LessonScheduled', data: lesson }];
  }
  return same(lesson, state.lesson) ? [] : refuse('lesson-exists', 'This lesson exists already, with other details.');
}

/** Rules LE3–LE4. */
export function takeSeat({ data, now }: LessonCommandOf<'TakeSeat'>, state: ExistingLesson): LessonDecision {
  const { lessonId, bookingId, studentId, moveId } = data;
  if (state.kind === 'ended' || state.kind === 'cancelled') return over(state);
  if (state.study !== null) return refuse('study-room', 'Nobody books a seat in a study room.');
  if (state.seats.some((seat) => seat.bookingId === bookingId)) return [];
  if (state.givenUp.includes(bookingId) && moveId === undefined)
    return refuse('seat-given-up', 'This booking gave its seat back.');
  if (studentId === state.lesson.tutorId)
    return refuse('own-lesson', 'A tutor cannot take a seat in their own lesson.');
  if (state.seats.some((seat) => seat.studentId === studentId))
    return refuse('already-in-lesson', 'This student has a seat in this lesson already.');
  if (state.seats.length >= state.lesson.seats) return refuse('no-seat-left', 'All seats of this lesson are taken.');
  const seats = [...state.seats, { bookingId, studentId }];
  return [
    { type: 'SeatTaken', data: { lessonId, bookingId, studentId } },
    ...startIfBothAreHere({ ...state, seats }, state.people, now),
  ];
}

/** Rule LE5: nobody stays inside, or gets attendance, on a seat that is not theirs any more. */
export function giveUpSeat({ data, now }: LessonCommandOf<'GiveUpSeat'>, state: ExistingLesson): LessonDecision {
  const { lessonId, bookingId } = data;
  if (state.kind === 'cancelled') return [];
  if (state.kind === 'ended') return over(state);
  const seat = state.seats.find((one) => one.bookingId === bookingId);
  if (!seat)
    return state.givenUp.includes(bookingId) ? [] : refuse('no-such-seat', 'This booking has no seat in this lesson.');
  const { studentId } = seat;
  const hasAnother = state.seats.some((other) => other !== seat && other.studentId === studentId);
  return [
    ...(hasAnother ? [] : leavingAltogether(state, studentId, now, 'removed')),
    { type: 'SeatGivenUp', data: { lessonId, bookingId, studentId } },
  ];
}
