/** Lessons and minutes by person and subject. Pure; ms. */
export interface HeldLesson {
  readonly studentId: string;
  readonly studentName: string;
  readonly subject: string;
  readonly bookedMs: number;
  readonly hereMs: number;
}

export interface ProgressLine {
  readonly studentId: string;
  readonly studentName: string;
  readonly subject: string;
  readonly lessons: number;
  readonly bookedMs: number;
  readonly hereMs: number;
}

/** One line a person and subject; most lessons first. Time before and after the booked minutes counts at most as those. */
export function progressOf(lessons: readonly HeldLesson[]): readonly ProgressLine[] {
  const lines = new Map<string, { -readonly [Key in keyof ProgressLine]: ProgressLine[Key] }>();
  for (const { studentId, studentName, subject, bookedMs, hereMs } of lessons) {
    const key = `${studentId}\u001f${subject}`;
    const line = lines.get(key) ?? { studentId, studentName, subject, lessons: 0, bookedMs: 0, hereMs: 0 };
    line.lessons += 1;
    line.bookedMs += bookedMs;
    line.hereMs += Math.min(hereMs, bookedMs);
    lines.set(key, line);
  }
  return [...lines.values()].toSorted(
    (one, other) => other.lessons - one.lessons || (one.subject < other.subject ? -1 : 1),
  );
}

/** Whole percent; 0 when nothing was booked. */
export function percentOf(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 100);
}
