/** Attendance as the page after the lesson tells it. Pure. */
import type { AttendanceRow, Interval, LessonRow } from '#projections/queries.ts';

const MINUTE = 60_000;

export interface Attended {
  readonly personId: string;
  readonly name: string;
  /** They only looked on. */
  readonly observed: boolean;
  /** Whole minutes here, of the booked ones and the ones around them. */
  readonly minutes: number;
  /** Whole minutes of them with the page out of sight. */
  readonly awayMinutes: number;
  /** How often they were gone for a while and came back. */
  readonly breaks: number;
  /** Where they were here, as parts (0 to 1) of the time shown. */
  readonly spans: readonly { readonly from: number; readonly width: number }[];
}

/** A reload or a blip is no break worth telling. */
const BREAK_MS = MINUTE;

/** Everyone who has a place, there or not, the tutor first; then whoever else was there. */
export function attendedBy(
  lesson: Pick<LessonRow, 'tutorId' | 'tutorName' | 'students'>,
  rows: readonly AttendanceRow[],
  shown: { readonly from: number; readonly to: number },
): readonly Attended[] {
  const expected = [
    { personId: lesson.tutorId, name: lesson.tutorName },
    ...lesson.students.map(({ studentId, name }) => ({ personId: studentId, name })),
  ];
  const others = rows.filter((row) => !expected.some(({ personId }) => personId === row.personId));
  return [...expected, ...others].map(({ personId, name }) => {
    const row = rows.find((one) => one.personId === personId);
    const here = row?.here ?? [];
    const merged = merge(here, shown.to, BREAK_MS);
    return {
      personId,
      name,
      observed: row?.role === 'observer',
      // As everywhere else: full minutes of what was really there, gaps of any length left out.
      minutes: minutesOf(here, shown.to),
      awayMinutes: minutesOf(row?.away ?? [], shown.to),
      breaks: Math.max(0, merged.length - 1),
      spans: merged.flatMap((interval) => span(interval, shown)),
    };
  });
}

const minutesOf = (intervals: readonly Interval[], end: number): number =>
  Math.floor(merge(intervals, end, 0).reduce((sum, { from, to }) => sum + to - from, 0) / MINUTE);

/** Joins what overlaps or lies at most `gap` ms apart; an open end is the end of the time shown. */
function merge(intervals: readonly Interval[], end: number, gap: number): { from: number; to: number }[] {
  const merged: { from: number; to: number }[] = [];
  for (const { from, to } of intervals.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    const until = Math.max(from, to ?? end);
    if (last !== undefined && from - last.to <= gap) last.to = Math.max(last.to, until);
    else merged.push({ from, to: until });
  }
  return merged;
}

function span(
  { from, to }: { from: number; to: number },
  shown: { readonly from: number; readonly to: number },
): readonly { from: number; width: number }[] {
  const length = shown.to - shown.from;
  const start = Math.max(from, shown.from);
  const stop = Math.min(to, shown.to);
  return stop <= start || length <= 0 ? [] : [{ from: (start - shown.from) / length, width: (stop - start) / length }];
}
