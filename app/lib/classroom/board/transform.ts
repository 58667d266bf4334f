/** What belongs to a selection, and what its handles do to it. Pure. */
import type { Item } from '#sync/documents/board-reader.ts';
import type { Matrix } from '#sync/documents/changes.ts';
import type { Box } from '#sync/draw/camera.ts';
import { applied, scaled, turned } from '#sync/draw/matrix.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

export const CORNERS = ['top-left', 'top-right', 'bottom-right', 'bottom-left'] as const;
export type Corner = (typeof CORNERS)[number];
export type Handle = Corner | 'turn';

/** How far above the box the handle for turning stands, CSS pixels. */
export const TURN_AT = 28;
/** How near to a handle a press must be, CSS pixels. */
const NEAR = 16;
const LEAST = 0.02;

export const cornerOf = (box: Box, corner: Corner): Point => ({
  x: corner.endsWith('left') ? box.left : box.right,
  y: corner.startsWith('top') ? box.top : box.bottom,
});

const across: Readonly<Record<Corner, Corner>> = {
  'top-left': 'bottom-right',
  'top-right': 'bottom-left',
  'bottom-right': 'top-left',
  'bottom-left': 'top-right',
};

/** The handle under a point, or null. `pixel` is a CSS pixel in logical ones. */
export function handleAt(box: Box, { x, y }: Point, pixel: number): Handle | null {
  const near = (at: Point): boolean => Math.hypot(at.x - x, at.y - y) <= NEAR * pixel;
  if (near({ x: (box.left + box.right) / 2, y: box.top - TURN_AT * pixel })) return 'turn';
  // Of a box that is smaller than its handles, the lower right corner is the one that is meant.
  return CORNERS.toReversed().find((corner) => near(cornerOf(box, corner))) ?? null;
}

/** Where a line or an arrow begins and ends; null for everything else. */
export function endsOf({
  kind,
  points,
  place,
}: Pick<Item, 'kind' | 'points' | 'place'>): readonly [Point, Point] | null {
  if (kind !== 'line' && kind !== 'arrow') return null;
  const [x = 0, y = 0, , toX = x, toY = y] = points;
  return place
    ? [applied(place, x, y), applied(place, toX, toY)]
    : [
        { x, y },
        { x: toX, y: toY },
      ];
}

/** The end under a point; of a short line, its middle is nearer and moves it as a whole. */
export function endAt([a, b]: readonly [Point, Point], { x, y }: Point, pixel: number): 0 | 1 | null {
  const [toA, toB] = [Math.hypot(a.x - x, a.y - y), Math.hypot(b.x - x, b.y - y)];
  const near = Math.min(toA, toB);
  if (near > NEAR * pixel || near > Math.hypot((a.x + b.x) / 2 - x, (a.y + b.y) / 2 - y)) return null;
  return toA < toB ? 0 : 1;
}

/** Drags a corner while the one across stays. `even` keeps the proportions. Nothing is turned inside out. */
export function resized(box: Box, corner: Corner, to: Point, even: boolean): Matrix {
  const stays = cornerOf(box, across[corner]);
  const from = cornerOf(box, corner);
  const ratio = (start: number, end: number, fixed: number): number =>
    Math.abs(start - fixed) < 1e-6 ? 1 : Math.max(LEAST, (end - fixed) / (start - fixed));
  let sx = ratio(from.x, to.x, stays.x);
  let sy = ratio(from.y, to.y, stays.y);
  if (even) {
    // Along the diagonal, so that it follows the hand whichever way it goes.
    const [dx, dy] = [from.x - stays.x, from.y - stays.y];
    const long = dx * dx + dy * dy || 1;
    sx = sy = Math.max(LEAST, ((to.x - stays.x) * dx + (to.y - stays.y) * dy) / long);
  }
  return scaled(sx, sy, stays.x, stays.y);
}

/** Turns around the middle as the hand goes; in steps of 15° when `steps`. */
export function turnedBy(box: Box, from: Point, to: Point, steps: boolean): Matrix {
  const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const angle = Math.atan2(to.y - y, to.x - x) - Math.atan2(from.y - y, from.x - x);
  const step = Math.PI / 12;
  return turned(steps ? Math.round(angle / step) * step : angle, x, y);
}

/** A drag along one axis only, with Shift. */
export const straightened = (dx: number, dy: number): [number, number] =>
  Math.abs(dx) > Math.abs(dy) ? [dx, 0] : [0, dy];

/** The items and whatever is grouped with them, in the order of `all`. */
export function withTheirGroups(items: readonly Item[], all: readonly Item[]): Item[] {
  const keys = new Set(items.map(({ key }) => key));
  const groups = new Set(items.flatMap(({ group }) => (group === '' ? [] : [group])));
  return all.filter(({ key, group }) => keys.has(key) || groups.has(group));
}
