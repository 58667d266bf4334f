import type { Interval } from '../queries.ts';

/** Their union in order, without overlaps. An open one reaches past everything after it. */
export function united(intervals: readonly Interval[]): readonly Interval[] {
  const sorted = intervals.toSorted((a, b) => a.from - b.from);
  const result: { from: number; to: number | null }[] = [];
  for (const { from, to } of sorted) {
    const before = result.at(-1);
    if (before && (before.to === null || from <= before.to)) {
      before.to = before.to === null || to === null ? null : Math.max(before.to, to);
    } else result.push({ from, to });
  }
  return result;
}

/** What both cover; open where both are. */
export function common(a: readonly Interval[], b: readonly Interval[]): readonly Interval[] {
  const right = united(b);
  return united(a).flatMap((one) =>
    right.flatMap((other) => {
      const from = Math.max(one.from, other.from);
      const to = Math.min(one.to ?? Infinity, other.to ?? Infinity);
      return from < to ? [{ from, to: to === Infinity ? null : to }] : [];
    }),
  );
}

/** Their length in ms; an open one counts up to `now`. */
export const lengthOf = (intervals: readonly Interval[], now: number): number =>
  united(intervals).reduce((total, { from, to }) => total + Math.max(0, (to ?? now) - from), 0);
