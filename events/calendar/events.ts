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
}

export type CalendarState =
  | ({ readonly kind: 'closed' } & Kept)
  | ({ readonly kind: 'open'; readonly zone: string; readonly windows: readonly WeeklyWindow[] } & Kept);

export const initial: CalendarState = { kind: 'closed', timeOff: [], lessons: [], settled: [] };

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
      const { bookingId, studentId, lessonId, offerId, startsAt, minutes, seats } = event.data;
      if (state.kind !== 'open') return impossible(event, state);
      const seat = { bookingId, studentId };
      const shared = state.lessons.find((lesson) => lesson.lessonId === lessonId);
      const lessons = shared
        ? state.lessons.map((lesson) => (lesson === shared ? { ...lesson, taken: [...lesson.taken, seat] } : lesson))
        : [...state.lessons, { lessonId, offerId, startsAt, minutes, seats, taken: [seat] }];
      return { ...state, lessons };
    }
    case 'SeatRefused':
      return { ...state, settled: [...state.settled, event.data.bookingId] };
    case 'SeatReleased': {
      const { bookingId } = event.data;
      const lessons = state.lessons
        .map((lesson) => ({ ...lesson, taken: lesson.taken.filter((seat) => seat.bookingId !== bookingId) }))
        .filter((lesson) => lesson.taken.length > 0);
      return { ...state, lessons, settled: [...state.settled, bookingId] };
    }
    default:
      return never(event, 'calendar event');
  }
}
