/** Arithmetic of time intervals, half-open [from, to), in ms. A normal list is sorted, without empties and overlaps. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** The normal list that covers what any of `intervals` covers. */
export function union(intervals: readonly Interval[]): readonly Interval[] {
  const merged: Interval[] = [];
  for (const next of [...intervals].sort((a, b) => a.from - b.from)) {
    if (next.to <= next.from) continue;
    const last = merged.at(-1);
    if (last && next.from <= last.to) merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, next.to) };
    else merged.push(next);
  }
  return merged;
}

/** What both cover. */
export function intersection(a: readonly Interval[], b: readonly Interval[]): readonly Interval[] {
  const right = union(b);
  return union(
    union(a).flatMap((one) =>
      right.map((other) => ({ from: Math.max(one.from, other.from), to: Math.min(one.to, other.to) })),
    ),
  );
}

/** What `intervals` cover and `holes` do not. */
export function without(intervals: readonly Interval[], holes: readonly Interval[]): readonly Interval[] {
  const gaps = union(holes);
  return union(intervals).flatMap(({ from, to }) => {
    const inside = gaps.filter((hole) => hole.to > from && hole.from < to);
    const starts = [from, ...inside.map((hole) => hole.to)];
    const ends = [...inside.map((hole) => hole.from), to];
    return starts.flatMap((start, index) => {
      const end = ends[index];
      return end !== undefined && start < end ? [{ from: start, to: end }] : [];
    });
  });
}

/** How long `intervals` are together, ms, overlaps counted once. */
export const lengthOf = (intervals: readonly Interval[]): number =>
  union(intervals).reduce((total, { from, to }) => total + to - from, 0);

/** Only what lies within [from, to). */
export const clip = (intervals: readonly Interval[], from: number, to: number): readonly Interval[] =>
  intersection(intervals, [{ from, to }]);
