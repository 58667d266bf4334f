/**
 * Rubbing out a part of a stroke. A cut is a range of its ink, so that what is left stays its author's, and taking it back
 * is taking the range away. Positions are sixteenths of the way from one point to the next. Pure.
 */
import { CUT_STEPS, joinCuts, type Matrix } from '../documents/changes.ts';
import { applied, inverse } from './matrix.ts';
import { pointToSegment } from './stroke.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The point at a position, between two others. */
function pointAt(points: readonly number[], position: number): [number, number, number] {
  const i = Math.floor(position / CUT_STEPS) * 3;
  const t = (position % CUT_STEPS) / CUT_STEPS;
  const between = (k: number): number => {
    const from = points[i + k] ?? 0;
    return t === 0 ? from : from + ((points[i + 3 + k] ?? from) - from) * t;
  };
  return [between(0), between(1), between(2)];
}

const endOf = (points: readonly number[]): number => Math.max(0, Math.floor(points.length / 3) - 1) * CUT_STEPS;

/** What is left of a stroke: pieces of its points. Without cuts the one piece is the very array. */
export function keptPieces(points: readonly number[], cuts: readonly number[]): (readonly number[])[] {
  if (cuts.length === 0) return [points];
  const end = endOf(points);
  const pieces: number[][] = [];
  let from = 0;
  const keep = (to: number): void => {
    if (to - from < 1) return;
    const piece = [...pointAt(points, from)];
    for (let i = Math.floor(from / CUT_STEPS) + 1; i * CUT_STEPS < to; i += 1)
      piece.push(points[i * 3] ?? 0, points[i * 3 + 1] ?? 0, points[i * 3 + 2] ?? 0.5);
    piece.push(...pointAt(points, to));
    pieces.push(piece);
  };
  for (let i = 0; i + 1 < cuts.length; i += 2) {
    keep(Math.min(end, cuts[i] ?? 0));
    from = Math.min(end, Math.max(from, cuts[i + 1] ?? 0));
  }
  keep(end);
  return pieces;
}

/** The ranges of a stroke that lie within `reach` of the segment from a to b, in logical pixels of the board. */
export function cutBy(points: readonly number[], place: Matrix | null, a: Point, b: Point, reach: number): number[] {
  const back = place ? inverse(place) : null;
  const [from, to] = back ? [applied(back, a.x, a.y), applied(back, b.x, b.y)] : [a, b];
  const scale = back ? Math.sqrt(Math.abs(back[0] * back[3] - back[1] * back[2])) : 1;
  const near = (reach * scale) ** 2;
  const cuts: number[] = [];
  const end = endOf(points);
  let start = -1;
  for (let position = 0; position <= end; position += 1) {
    const [x, y] = pointAt(points, position);
    const inside = pointToSegment(x, y, from.x, from.y, to.x, to.y) <= near;
    if (inside && start < 0) start = position;
    if (start >= 0 && (!inside || position === end)) {
      cuts.push(start, inside ? position : position - 1);
      start = -1;
    }
  }
  return joinCuts(cuts, []);
}

/** Whether nothing is left. */
export const isAllCut = (points: readonly number[], cuts: readonly number[]): boolean =>
  keptPieces(points, cuts).length === 0 || (cuts[0] === 0 && (cuts[1] ?? 0) >= endOf(points));
