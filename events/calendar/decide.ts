import type { Command } from '../shared/command.ts';
import type { WeeklyWindow } from './events.ts';

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
