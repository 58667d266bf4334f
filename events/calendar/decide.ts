import { isInstant, isZone } from '../shared/check.ts';
import type { Command } from '../shared/command.ts';
import { never } from '../shared/never.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import { same } from '../shared/same.ts';
import { slotsBetween, wallMinutesOf } from './availability.ts';
import { withoutSeat, type BookedLesson, type CalendarEvent, type CalendarState, type WeeklyWindow } from './events.ts';
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
  | Command<'ReleaseSeat', { tutorId: string; bookingId: string }>
  /** To another start of the same offer; `lessonId` as for `HoldSeat`. */
  | Command<
      'MoveSeat',
      {
        tutorId: string;
        bookingId: string;
        studentId: string;
        proposalId: string;
        lessonId: string;
        offerId: string;
        startsAt: number;
        minutes: number;
        seats: number;
      }
    >;

type HoldSeat = Extract<CalendarCommand, { type: 'HoldSeat' }>;
type MoveSeat = Extract<CalendarCommand, { type: 'MoveSeat' }>;

const MAX_WINDOWS = 200;

/** Rules CA1–CA16. */
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
    case 'MoveSeat':
      return moveSeat(command, state);
    default:
      return never(command, 'calendar command');
  }
}

function holdSeat({ data, now }: HoldSeat, state: CalendarState): readonly CalendarEvent[] | Refusal {
  const { tutorId, bookingId, studentId, offerId, startsAt, minutes } = data;
  if (lessonOf(state, bookingId) || state.settled.includes(bookingId)) return [];
  const found = place(data, state, now);
  switch (found.kind) {
    case 'refusal':
      return found;
    case 'no':
      return [{ type: 'SeatRefused', data: { tutorId, bookingId, reason: found.reason } }];
    case 'seat': {
      const { lessonId, seats } = found;
      return [
        { type: 'SeatHeld', data: { tutorId, bookingId, studentId, lessonId, offerId, startsAt, minutes, seats } },
      ];
    }
    default:
      return never(found, 'place');
  }
}

/** Rules CA13–CA16. The place is looked for as if the old seat were free already, since in one event it will be. */
function moveSeat({ data, now }: MoveSeat, state: CalendarState): readonly CalendarEvent[] | Refusal {
  const { tutorId, bookingId, studentId, proposalId, offerId, startsAt, minutes } = data;
  if (state.moves.includes(proposalId)) return [];
  const no = (reason: MoveRefusal): readonly CalendarEvent[] => [
    { type: 'SeatMoveRefused', data: { tutorId, bookingId, proposalId, reason } },
  ];
  const from = lessonOf(state, bookingId);
  if (!from) return no('no-seat');
  // Once its time has come, what happens in the old lesson decides.
  if (now >= from.startsAt || startsAt === from.startsAt) return no('not-available');
  if (offerId !== from.offerId || minutes !== from.minutes) return no('not-available');
  const found = place(data, { ...state, lessons: withoutSeat(state.lessons, bookingId) }, now);
  switch (found.kind) {
    case 'refusal':
      return found;
    case 'no':
      return no(found.reason);
    case 'seat': {
      const { lessonId, seats } = found;
      const to = { lessonId, offerId, startsAt, minutes, seats };
      return [
        {
          type: 'SeatMoved',
          data: { tutorId, bookingId, studentId, proposalId, fromLessonId: from.lessonId, ...to },
        },
      ];
    }
    default:
      return never(found, 'place');
  }
}

type MoveRefusal = Extract<CalendarEvent, { type: 'SeatMoveRefused' }>['data']['reason'];

type Place =
  | { readonly kind: 'seat'; readonly lessonId: string; readonly seats: number }
  | { readonly kind: 'no'; readonly reason: 'seat-taken' | 'not-available' | 'already-booked' }
  | Refusal;

/** A seat at this start, in the lesson that is there or in a new one (rules CA6–CA9). */
function place(wish: HoldSeat['data'], state: CalendarState, now: number): Place {
  const { tutorId, studentId, offerId, startsAt, minutes } = wish;
  const no = (reason: Extract<Place, { kind: 'no' }>['reason']): Place => ({ kind: 'no', reason });
  const shared = state.lessons.find(
    (lesson) => lesson.offerId === offerId && lesson.startsAt === startsAt && lesson.minutes === minutes,
  );
  if (shared?.taken.some((other) => other.studentId === studentId)) return no('already-booked');
  if (startsAt <= now || studentId === tutorId || !isOffered(wish, state)) return no('not-available');
  if (shared) {
    if (shared.taken.length >= shared.seats) return no('seat-taken');
    return { kind: 'seat', lessonId: shared.lessonId, seats: shared.seats };
  }
  const endsAt = startsAt + minutes * MINUTE_MS;
  if (state.lessons.some((lesson) => lesson.startsAt < endsAt && startsAt < endOf(lesson))) return no('seat-taken');
  if (state.lessons.some((lesson) => lesson.lessonId === wish.lessonId))
    return refuse('lesson-id-reused', 'This lesson id belongs to another slot.');
  return { kind: 'seat', lessonId: wish.lessonId, seats: wish.seats };
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
