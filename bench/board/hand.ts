/** What a class writes: handwriting of 200 people side by side, as ink for the updates of their pens. */
import type { InkFor } from '../sync/points.ts';
import { POINTS_AN_UPDATE } from '../sync/points.ts';
import { encodeInk, inkStart, type InkPoint } from '#sync/documents/ink.ts';

/** Logical pixels; below it stays room for the pen that is measured. */
const CLASS = { left: -390, top: -290, width: 780, height: 400 } as const;
const ACROSS = 20;

/** Lines of loops in a field of one's own, a stroke below the other, again from the top when it is full. */
export function handOf(number: number, people: number): InkFor {
  const rows = Math.ceil(people / ACROSS);
  const [width, height] = [CLASS.width / ACROSS, CLASS.height / rows];
  const left = CLASS.left + (number % ACROSS) * width;
  const top = CLASS.top + Math.floor(number / ACROSS) * height;
  let cursor = inkStart();
  let line = 0;
  let at = 0;
  return (_stamp, begins) => {
    if (begins) {
      cursor = inkStart();
      line += 1;
      at = 0;
    }
    const points: InkPoint[] = [];
    for (let i = 0; i < POINTS_AN_UPDATE; i += 1, at += 1)
      points.push({
        x: left + 3 + ((at * 0.32) % (width - 8)) + 2.5 * Math.sin(at / 2.1),
        y: top + 6 + ((line * 7) % (height - 12)) + 3.5 * Math.cos(at / 2.1 + number),
        pressure: 0.5,
      });
    return encodeInk(points, cursor, false);
  };
}
