import type { Command } from '../shared/command.ts';
import type { LessonRole } from '../access/roles.ts';
import type { Policy } from '../shared/policy.ts';
import type { MediaDirection } from './events.ts';

export type LessonCommand =
  | Command<
      'ScheduleLesson',
      {
        lessonId: string;
        code: string;
        tutorId: string;
        subject: string;
        startsAt: number;
        minutes: number;
        seats: number;
      }
    >
  | Command<'TakeSeat', { lessonId: string; bookingId: string; studentId: string }>
  | Command<'GiveUpSeat', { lessonId: string; bookingId: string }>
  | Command<'JoinLesson', { lessonId: string; personId: string; role: LessonRole; connectionId: string }>
  | Command<
      'LeaveLesson',
      {
        lessonId: string;
        personId: string;
        connectionId: string;
        /** Business time it really happened; not later than now. */
        at: number;
        reason: 'left' | 'disconnected' | 'replaced' | 'removed' | 'node-lost';
      }
    >
  | Command<
      'StartMedia' | 'StopMedia',
      { lessonId: string; personId: string; connectionId: string; direction: MediaDirection; at: number }
    >
  | Command<'NoteWork', { lessonId: string; personId: string; surface: 'board' | 'chat'; minute: number }>
  /** Ends it and decides the outcome of every seat. `by: time | all-gone | no-tutor` come from timers and are refused while not due. */
  | Command<'EndLesson', { lessonId: string; by: 'host' | 'time' | 'all-gone' | 'no-tutor'; policy: Policy }>
  | Command<'CancelLesson', { lessonId: string; reason: string }>;
