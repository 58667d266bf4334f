import { never } from '../shared/never.ts';
import type { Policy } from '../shared/policy.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import { allGoneSince, attended, holdsIt, isHere, presenceOf } from './attendance.ts';
import type { ExistingLesson, LessonCommandOf, LessonDecision } from './decide.ts';
import type { LessonEvent, LessonTerms } from './events.ts';
import { outcomeOf } from './outcome.ts';
import { over } from './over.ts';
import { leavingAltogether, type RunningLesson } from './presence.ts';
import { closesAt as studyClosesAt } from './study.ts';

const MINUTE_MS = 60_000;

type EndLesson = LessonCommandOf<'EndLesson'>;

const scheduledEndOf = (lesson: LessonTerms): number => lesson.startsAt + lesson.minutes * MINUTE_MS;

/** Rules LE15–LE19 and ST10: everyone leaves, the lesson ends, each seat gets its outcome. */
export function end(command: EndLesson, state: ExistingLesson): LessonDecision {
  if (state.kind === 'ended') return [];
  if (state.kind === 'cancelled') return over(state);
  const problem = endProblem(command, state);
  if (problem) return problem;
  const { policy, by } = command.data;
  const { lessonId } = state.lesson;
  const endedAt = endOf(command, state);
  const leavings = everyoneLeaves(state, endedAt, 'lesson-ended');
  const people = leavings.reduce(
    (before, event) =>
      event.type === 'ParticipantLeft' || event.type === 'MediaStopped' ? attended(before, event) : before,
    state.people,
  );
  const tutor = presenceOf(people, state.lesson.tutorId);
  return [
    ...leavings,
    { type: 'LessonEnded', data: { lessonId, at: endedAt, by } },
    ...state.seats.map(({ bookingId, studentId }): LessonEvent => {
      const student = presenceOf(people, studentId);
      const verdict = outcomeOf({
        lesson: state.lesson,
        policy,
        endedAt,
        tutor,
        student,
        keptOut: state.door.get(studentId) ?? [],
      });
      return { type: 'OutcomeDecided', data: { lessonId, bookingId, ...verdict } };
    }),
  ];
}

/** Rule LE19: a timer that comes late does not make the lesson longer. */
function endOf({ data, now }: EndLesson, state: RunningLesson): number {
  const { closesAt, goneSince, allGoneMs } = limitsOf(state, data.policy);
  const latest = Math.min(now, closesAt);
  return data.by === 'all-gone' ? Math.min(latest, goneSince + allGoneMs) : latest;
}

interface Limits {
  /** At the latest, business ms. */
  readonly closesAt: number;
  /** Since when nobody has been there, business ms, counted from when that begins to matter. */
  readonly goneSince: number;
  readonly allGoneMs: number;
}

/** Rules LE16, LE19 and ST10: a booked lesson waits for its people until its scheduled end, a study room does not. */
function limitsOf({ lesson, study, people }: RunningLesson, policy: Policy): Limits {
  const gone = allGoneSince(people) ?? 0;
  if (study !== null)
    return {
      closesAt: studyClosesAt(lesson, study),
      goneSince: Math.max(lesson.startsAt, gone),
      allGoneMs: study.rules.allGoneMs,
    };
  const ends = scheduledEndOf(lesson);
  return { closesAt: ends + policy.closesAfterMs, goneSince: Math.max(ends, gone), allGoneMs: policy.allGoneMs };
}

function endProblem({ data, now }: EndLesson, state: RunningLesson): Refusal | null {
  const { lesson, people, study } = state;
  const { by, policy } = data;
  const { closesAt, goneSince, allGoneMs } = limitsOf(state, policy);
  const notDue = (): Refusal => refuse('not-due', 'It is not time to end this lesson yet.');
  const tutor = presenceOf(people, lesson.tutorId);
  switch (by) {
    case 'host':
      // It began when it was opened, wherever its host was then.
      if (study !== null) return null;
      if (tutor.stays.length === 0 && tutor.work.length === 0)
        return refuse('host-not-there', 'The tutor has not been in this lesson.');
      return now < lesson.startsAt
        ? refuse('too-early', 'The lesson has not started. You can cancel it instead.')
        : null;
    case 'time':
      return now < closesAt ? notDue() : null;
    case 'all-gone': {
      if ([...people.values()].some((one) => holdsIt(one) && isHere(one)))
        return refuse('someone-there', 'Someone is still in this lesson.');
      return now < goneSince + allGoneMs ? notDue() : null;
    }
    case 'no-tutor': {
      if (study !== null || now < lesson.startsAt + policy.noShowAfterMs) return notDue();
      const came =
        tutor.stays.some(({ left }) => left === null || left.at > lesson.startsAt) ||
        tutor.work.some(({ minute }) => minute >= lesson.startsAt);
      return came ? refuse('tutor-came', 'The tutor has been in this lesson.') : null;
    }
    default:
      return never(by, 'way to end');
  }
}

function everyoneLeaves(state: RunningLesson, at: number, reason: 'lesson-ended' | 'removed'): readonly LessonEvent[] {
  return [...state.people.keys()].flatMap((personId) => leavingAltogether(state, personId, at, reason));
}

/** Rule LE30. */
export function cancel({ data, now }: LessonCommandOf<'CancelLesson'>, state: ExistingLesson): LessonDecision {
  const { lessonId, reason } = data;
  switch (state.kind) {
    case 'scheduled':
      if (state.study !== null) return refuse('study-room', 'A study room is ended, not cancelled.');
      return [...everyoneLeaves(state, now, 'removed'), { type: 'LessonCancelled', data: { lessonId, reason } }];
    case 'cancelled':
      return [];
    case 'live':
      return refuse('lesson-started', 'This lesson has begun, so it cannot be cancelled any more.');
    case 'ended':
      return over(state);
    default:
      return never(state, 'lesson state');
  }
}
