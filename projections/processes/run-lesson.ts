/** What a lesson's own facts set off: bookings in progress, the end when all have gone, who is told of the start. Rules RL1–RL4. */
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import { command, type Process, type Reaction } from './process.ts';

interface Scheduled {
  readonly lessonId: string;
  readonly code: string;
  readonly tutorId: string;
  readonly subject: string;
  readonly startsAt: number;
  readonly minutes: number;
}

export interface RunLesson {
  readonly lesson: Scheduled | null;
  /** Booking id → student id. */
  readonly seats: Readonly<Record<string, string>>;
  /** Connection ids of those who are in it now. */
  readonly here: readonly string[];
  readonly live: boolean;
  readonly ended: boolean;
}

function without<T>(record: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}

export const runLesson: Process<RunLesson> = {
  name: 'run-lesson',
  initial: { lesson: null, seats: {}, here: [], live: false, ended: false },

  keyOf(fact) {
    switch (fact.type) {
      case 'LessonScheduled':
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
      case 'LessonScheduled':
        return { ...state, lesson: fact.data };
      case 'SeatTaken':
        return { ...state, seats: { ...state.seats, [fact.data.bookingId]: fact.data.studentId } };
      case 'SeatGivenUp':
        return { ...state, seats: without(state.seats, fact.data.bookingId) };
      case 'LessonStarted':
        return { ...state, live: true };
      case 'ParticipantJoined':
        return {
          ...state,
          here: [...state.here.filter((id) => id !== fact.data.connectionId), fact.data.connectionId],
        };
      case 'ParticipantLeft':
        return { ...state, here: state.here.filter((id) => id !== fact.data.connectionId) };
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
      case 'LessonStarted': {
        if (!lesson) return [];
        const reactions: Reaction[] = Object.keys(state.seats).map((bookingId) =>
          command(`start:${bookingId}`, { type: 'StartBooking', data: { bookingId } }),
        );
        for (const [bookingId, studentId] of Object.entries(state.seats))
          reactions.push({
            kind: 'notice',
            notice: {
              noticeKey: `${lesson.lessonId}:${bookingId}`,
              to: [studentId],
              mail: false,
              lesson: { bookingId, studentId, ...lesson },
              about: { kind: 'lesson-started', code: lesson.code },
            },
          });
        return reactions;
      }
      case 'SeatTaken':
        // Booked while the lesson already runs.
        return state.live ? [command('start', { type: 'StartBooking', data: { bookingId: fact.data.bookingId } })] : [];
      case 'ParticipantLeft': {
        if (!lesson || state.ended || state.here.length > 0) return [];
        const endsAt = lesson.startsAt + lesson.minutes * 60_000;
        return [
          {
            kind: 'timer',
            key: `all-gone:${lesson.lessonId}:${fact.id}`,
            dueAt: Math.max(fact.data.at, endsAt) + POLICY_2026_11.allGoneMs,
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
