/** The time of a replay, as arithmetic: stretches in which nothing happened, how dense the rest is, and how time goes on. */

/** Business time, ms. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Nothing for so long is a stretch that is skipped, ms. */
export const IDLE_MS = 8_000;
/** Shown of such a stretch at its beginning and its end, ms. */
const EDGE_MS = 1_500;

/** Stretches of `span` without any of `times`, which must rise. */
export function idleIn(times: readonly number[], span: Span, least = IDLE_MS): Span[] {
  const found: Span[] = [];
  let before = span.from;
  for (const at of [...times.filter((one) => one >= span.from && one <= span.to), span.to]) {
    if (at - before >= least) found.push({ from: before, to: at });
    before = at;
  }
  return found;
}

/** How many of `times` fall into each of `count` equal parts of `span`. */
export function densityOf(times: readonly number[], span: Span, count: number): number[] {
  const parts = Array.from({ length: count }, () => 0);
  const whole = Math.max(1, span.to - span.from);
  for (const at of times) {
    if (at < span.from || at > span.to) continue;
    const part = Math.min(count - 1, Math.floor(((at - span.from) / whole) * count));
    parts[part] = (parts[part] ?? 0) + 1;
  }
  return parts;
}

/** Where a player stands that was at `at` and went on for `ms` of wall time. Idle stretches take a moment each. */
export function goOn(at: number, ms: number, speed: number, idle: readonly Span[], span: Span): number {
  let next = at + ms * speed;
  for (const { from, to } of idle) {
    const [leave, enter] = [from + EDGE_MS, to - EDGE_MS];
    // The last stretch is skipped to its very end.
    const land = to >= span.to ? span.to : enter;
    if (leave < land && next > leave && next < land) next = land;
  }
  return Math.min(span.to, Math.max(span.from, next));
}

/** The stretch that a moment lies in. */
export const idleAt = (at: number, idle: readonly Span[]): Span | null =>
  idle.find(({ from, to }) => at > from + EDGE_MS && at < to - EDGE_MS) ?? null;

/** What playing from `at` to the end takes at a speed, ms of wall time. */
export function leftOf(at: number, speed: number, idle: readonly Span[], span: Span): number {
  let left = span.to - at;
  for (const { from, to } of idle) {
    const [leave, land] = [Math.max(at, from + EDGE_MS), to >= span.to ? span.to : to - EDGE_MS];
    if (land > leave) left -= land - leave;
  }
  return Math.max(0, left) / speed;
}

export const clampTo = (at: number, { from, to }: Span): number => Math.min(to, Math.max(from, at));
