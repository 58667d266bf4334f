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
