import { never } from '../shared/never.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import { allGoneSince, attended, isHere, presenceOf } from './attendance.ts';
import type { ExistingLesson, LessonCommandOf, LessonDecision } from './decide.ts';
import type { LessonEvent, LessonTerms } from './events.ts';
import { outcomeOf } from './outcome.ts';
import { over } from './over.ts';
import { leavingAltogether, type RunningLesson } from './presence.ts';

const MINUTE_MS = 60_000;

type EndLesson = LessonCommandOf<'EndLesson'>;

const scheduledEndOf = (lesson: LessonTerms): number => lesson.startsAt + lesson.minutes * MINUTE_MS;

/** Rules LE15–LE19: everyone leaves, the lesson ends, each seat gets its outcome. */
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
  const closes = scheduledEndOf(state.lesson) + data.policy.closesAfterMs;
  const latest = Math.min(now, closes);
  if (data.by !== 'all-gone') return latest;
  return Math.min(latest, goneSince(state) + data.policy.allGoneMs);
}

/** Since when nobody has been there, counted from the scheduled end at the earliest. */
const goneSince = (state: RunningLesson): number =>
  Math.max(scheduledEndOf(state.lesson), allGoneSince(state.people) ?? 0);

function endProblem({ data, now }: EndLesson, state: RunningLesson): Refusal | null {
  const { lesson, people } = state;
  const { by, policy } = data;
  const notDue = (): Refusal => refuse('not-due', 'It is not time to end this lesson yet.');
  const tutor = presenceOf(people, lesson.tutorId);
  switch (by) {
    case 'host':
      if (tutor.stays.length === 0 && tutor.work.length === 0)
        return refuse('host-not-there', 'The tutor has not been in this lesson.');
      return now < lesson.startsAt
        ? refuse('too-early', 'The lesson has not started. You can cancel it instead.')
        : null;
    case 'time':
      return now < scheduledEndOf(lesson) + policy.closesAfterMs ? notDue() : null;
    case 'all-gone': {
      if ([...people.values()].some(isHere)) return refuse('someone-there', 'Someone is still in this lesson.');
      return now < goneSince(state) + policy.allGoneMs ? notDue() : null;
    }
    case 'no-tutor': {
      if (now < lesson.startsAt + policy.noShowAfterMs) return notDue();
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
