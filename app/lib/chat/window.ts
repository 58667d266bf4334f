/** Which part of a long list is drawn. Pure: positions in, positions out; the end is exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Messages that are drawn at most, and how many come at a time. */
export const MOST_DRAWN = 160;
const STEP = 60;
const FIRST = 80;

/** The latest. */
export const atEnd = (count: number): Span => ({ from: Math.max(0, count - FIRST), to: count });

/** Around one that is to be seen. */
export function around(at: number, count: number): Span {
  const from = Math.max(0, at - FIRST / 2);
  return { from, to: Math.min(count, from + FIRST) };
}

/** More of what came before; the far end is let go. */
export function earlier({ from, to }: Span): Span {
  const start = Math.max(0, from - STEP);
  return { from: start, to: Math.min(to, start + MOST_DRAWN) };
}

export function later({ from, to }: Span, count: number): Span {
  const end = Math.min(count, to + STEP);
  return { from: Math.max(from, end - MOST_DRAWN), to: end };
}

/** After the list has changed: who is at the bottom stays there, and who reads above it keeps what they read. */
export function after(span: Span, before: number, count: number, atBottom: boolean): Span {
  if (span.to < before && span.to <= count) return span;
  const from = Math.min(span.from, count);
  return atBottom
    ? { from: Math.max(from, count - MOST_DRAWN), to: count }
    : { from, to: Math.min(count, from + MOST_DRAWN) };
}
