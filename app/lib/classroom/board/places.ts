/** Places of a canvas that are painted anew, and nothing beside them. */
import { around, overlaps, toScreen, type Box, type Camera, type Size } from '#sync/draw/camera.ts';

/**
 * The device pixels that a part of the board is on, with those that it covers in part: a half-covered one at the edge would
 * leave a seam. Null when none of them is on the screen.
 */
export function pixelsOf(box: Box, camera: Camera, screen: Size, scale: number): Box | null {
  const from = toScreen(camera, box.left, box.top);
  const to = toScreen(camera, box.right, box.bottom);
  if (to.x < -1 || to.y < -1 || from.x > screen.width + 1 || from.y > screen.height + 1) return null;
  return {
    left: Math.floor(from.x * scale) - 1,
    top: Math.floor(from.y * scale) - 1,
    right: Math.ceil(to.x * scale) + 1,
    bottom: Math.ceil(to.y * scale) + 1,
  };
}

/** Nothing is drawn outside these device pixels until the context is restored. */
export function clipTo(context: CanvasRenderingContext2D, { left, top, right, bottom }: Box): void {
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.beginPath();
  context.rect(left, top, right - left, bottom - top);
  context.clip();
}

/** Places that overlap, as one. */
export function joined(places: readonly Box[]): Box[] {
  const apart: Box[] = [];
  for (let box of places) {
    for (let i = 0; i < apart.length;) {
      const other = apart[i];
      if (!other || !overlaps(other, box)) {
        i += 1;
        continue;
      }
      box = around(other, box);
      apart.splice(i, 1);
      // The larger one may reach those that were passed.
      i = 0;
    }
    apart.push(box);
  }
  return apart;
}
