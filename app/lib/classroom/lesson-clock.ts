/** Where a lesson stands in business time. Pure: `now` and the lesson come in, a named state goes out. */
export interface LessonTimes {
  readonly startsAt: number;
  readonly minutes: number;
}

export type LessonMoment =
  | { readonly kind: 'before'; readonly startsIn: number }
  | { readonly kind: 'running'; readonly left: number }
  | { readonly kind: 'over'; readonly by: number };

const MINUTE = 60_000;

/** The notice that the end is near is given this long before it, ms (PRODUCT.md). */
export const NEARLY_OVER_MS = 5 * MINUTE;

export const endOf = ({ startsAt, minutes }: LessonTimes): number => startsAt + minutes * MINUTE;

export function momentOf(lesson: LessonTimes, now: number): LessonMoment {
  if (now < lesson.startsAt) return { kind: 'before', startsIn: lesson.startsAt - now };
  const end = endOf(lesson);
  return now < end ? { kind: 'running', left: end - now } : { kind: 'over', by: now - end };
}

/** True once between two looks at the clock, when the five minutes begin. */
export function beganLastMinutes(lesson: LessonTimes, before: number, now: number): boolean {
  const mark = endOf(lesson) - NEARLY_OVER_MS;
  return before < mark && now >= mark && now < endOf(lesson);
}
