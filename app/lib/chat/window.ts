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

/** After the list has changed: who was at the end stays there. */
export function after(span: Span, before: number, count: number): Span {
  if (span.to < before && span.to <= count) return span;
  return { from: Math.max(0, Math.min(span.from, count), count - MOST_DRAWN), to: count };
}
