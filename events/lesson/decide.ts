import type { LessonRole } from '../access/roles.ts';
import type { Command } from '../shared/command.ts';
import { never } from '../shared/never.ts';
import type { Policy } from '../shared/policy.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import { cancel, end } from './ending.ts';
import type { LessonEvent, LessonState, MediaDirection } from './events.ts';
import { join, leave, noteWork, startMedia, stopMedia } from './presence.ts';
import { noteRoom, type RoomWord } from './room.ts';
import { noteRights, type HostWord } from './rights.ts';
import { giveUpSeat, schedule, takeSeat } from './seats.ts';
import { decideLink, open, type StudyRules } from './study.ts';

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
  /** `moveId`: by a move of the booking, which may bring it back to a lesson that it left by an earlier one. */
  | Command<'TakeSeat', { lessonId: string; bookingId: string; studentId: string; moveId?: string }>
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
  /** What the host allowed at this business time; not later than now. */
  | Command<'NoteRights', { lessonId: string; personId: string; at: number; word: HostWord }>
  /** What happened in the room of live media at this business time; not later than now. */
  | Command<'NoteRoom', { lessonId: string; by: string | null; at: number; word: RoomWord }>
  /** Ends it and decides the outcome of every seat. `by: time | all-gone | no-tutor` come from timers and are refused while not due. */
  | Command<'EndLesson', { lessonId: string; by: 'host' | 'time' | 'all-gone' | 'no-tutor'; policy: Policy }>
  | Command<'CancelLesson', { lessonId: string; reason: string }>
  /** Opens a study room with its first link; to its host it is the same when it is open already. */
  | Command<
      'OpenStudyRoom',
      {
        lessonId: string;
        code: string;
        hostId: string;
        subject: string;
        rules: StudyRules;
        linkId: string;
        tokenHash: string;
      }
    >
  /** Stops the link before it. */
  | Command<'MakeStudyLink', { lessonId: string; by: string; linkId: string; tokenHash: string }>
  | Command<'RevokeStudyLink', { lessonId: string; by: string }>
  /** From now on this person may stand at the door. */
  | Command<'FollowStudyLink', { lessonId: string; personId: string; tokenHash: string }>;

export type LessonCommandOf<Type extends LessonCommand['type']> = Extract<LessonCommand, { type: Type }>;
/** `StartMedia | StopMedia` share one shape, so `Extract` by one of the names would find nothing. */
export type MediaCommand = Extract<LessonCommand, { data: { direction: MediaDirection } }>;
export type LessonDecision = readonly LessonEvent[] | Refusal;
export type ExistingLesson = Exclude<LessonState, { kind: 'none' }>;

/** Rules LE1–LE40 and ST1–ST12. */
export function decide(command: LessonCommand, state: LessonState): LessonDecision {
  if (command.type === 'ScheduleLesson') return schedule(command, state);
  if (command.type === 'OpenStudyRoom') return open(command, state);
  if (state.kind === 'none') return refuse('lesson-unknown', 'There is no such lesson.');
  switch (command.type) {
    case 'TakeSeat':
      return takeSeat(command, state);
    case 'GiveUpSeat':
      return giveUpSeat(command, state);
    case 'JoinLesson':
      return join(command, state);
    case 'LeaveLesson':
      return leave(command, state);
    case 'StartMedia':
      return startMedia(command, state);
    case 'StopMedia':
      return stopMedia(command, state);
    case 'NoteWork':
      return noteWork(command, state);
    case 'NoteRights':
      return noteRights(command, state);
    case 'NoteRoom':
      return noteRoom(command, state);
    case 'EndLesson':
      return end(command, state);
    case 'CancelLesson':
      return cancel(command, state);
    case 'MakeStudyLink':
    case 'RevokeStudyLink':
    case 'FollowStudyLink':
      return decideLink(command, state);
    default:
      return never(command, 'lesson command');
  }
}
