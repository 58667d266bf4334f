/** Ink: its outline, its box, and what comes near it. Points are x, y, pressure triples. Pure. */
import type { Box } from './camera.ts';
import { outlineOfInk, type Inked } from './outline.ts';

/** What a path is traced on: a canvas context, a Path2D, an SVG or a PDF page with the same words. */
export interface PathSink {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  quadraticCurveTo(controlX: number, controlY: number, x: number, y: number): void;
  bezierCurveTo(c1x: number, c1y: number, c2x: number, c2y: number, x: number, y: number): void;
  arc(x: number, y: number, radius: number, from: number, to: number): void;
  closePath(): void;
}

/** Traces the ink of a stroke, to be filled. */
export function traceStroke(sink: PathSink, stroke: Inked): void {
  const { points, size } = stroke;
  const [x = 0, y = 0] = points;
  if (points.length < 3) return;
  if (isDot(points)) {
    sink.moveTo(x + size / 2, y);
    sink.arc(x, y, size / 2, 0, 2 * Math.PI);
    sink.closePath();
    return;
  }
  traceOutline(sink, outlineOfInk(stroke));
}

/** A tap: every point within a quarter of a pixel of the first. */
function isDot(points: readonly number[]): boolean {
  const [x = 0, y = 0] = points;
  for (let i = 3; i < points.length; i += 3)
    if (Math.abs((points[i] ?? x) - x) > 0.25 || Math.abs((points[i + 1] ?? y) - y) > 0.25) return false;
  return true;
}

/** Curves through the middles of the outline's edges, so that it has no corners. */
function traceOutline(sink: PathSink, { data, length }: ReturnType<typeof outlineOfInk>): void {
  if (length < 6) return;
  const firstX = data[0] ?? 0;
  const firstY = data[1] ?? 0;
  let x = data[2] ?? 0;
  let y = data[3] ?? 0;
  const startX = (firstX + x) / 2;
  const startY = (firstY + y) / 2;
  sink.moveTo(startX, startY);
  for (let i = 4; i < length; i += 2) {
    const nextX = data[i] ?? 0;
    const nextY = data[i + 1] ?? 0;
    sink.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
    x = nextX;
    y = nextY;
  }
  sink.quadraticCurveTo(x, y, (x + firstX) / 2, (y + firstY) / 2);
  sink.quadraticCurveTo(firstX, firstY, startX, startY);
  sink.closePath();
}

/** Traces a smooth line through the points, to be stroked with a broad round pen. */
export function traceMiddle(sink: PathSink, points: readonly number[]): void {
  const [x = 0, y = 0] = points;
  if (points.length < 3) return;
  sink.moveTo(x, y);
  // A line of no length is a dot only where something is stroked.
  if (points.length < 6) return sink.lineTo(x + 0.01, y);
  for (let i = 3; i + 3 < points.length; i += 3) {
    const [ax = 0, ay = 0, , bx = 0, by = 0] = points.slice(i, i + 5);
    sink.quadraticCurveTo(ax, ay, (ax + bx) / 2, (ay + by) / 2);
  }
  sink.lineTo(points.at(-3) ?? x, points.at(-2) ?? y);
}

/** The box around the points and a margin, or null without points. */
export function boxOfPoints(points: readonly number[], margin: number): Box | null {
  if (points.length < 3) return null;
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  for (let i = 0; i + 1 < points.length; i += 3) {
    const x = points[i] ?? 0;
    const y = points[i + 1] ?? 0;
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  return { left: left - margin, top: top - margin, right: right + margin, bottom: bottom + margin };
}

/** Whether the line through the points comes within `reach` logical pixels of the segment from a to b. */
export function comesNear(
  points: readonly number[],
  a: { x: number; y: number },
  b: { x: number; y: number },
  reach: number,
): boolean {
  const near = reach ** 2;
  if (points.length < 3) return false;
  let px = points[0] ?? 0;
  let py = points[1] ?? 0;
  for (let i = 0; i + 1 < points.length; i += 3) {
    const x = points[i] ?? 0;
    const y = points[i + 1] ?? 0;
    if (segmentsNear(px, py, x, y, a.x, a.y, b.x, b.y, near)) return true;
    px = x;
    py = y;
  }
  return false;
}

export function pointToSegment(x: number, y: number, ax: number, ay: number, bx: number, by: number): number {
  const dx = bx - ax;
  const dy = by - ay;
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length));
  return (x - ax - t * dx) ** 2 + (y - ay - t * dy) ** 2;
}

function segmentsNear(
  ax: number,
  ay: number,
  bx: number,
  by: number,
  cx: number,
  cy: number,
  dx: number,
  dy: number,
  near: number,
): boolean {
  const side = (px: number, py: number, qx: number, qy: number, rx: number, ry: number): number =>
    (qx - px) * (ry - py) - (qy - py) * (rx - px);
  const crosses =
    side(ax, ay, bx, by, cx, cy) * side(ax, ay, bx, by, dx, dy) < 0 &&
    side(cx, cy, dx, dy, ax, ay) * side(cx, cy, dx, dy, bx, by) < 0;
  return (
    crosses ||
    pointToSegment(cx, cy, ax, ay, bx, by) <= near ||
    pointToSegment(dx, dy, ax, ay, bx, by) <= near ||
    pointToSegment(ax, ay, cx, cy, dx, dy) <= near ||
    pointToSegment(bx, by, cx, cy, dx, dy) <= near
  );
}
