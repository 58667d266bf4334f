import { refuse, type Refusal } from '../shared/refusal.ts';
import type { LessonState } from './events.ts';

/** The answer of a lesson that takes place no more. */
export function over(state: Extract<LessonState, { kind: 'ended' | 'cancelled' }>): Refusal {
  return state.kind === 'ended'
    ? refuse('lesson-ended', 'This lesson has ended.')
    : refuse('lesson-cancelled', 'This lesson was cancelled.');
}
