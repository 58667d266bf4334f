/** Shapes: their outlines as paths, and as points for whatever asks what is near. Points are x, y, pressure triples. Pure. */
import type { Matrix } from '../documents/changes.ts';
import { DASHES, type Shape } from '../documents/items.ts';
import { applied } from './matrix.ts';
import type { PathSink } from './stroke.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

const pointsOf = (triples: readonly number[]): Point[] => {
  const found: Point[] = [];
  for (let i = 0; i + 1 < triples.length; i += 3) found.push({ x: triples[i] ?? 0, y: triples[i + 1] ?? 0 });
  return found;
};

/** A circle's quarter as one curve. */
const ROUND = 0.5522847498;
/** Corners of an ellipse where it is asked what is near. */
const CORNERS = 32;

/** The points of a shape where they are now. A rectangle given by two corners becomes its four. */
function corners(shape: Shape, triples: readonly number[], place: Matrix | null): Point[] {
  const [a = { x: 0, y: 0 }, b = a] = pointsOf(triples);
  const drawn = shape === 'rectangle' ? [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }] : pointsOf(triples);
  return place ? drawn.map(({ x, y }) => applied(place, x, y)) : drawn;
}

/** The two ends of an arrow's head. */
function barbs(from: Point, to: Point, width: number): [Point, Point] {
  const along = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const long = Math.min(along * 0.6, 10 + 2.5 * width);
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  const end = (turn: number): Point => ({
    x: to.x - long * Math.cos(angle + turn),
    y: to.y - long * Math.sin(angle + turn),
  });
  return [end(0.45), end(-0.45)];
}

function polyline(sink: PathSink, points: readonly Point[], closed: boolean): void {
  const [first, ...rest] = points;
  if (!first) return;
  sink.moveTo(first.x, first.y);
  for (const { x, y } of rest) sink.lineTo(x, y);
  if (closed) sink.closePath();
}

function ellipse(sink: PathSink, triples: readonly number[], place: Matrix | null): void {
  const [a = { x: 0, y: 0 }, b = a] = pointsOf(triples);
  const [cx, cy, rx, ry] = [(a.x + b.x) / 2, (a.y + b.y) / 2, Math.abs(b.x - a.x) / 2, Math.abs(b.y - a.y) / 2];
  const at = (ux: number, uy: number): Point => {
    const point = { x: cx + ux * rx, y: cy + uy * ry };
    return place ? applied(place, point.x, point.y) : point;
  };
  const start = at(1, 0);
  sink.moveTo(start.x, start.y);
  for (const [ux, uy] of [
    [1, 0],
    [0, 1],
    [-1, 0],
    [0, -1],
  ] as const) {
    const c1 = at(ux - uy * ROUND, uy + ux * ROUND);
    const c2 = at(-uy + ux * ROUND, ux + uy * ROUND);
    const end = at(-uy, ux);
    sink.bezierCurveTo(c1.x, c1.y, c2.x, c2.y, end.x, end.y);
  }
  sink.closePath();
}

/**
 * Traces a shape, to be stroked `width` wide.
 *
 * @param part of an arrow, whose head has no dashes.
 */
export function traceShape(
  sink: PathSink,
  shape: Shape,
  triples: readonly number[],
  place: Matrix | null,
  width: number,
  part: 'all' | 'line' | 'head' = 'all',
): void {
  if (shape === 'ellipse') return ellipse(sink, triples, place);
  const points = corners(shape, triples, place);
  if (part !== 'head') polyline(sink, points, shape === 'rectangle' || shape === 'polygon');
  const [from, to] = points;
  if (shape !== 'arrow' || part === 'line' || !from || !to) return;
  const [left, right] = barbs(from, to, width);
  polyline(sink, [left, to, right], false);
}

/** Pieces of the line and gaps between them, for round ends; none in a solid line. A style that is not known is solid. */
export function dashOf(dash: number, width: number): number[] {
  switch (DASHES[dash]) {
    case 'dashed':
      return [3 * width, 3 * width];
    case 'dotted':
      // A line of no length is a dot only where something is stroked.
      return [0.01, 2.2 * width];
    default:
      return [];
  }
}

/** Whether a shape has something within it, so that a fill is to be seen. */
export const isClosed = (shape: string): boolean => shape === 'rectangle' || shape === 'ellipse' || shape === 'polygon';

/** Whether a point lies within an outline. */
export function isWithin(outline: readonly number[], { x, y }: Point): boolean {
  const points = pointsOf(outline);
  let last = points.at(-1);
  let within = false;
  for (const point of points) {
    if (last && point.y > y !== last.y > y && x < ((last.x - point.x) * (y - point.y)) / (last.y - point.y) + point.x)
      within = !within;
    last = point;
  }
  return within;
}

/** The outline of a shape as points where it is now. */
export function outlineOf(shape: Shape, triples: readonly number[], place: Matrix | null, width: number): number[] {
  let points: Point[];
  if (shape === 'ellipse') {
    const [a = { x: 0, y: 0 }, b = a] = pointsOf(triples);
    points = Array.from({ length: CORNERS + 1 }, (_, i) => {
      const angle = (i / CORNERS) * 2 * Math.PI;
      const x = (a.x + b.x) / 2 + (Math.abs(b.x - a.x) / 2) * Math.cos(angle);
      const y = (a.y + b.y) / 2 + (Math.abs(b.y - a.y) / 2) * Math.sin(angle);
      return place ? applied(place, x, y) : { x, y };
    });
  } else {
    points = corners(shape, triples, place);
    const [first, second] = points;
    if (first && (shape === 'rectangle' || shape === 'polygon')) points.push(first);
    if (first && second && shape === 'arrow') {
      const [left, right] = barbs(first, second, width);
      points.push(left, second, right);
    }
  }
  return points.flatMap(({ x, y }) => [x, y, 0.5]);
}
