/** One tutor's Mondays, for the tests of this folder: lessons of an hour from 10:00 to 13:00, alone or in a group of three. */
import { DAY, HOUR, START } from '../shared/times.ts';
import type { CalendarCommand } from './decide.ts';
import type { CalendarEvent, WeeklyWindow } from './events.ts';

export const tutorId = 't1';
export const NOW = START - 2 * DAY;
/** Two hours later on the same day, and the Monday after. */
export const LATER = START + 2 * HOUR;
export const NEXT_WEEK = START + 7 * DAY;

export const windows: readonly WeeklyWindow[] = [
  { weekday: 1, from: '10:00', to: '13:00', offerId: 'o1' },
  { weekday: 1, from: '10:00', to: '13:00', offerId: 'group' },
  { weekday: 1, from: '10:30', to: '13:30', offerId: 'half' },
];
export const set: CalendarEvent = { type: 'AvailabilitySet', data: { tutorId, zone: 'Asia/Kolkata', windows } };

export const seat = {
  tutorId,
  bookingId: 'b1',
  studentId: 's1',
  lessonId: 'l1',
  offerId: 'o1',
  startsAt: START,
  minutes: 60,
  seats: 1,
};
export const group = { ...seat, offerId: 'group', seats: 3 };
export const held = (data: typeof seat = seat): CalendarEvent => ({ type: 'SeatHeld', data });
export const released = (bookingId = 'b1', lessonId = 'l1'): CalendarEvent => ({
  type: 'SeatReleased',
  data: { tutorId, bookingId, lessonId },
});
export const refused: CalendarEvent = {
  type: 'SeatRefused',
  data: { tutorId, bookingId: 'b1', reason: 'seat-taken' },
};

/** Where `b1` goes: a new lesson `l9`, unless there is one. */
export const target = { ...seat, lessonId: 'l9', startsAt: LATER };
export const move = (data: Partial<typeof seat> = {}, now = NOW, proposalId = 'p1'): CalendarCommand => ({
  type: 'MoveSeat',
  data: { ...target, proposalId, ...data },
  now,
});
export const moved = (
  data: Partial<typeof seat & { fromLessonId: string }> = {},
  proposalId = 'p1',
): CalendarEvent => ({
  type: 'SeatMoved',
  data: { ...target, proposalId, fromLessonId: 'l1', ...data },
});
export const moveRefused = (
  reason: 'seat-taken' | 'not-available' | 'already-booked' | 'no-seat',
  proposalId = 'p1',
): CalendarEvent => ({ type: 'SeatMoveRefused', data: { tutorId, bookingId: 'b1', proposalId, reason } });
