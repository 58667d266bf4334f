/** Lanes of the strip as paths of an SVG: one path a kind, however many stretches it has. Pure; pixels. */
import type { StripLane, StripStretch } from './strip.ts';
import type { View } from './zoom.ts';

export const LANE_HEIGHT = 20;
export const AXIS_HEIGHT = 22;

/** Height of each kind in its lane: media stands out, being connected is a line, a weak line thinner still. */
const HEIGHTS: Readonly<Record<StripStretch['kind'], number>> = {
  here: 6,
  media: 14,
  away: 6,
  weak: 6,
  fault: 12,
  hold: 8,
  open: 8,
  lesson: 8,
};
/** Nothing is narrower than can be seen. */
const LEAST = 2;

const round = (pixels: number): number => Math.round(pixels * 10) / 10;

/** @param top of the lane. Stretches rise by their beginning; what falls on pixels that are drawn already is left out. */
export function stretchesPath(
  stretches: readonly StripStretch[],
  kind: StripStretch['kind'],
  view: View,
  width: number,
  top: number,
): string {
  const scale = width / Math.max(1, view.to - view.from);
  const height = HEIGHTS[kind];
  const y = top + (LANE_HEIGHT - height) / 2;
  let path = '';
  let drawn = -Infinity;
  for (const stretch of stretches) {
    if (stretch.kind !== kind || stretch.to < view.from || stretch.from > view.to) continue;
    const left = Math.max(-LEAST, (stretch.from - view.from) * scale);
    const right = Math.min(width + LEAST, Math.max((stretch.to - view.from) * scale, left + LEAST));
    if (right <= drawn + 0.5) continue;
    drawn = right;
    path += `M${round(left)} ${y}h${round(right - left)}v${height}h${round(left - right)}z`;
  }
  return path;
}

/** A line for each pixel that has an event. */
export function marksPath(marks: readonly number[], view: View, width: number, top: number): string {
  const scale = width / Math.max(1, view.to - view.from);
  let path = '';
  let drawn = -Infinity;
  for (const at of marks) {
    if (at < view.from || at > view.to) continue;
    const x = Math.round((at - view.from) * scale);
    if (x - drawn < 2) continue;
    drawn = x;
    path += `M${x} ${top + 3}v${LANE_HEIGHT - 6}`;
  }
  return path;
}

/** Bars that stand on the lane's foot; of several on one pixel the tallest. */
export function barsPath(bars: StripLane['bars'], step: number, view: View, width: number, top: number): string {
  const scale = width / Math.max(1, view.to - view.from);
  const tallest = new Map<number, number>();
  const wide = Math.max(1.5, step * scale - 1);
  for (const { at, size } of bars) {
    if (at + step < view.from || at > view.to) continue;
    const x = wide <= 2 ? Math.round((at - view.from) * scale) : round((at - view.from) * scale);
    tallest.set(x, Math.max(tallest.get(x) ?? 0, size));
  }
  let path = '';
  for (const [x, size] of tallest) {
    const height = round(3 + size * (LANE_HEIGHT - 6));
    path += `M${x} ${top + LANE_HEIGHT - 2}h${round(wide)}v${-height}h${round(-wide)}z`;
  }
  return path;
}
