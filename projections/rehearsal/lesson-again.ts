/** What a lesson comes to for each seat under another rule, from who was there when. Rules RH7–RH9 of SPEC.md. */
import { decide } from '#events/lesson/decide.ts';
import { evolve, initial, type LessonEvent, type LessonState } from '#events/lesson/events.ts';
import type { Policy } from '#events/shared/policy.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import type { PastLessonEvent } from './past.ts';

type Verdict = Extract<LessonEvent, { type: 'OutcomeDecided' }>['data'];

/** What is not to be known of a lesson that the rule would have ended at another time. */
export type LessonNote = 'room-closed-earlier' | 'room-open-longer';

export interface LessonAgain {
  readonly verdicts: ReadonlyMap<string, Verdict>;
  readonly note: LessonNote | null;
}

const verdictsIn = (events: readonly LessonEvent[]): ReadonlyMap<string, Verdict> =>
  new Map(events.flatMap((event) => (event.type === 'OutcomeDecided' ? [[event.data.bookingId, event.data]] : [])));

/** Null while the lesson has not ended. `own`: what it was ended under. */
export function lessonAgain(past: readonly PastLessonEvent[], own: Policy, policy: Policy): LessonAgain | null {
  const ended = past.find((event) => event.type === 'LessonEnded');
  if (ended?.type !== 'LessonEnded') return null;
  const { by, lessonId } = ended.data;
  let state: LessonState = initial;
  let waited = policy.noShowAfterMs >= own.noShowAfterMs;
  for (const event of past) {
    // Who was still there leaves by the end itself, so that is decided again too.
    if (event.commandId === ended.commandId) break;
    if (!waited && (state.kind === 'scheduled' || state.kind === 'live')) {
      const now = state.lesson.startsAt + policy.noShowAfterMs;
      if (event.occurredAt > now) {
        waited = true;
        const closed = decide({ type: 'EndLesson', now, data: { lessonId, by: 'no-tutor', policy } }, state);
        if (!isRefusal(closed)) return { verdicts: verdictsIn(closed), note: 'room-closed-earlier' };
      }
    }
    state = evolve(state, event);
  }
  const again = decide({ type: 'EndLesson', now: ended.occurredAt, data: { lessonId, by, policy } }, state);
  if (!isRefusal(again)) return { verdicts: verdictsIn(again), note: null };
  // The room closed when the shorter wait was over. Whether somebody would have come later, nobody knows.
  const longer = by === 'no-tutor' && policy.noShowAfterMs > own.noShowAfterMs;
  return { verdicts: verdictsIn(past), note: longer ? 'room-open-longer' : null };
}
