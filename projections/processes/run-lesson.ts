/** What a lesson's own facts set off: bookings in progress, the end when all have gone, who is told of the start. Rules RL1–RL6. */
import { termsOf } from '#events/lesson/study.ts';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import { command, type Process, type Reaction } from './process.ts';

interface Scheduled {
  readonly lessonId: string;
  readonly code: string;
  readonly tutorId: string;
  readonly subject: string;
  readonly startsAt: number;
  readonly minutes: number;
  /** Of a study room: it ends when all have been gone for this long, ms, whenever that is. */
  readonly allGoneMs?: number;
}

export interface RunLesson {
  readonly lesson: Scheduled | null;
  /** Bookings with a seat in the tutor's calendar, paid or not. */
  readonly kept: readonly string[];
  /** Booking id → student id, of those that are paid. */
  readonly seats: Readonly<Record<string, string>>;
  /** Connection ids of those who are in it now. */
  readonly here: readonly string[];
  readonly live: boolean;
  readonly ended: boolean;
}

const withoutKey = (record: Readonly<Record<string, string>>, key: string): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));

const without = (list: readonly string[], one: string): readonly string[] => list.filter((other) => other !== one);

const startOf = ({ bookingId, lessonId }: { bookingId: string; lessonId: string }) => ({ bookingId, lessonId });

export const runLesson: Process<RunLesson> = {
  name: 'run-lesson',
  initial: { lesson: null, kept: [], seats: {}, here: [], live: false, ended: false },

  keyOf(fact) {
    switch (fact.type) {
      case 'SeatHeld':
      case 'SeatMoved':
      case 'SeatReleased':
      case 'LessonScheduled':
      case 'StudyRoomOpened':
      case 'SeatTaken':
      case 'SeatGivenUp':
      case 'LessonStarted':
      case 'LessonEnded':
      case 'LessonCancelled':
      case 'ParticipantJoined':
      case 'ParticipantLeft':
        return fact.data.lessonId;
      default:
        return null;
    }
  },

  evolve(state, fact) {
    switch (fact.type) {
      case 'SeatHeld':
      case 'SeatMoved':
        return { ...state, kept: [...without(state.kept, fact.data.bookingId), fact.data.bookingId] };
      case 'SeatReleased':
        return { ...state, kept: without(state.kept, fact.data.bookingId) };
      case 'LessonScheduled':
        return { ...state, lesson: fact.data };
      case 'StudyRoomOpened':
        return { ...state, lesson: { ...termsOf(fact.data), subject: '', allGoneMs: fact.data.rules.allGoneMs } };
      case 'SeatTaken':
        return { ...state, seats: { ...state.seats, [fact.data.bookingId]: fact.data.studentId } };
      case 'SeatGivenUp':
        // Who moved to another lesson keeps no seat here either; the calendar's own news of that goes to the other one.
        return {
          ...state,
          kept: without(state.kept, fact.data.bookingId),
          seats: withoutKey(state.seats, fact.data.bookingId),
        };
      case 'LessonStarted':
        return { ...state, live: true };
      case 'ParticipantJoined':
        // Whoever only looks on does not keep a lesson going (LE40).
        if (fact.data.role === 'observer') return state;
        return {
          ...state,
          here: [...without(state.here, fact.data.connectionId), fact.data.connectionId],
        };
      case 'ParticipantLeft':
        return { ...state, here: without(state.here, fact.data.connectionId) };
      case 'LessonEnded':
      case 'LessonCancelled':
        return { ...state, live: false, ended: true };
      default:
        return state;
    }
  },

  react(fact, state) {
    const { lesson } = state;
    switch (fact.type) {
      case 'StudyRoomOpened': {
        const { lessonId, startsAt, rules } = fact.data;
        return [
          {
            kind: 'timer',
            key: `study-time:${lessonId}`,
            dueAt: startsAt + rules.minutes * 60_000,
            command: { type: 'EndLesson', data: { lessonId, by: 'time', policy: POLICY_2026_11 } },
          },
        ];
      }
      case 'LessonStarted': {
        if (!lesson) return [];
        return Object.keys(state.seats).map((bookingId) =>
          command(`start:${bookingId}`, { type: 'StartBooking', data: { bookingId, lessonId: lesson.lessonId } }),
        );
      }
      case 'ParticipantJoined': {
        if (!lesson || fact.data.role !== 'host') return [];
        // Each time the tutor comes in: the notice's key makes it one a student.
        return Object.entries(state.seats).map(([bookingId, studentId]): Reaction => ({
          kind: 'notice',
          notice: {
            noticeKey: `${lesson.lessonId}:${bookingId}`,
            to: [studentId],
            mail: false,
            lesson: { bookingId, studentId, ...lesson },
            about: { kind: 'lesson-started', code: lesson.code },
          },
        }));
      }
      case 'SeatReleased':
      case 'SeatGivenUp':
        // Asked of the calendar, not of the lesson: someone may be paying for a seat in it right now.
        if (!lesson || state.live || state.ended || state.kept.length > 0) return [];
        return [
          command('cancel', { type: 'CancelLesson', data: { lessonId: lesson.lessonId, reason: 'no-seats-taken' } }),
        ];
      case 'SeatTaken':
        // Booked while the lesson already runs.
        return state.live ? [command('start', { type: 'StartBooking', data: startOf(fact.data) })] : [];
      case 'ParticipantLeft': {
        if (!lesson || state.ended || state.here.length > 0) return [];
        const { allGoneMs } = lesson;
        const endsAt = lesson.startsAt + lesson.minutes * 60_000;
        return [
          {
            kind: 'timer',
            key: `all-gone:${lesson.lessonId}:${fact.id}`,
            dueAt:
              allGoneMs === undefined
                ? Math.max(fact.data.at, endsAt) + POLICY_2026_11.allGoneMs
                : fact.data.at + allGoneMs,
            // Refused when someone came back in the meantime.
            command: {
              type: 'EndLesson',
              data: { lessonId: lesson.lessonId, by: 'all-gone', policy: POLICY_2026_11 },
            },
          },
        ];
      }
      default:
        return [];
    }
  },
};
