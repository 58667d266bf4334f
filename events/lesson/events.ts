import type { LessonRole } from '../access/roles.ts';
import type { Outcome } from '../booking/events.ts';

export type MediaDirection = 'sent' | 'received';

/**
 * Stream `lesson-<lessonId>`: what was held, and who was really there (PRODUCT.md, "When a lesson runs").
 * Instants are business time. Attendance is intervals; a connection is one socket of one person.
 */
export type LessonEvent =
  | {
      readonly type: 'LessonScheduled';
      readonly data: {
        readonly lessonId: string;
        readonly code: string;
        readonly tutorId: string;
        readonly subject: string;
        readonly startsAt: number;
        readonly minutes: number;
        readonly seats: number;
      };
    }
  | {
      readonly type: 'SeatTaken';
      readonly data: { readonly lessonId: string; readonly bookingId: string; readonly studentId: string };
    }
  | {
      readonly type: 'SeatGivenUp';
      readonly data: { readonly lessonId: string; readonly bookingId: string; readonly studentId: string };
    }
  | { readonly type: 'LessonCancelled'; readonly data: { readonly lessonId: string; readonly reason: string } }
  | {
      readonly type: 'ParticipantJoined';
      readonly data: {
        readonly lessonId: string;
        readonly personId: string;
        readonly role: LessonRole;
        readonly connectionId: string;
        readonly at: number;
      };
    }
  | {
      readonly type: 'ParticipantLeft';
      readonly data: {
        readonly lessonId: string;
        readonly personId: string;
        readonly connectionId: string;
        readonly at: number;
        readonly reason: 'left' | 'disconnected' | 'replaced' | 'removed' | 'node-lost' | 'lesson-ended';
      };
    }
  | {
      readonly type: 'MediaStarted';
      readonly data: {
        readonly lessonId: string;
        readonly personId: string;
        readonly connectionId: string;
        readonly direction: MediaDirection;
        readonly at: number;
      };
    }
  | {
      readonly type: 'MediaStopped';
      readonly data: {
        readonly lessonId: string;
        readonly personId: string;
        readonly connectionId: string;
        readonly direction: MediaDirection;
        readonly at: number;
      };
    }
  | {
      /** Someone worked on the board or in the chat during this minute (business time, ms, floored to the minute). */
      readonly type: 'WorkNoted';
      readonly data: {
        readonly lessonId: string;
        readonly personId: string;
        readonly surface: 'board' | 'chat';
        readonly minute: number;
      };
    }
  | { readonly type: 'LessonStarted'; readonly data: { readonly lessonId: string; readonly at: number } }
  | {
      readonly type: 'LessonEnded';
      readonly data: {
        readonly lessonId: string;
        readonly at: number;
        readonly by: 'host' | 'time' | 'all-gone' | 'no-tutor';
      };
    }
  | {
      /** One for each seat still taken, right after LessonEnded. */
      readonly type: 'OutcomeDecided';
      readonly data: {
        readonly lessonId: string;
        readonly bookingId: string;
        readonly outcome: Outcome;
        /** Start of the 72 hours; null where there is no payout, or ops decide first. */
        readonly t0: number | null;
        readonly taughtMs: number;
        readonly presentMs: number;
        readonly heldMs: number;
        readonly reasons: readonly string[];
      };
    };
