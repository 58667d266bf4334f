/** Affine matrices: what moving, resizing and turning come down to. Pure. */
import type { Matrix } from '../documents/changes.ts';
import type { Box } from './camera.ts';

export const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0];

/** First `b`, then `a`. */
export const multiply = (a: Matrix, b: Matrix): Matrix => [
  a[0] * b[0] + a[2] * b[1],
  a[1] * b[0] + a[3] * b[1],
  a[0] * b[2] + a[2] * b[3],
  a[1] * b[2] + a[3] * b[3],
  a[0] * b[4] + a[2] * b[5] + a[4],
  a[1] * b[4] + a[3] * b[5] + a[5],
];

export const moved = (dx: number, dy: number): Matrix => [1, 0, 0, 1, dx, dy];

/** Around a point that stays. */
export const scaled = (sx: number, sy: number, x: number, y: number): Matrix => [sx, 0, 0, sy, x - sx * x, y - sy * y];

/** By radians around a point that stays. */
export function turned(angle: number, x: number, y: number): Matrix {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y];
}

export const applied = (m: Matrix, x: number, y: number): { x: number; y: number } => ({
  x: m[0] * x + m[2] * y + m[4],
  y: m[1] * x + m[3] * y + m[5],
});

/** How much longer lines become, on the whole. */
export const growth = (m: Matrix): number => Math.sqrt(Math.abs(m[0] * m[3] - m[1] * m[2]));

export function inverse(m: Matrix): Matrix {
  const area = m[0] * m[3] - m[1] * m[2] || 1e-9;
  const [a, b, c, d] = [m[3] / area, -m[1] / area, -m[2] / area, m[0] / area];
  return [a, b, c, d, -(a * m[4] + c * m[5]), -(b * m[4] + d * m[5])];
}

/** The upright box around a box that was moved. */
export function boxThrough(m: Matrix | null, box: Box): Box {
  if (!m) return box;
  const corners = [
    applied(m, box.left, box.top),
    applied(m, box.right, box.top),
    applied(m, box.right, box.bottom),
    applied(m, box.left, box.bottom),
  ];
  const xs = corners.map(({ x }) => x);
  const ys = corners.map(({ y }) => y);
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}
