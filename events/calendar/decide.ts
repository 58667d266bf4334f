import { isInstant, isZone } from '../shared/check.ts';
import type { Command } from '../shared/command.ts';
import { never } from '../shared/never.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import { same } from '../shared/same.ts';
import { slotsBetween, wallMinutesOf } from './availability.ts';
import type { BookedLesson, CalendarEvent, CalendarState, WeeklyWindow } from './events.ts';
import { LAST_INSTANT, MINUTE_MS } from './wall-time.ts';

export type CalendarCommand =
  | Command<'SetAvailability', { tutorId: string; zone: string; windows: readonly WeeklyWindow[] }>
  | Command<'AddTimeOff', { tutorId: string; from: number; to: number }>
  | Command<'RemoveTimeOff', { tutorId: string; from: number; to: number }>
  | Command<
      'HoldSeat',
      {
        tutorId: string;
        bookingId: string;
        studentId: string;
        /** Used if this seat opens a new lesson; a slot that has one keeps its own. */
        lessonId: string;
        offerId: string;
        startsAt: number;
        minutes: number;
        seats: number;
      }
    >
  | Command<'ReleaseSeat', { tutorId: string; bookingId: string }>;

type HoldSeat = Extract<CalendarCommand, { type: 'HoldSeat' }>;

const MAX_WINDOWS = 200;

/** Rules CA1–CA12. */
export function decide(command: CalendarCommand, state: CalendarState): readonly CalendarEvent[] | Refusal {
  switch (command.type) {
    case 'SetAvailability': {
      const { tutorId, zone, windows } = command.data;
      if (state.kind === 'open' && state.zone === zone && same(state.windows, windows)) return [];
      if (!isZone(zone)) return refuse('zone-unknown', 'This time zone is not known. Choose one from the list.');
      return windowsProblem(windows) ?? [{ type: 'AvailabilitySet', data: { tutorId, zone, windows } }];
    }
    case 'AddTimeOff': {
      const { tutorId, from, to } = command.data;
      if (!isInstant(from) || !isInstant(to) || from >= to)
        return refuse('time-off-invalid', 'Time off must end after it begins.');
      if (state.timeOff.some((off) => off.from === from && off.to === to)) return [];
      return [{ type: 'TimeOffAdded', data: { tutorId, from, to } }];
    }
    case 'RemoveTimeOff': {
      const { tutorId, from, to } = command.data;
      if (!state.timeOff.some((off) => off.from === from && off.to === to)) return [];
      return [{ type: 'TimeOffRemoved', data: { tutorId, from, to } }];
    }
    case 'HoldSeat':
      return holdSeat(command, state);
    case 'ReleaseSeat': {
      const { tutorId, bookingId } = command.data;
      const lesson = lessonOf(state, bookingId);
      if (lesson) return [{ type: 'SeatReleased', data: { tutorId, bookingId, lessonId: lesson.lessonId } }];
      if (state.settled.includes(bookingId)) return [];
      return refuse('no-seat', 'This booking has no seat in this calendar.');
    }
    default:
      return never(command, 'calendar command');
  }
}

function holdSeat({ data, now }: HoldSeat, state: CalendarState): readonly CalendarEvent[] | Refusal {
  const { tutorId, bookingId, studentId, offerId, startsAt, minutes } = data;
  if (lessonOf(state, bookingId) || state.settled.includes(bookingId)) return [];
  const no = (reason: 'seat-taken' | 'not-available' | 'already-booked'): readonly CalendarEvent[] => [
    { type: 'SeatRefused', data: { tutorId, bookingId, reason } },
  ];
  const seat = (lessonId: string, seats: number): readonly CalendarEvent[] => [
    { type: 'SeatHeld', data: { tutorId, bookingId, studentId, lessonId, offerId, startsAt, minutes, seats } },
  ];
  const shared = state.lessons.find(
    (lesson) => lesson.offerId === offerId && lesson.startsAt === startsAt && lesson.minutes === minutes,
  );
  if (shared?.taken.some((other) => other.studentId === studentId)) return no('already-booked');
  if (startsAt <= now || studentId === tutorId || !isOffered(data, state)) return no('not-available');
  if (shared) return shared.taken.length < shared.seats ? seat(shared.lessonId, shared.seats) : no('seat-taken');
  const endsAt = startsAt + minutes * MINUTE_MS;
  if (state.lessons.some((lesson) => lesson.startsAt < endsAt && startsAt < endOf(lesson))) return no('seat-taken');
  if (state.lessons.some((lesson) => lesson.lessonId === data.lessonId))
    return refuse('lesson-id-reused', 'This lesson id belongs to another slot.');
  return seat(data.lessonId, data.seats);
}

/** The start is one that the windows give and no time off takes away. */
function isOffered({ offerId, startsAt, minutes, seats }: HoldSeat['data'], state: CalendarState): boolean {
  if (state.kind === 'closed' || !Number.isInteger(seats) || seats < 1) return false;
  if (!isInstant(startsAt) || startsAt > LAST_INSTANT) return false;
  const { zone, windows, timeOff } = state;
  const offers = [{ offerId, minutes, seats, price: 0 }];
  return slotsBetween({ zone, windows, timeOff, offers }, startsAt, startsAt + 1).length > 0;
}

const endOf = (lesson: BookedLesson): number => lesson.startsAt + lesson.minutes * MINUTE_MS;

const lessonOf = (state: CalendarState, bookingId: string): BookedLesson | undefined =>
  state.lessons.find((lesson) => lesson.taken.some((seat) => seat.bookingId === bookingId));

function windowsProblem(windows: readonly WeeklyWindow[]): Refusal | null {
  if (windows.length > MAX_WINDOWS) return refuse('too-many-windows', `Keep to ${MAX_WINDOWS} windows a week.`);
  for (const { weekday, from, to } of windows) {
    const [opens, closes] = [wallMinutesOf(from), wallMinutesOf(to)];
    if (!Number.isInteger(weekday) || weekday < 0 || weekday > 6 || opens === null || closes === null)
      return refuse('window-invalid', 'A window needs a day of the week and two times such as 09:00 and 17:30.');
    if (opens >= closes) return refuse('window-invalid', 'A window must end after it begins, on the same day.');
  }
  return null;
}
