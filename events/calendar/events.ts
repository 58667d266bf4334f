import { impossible, never } from '../shared/never.ts';

/** A weekly window in the tutor's own zone: lessons of one offer start at `from`, then every `minutes` of that offer. */
export interface WeeklyWindow {
  /** 0 = Sunday … 6 = Saturday, in the calendar's zone. */
  readonly weekday: 0 | 1 | 2 | 3 | 4 | 5 | 6;
  /** Wall time `HH:MM`; `to` is exclusive and later than `from`. */
  readonly from: string;
  readonly to: string;
  readonly offerId: string;
}

/**
 * Stream `calendar-<tutorId>`: the one place where a seat is given (money.md §9).
 * A slot is one start of one offer; the lesson in it keeps its id while it has seats taken.
 */
export type CalendarEvent =
  | {
      readonly type: 'AvailabilitySet';
      readonly data: {
        readonly tutorId: string;
        /** IANA zone, such as Asia/Kolkata. */
        readonly zone: string;
        readonly windows: readonly WeeklyWindow[];
      };
    }
  | {
      readonly type: 'TimeOffAdded';
      readonly data: { readonly tutorId: string; readonly from: number; readonly to: number };
    }
  | {
      readonly type: 'TimeOffRemoved';
      readonly data: { readonly tutorId: string; readonly from: number; readonly to: number };
    }
  | {
      readonly type: 'SeatHeld';
      readonly data: {
        readonly tutorId: string;
        readonly bookingId: string;
        readonly studentId: string;
        readonly lessonId: string;
        readonly offerId: string;
        readonly startsAt: number;
        readonly minutes: number;
        readonly seats: number;
      };
    }
  | {
      /** Someone else was first, or the time is not free: the booking must hear of it, so it is recorded. */
      readonly type: 'SeatRefused';
      readonly data: {
        readonly tutorId: string;
        readonly bookingId: string;
        readonly reason: 'seat-taken' | 'not-available' | 'already-booked';
      };
    }
  | {
      readonly type: 'SeatReleased';
      readonly data: { readonly tutorId: string; readonly bookingId: string; readonly lessonId: string };
    }
  | {
      /** The old seat is free and the new one taken, at once. */
      readonly type: 'SeatMoved';
      readonly data: {
        readonly tutorId: string;
        readonly bookingId: string;
        readonly studentId: string;
        readonly proposalId: string;
        readonly fromLessonId: string;
        readonly lessonId: string;
        readonly offerId: string;
        readonly startsAt: number;
        readonly minutes: number;
        readonly seats: number;
      };
    }
  | {
      /** The seat stays where it is; recorded, because the booking must hear of it. */
      readonly type: 'SeatMoveRefused';
      readonly data: {
        readonly tutorId: string;
        readonly bookingId: string;
        readonly proposalId: string;
        readonly reason: 'seat-taken' | 'not-available' | 'already-booked' | 'no-seat';
      };
    };

/** The lesson in a slot, as long as one of its seats is taken. */
export interface BookedLesson {
  readonly lessonId: string;
  readonly offerId: string;
  readonly startsAt: number;
  readonly minutes: number;
  readonly seats: number;
  readonly taken: readonly { readonly bookingId: string; readonly studentId: string }[];
}

interface Kept {
  readonly timeOff: readonly { readonly from: number; readonly to: number }[];
  readonly lessons: readonly BookedLesson[];
  /** Bookings that were refused a seat or gave theirs back: they never get another. */
  readonly settled: readonly string[];
  /** Proposals to move a seat that were answered, either way. */
  readonly moves: readonly string[];
}

export type CalendarState =
  | ({ readonly kind: 'closed' } & Kept)
  | ({ readonly kind: 'open'; readonly zone: string; readonly windows: readonly WeeklyWindow[] } & Kept);

export const initial: CalendarState = { kind: 'closed', timeOff: [], lessons: [], settled: [], moves: [] };

export function evolve(state: CalendarState, event: CalendarEvent): CalendarState {
  switch (event.type) {
    case 'AvailabilitySet':
      return { ...state, kind: 'open', zone: event.data.zone, windows: event.data.windows };
    case 'TimeOffAdded':
      return { ...state, timeOff: [...state.timeOff, { from: event.data.from, to: event.data.to }] };
    case 'TimeOffRemoved': {
      const { from, to } = event.data;
      return { ...state, timeOff: state.timeOff.filter((off) => off.from !== from || off.to !== to) };
    }
    case 'SeatHeld': {
      if (state.kind !== 'open') return impossible(event, state);
      return { ...state, lessons: withSeat(state.lessons, event.data) };
    }
    case 'SeatMoved': {
      if (state.kind !== 'open') return impossible(event, state);
      const lessons = withSeat(withoutSeat(state.lessons, event.data.bookingId), event.data);
      return { ...state, lessons, moves: [...state.moves, event.data.proposalId] };
    }
    case 'SeatMoveRefused':
      return { ...state, moves: [...state.moves, event.data.proposalId] };
    case 'SeatRefused':
      return { ...state, settled: [...state.settled, event.data.bookingId] };
    case 'SeatReleased': {
      const { bookingId } = event.data;
      const lessons = withoutSeat(state.lessons, bookingId);
      return { ...state, lessons, settled: [...state.settled, bookingId] };
    }
    default:
      return never(event, 'calendar event');
  }
}

type Given = Extract<CalendarEvent, { type: 'SeatHeld' }>['data'];

function withSeat(lessons: readonly BookedLesson[], given: Given): readonly BookedLesson[] {
  const { bookingId, studentId, lessonId, offerId, startsAt, minutes, seats } = given;
  const seat = { bookingId, studentId };
  const shared = lessons.find((lesson) => lesson.lessonId === lessonId);
  return shared
    ? lessons.map((lesson) => (lesson === shared ? { ...lesson, taken: [...lesson.taken, seat] } : lesson))
    : [...lessons, { lessonId, offerId, startsAt, minutes, seats, taken: [seat] }];
}

/** A lesson whose last seat goes is none any more. */
export const withoutSeat = (lessons: readonly BookedLesson[], bookingId: string): readonly BookedLesson[] =>
  lessons
    .map((lesson) => ({ ...lesson, taken: lesson.taken.filter((seat) => seat.bookingId !== bookingId) }))
    .filter((lesson) => lesson.taken.length > 0);
