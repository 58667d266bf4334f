/**
 * A path that remembers its numbers, so that two of them tell where they differ. Ink grows at its end: of a line across the
 * board a few pixels around the pen are to be painted anew, and the rest stands.
 */
import { around, type Box } from '#sync/draw/camera.ts';
import type { PathSink } from '#sync/draw/stroke.ts';

/** Of each piece of the path: two points that say where it goes; with the end of the piece before, it lies between them. */
const STRIDE = 4;

/** Numbers of paths that nobody needs any more. */
const spare: Float64Array[] = [];
const MOST_SPARE = 64;

export class Trail implements PathSink {
  private readonly sink: PathSink;
  private data = spare.pop() ?? new Float64Array(1_024);
  private length = 0;

  constructor(sink: PathSink) {
    this.sink = sink;
  }

  moveTo(x: number, y: number): void {
    this.sink.moveTo(x, y);
    this.push(x, y, x, y);
  }

  lineTo(x: number, y: number): void {
    this.sink.lineTo(x, y);
    this.push(x, y, x, y);
  }

  quadraticCurveTo(controlX: number, controlY: number, x: number, y: number): void {
    this.sink.quadraticCurveTo(controlX, controlY, x, y);
    this.push(controlX, controlY, x, y);
  }

  bezierCurveTo(c1x: number, c1y: number, c2x: number, c2y: number, x: number, y: number): void {
    this.sink.bezierCurveTo(c1x, c1y, c2x, c2y, x, y);
    this.push(c1x, c1y, c2x, c2y);
    this.push(c2x, c2y, x, y);
  }

  arc(x: number, y: number, radius: number, from: number, to: number): void {
    this.sink.arc(x, y, radius, from, to);
    // Whole circles are all that is drawn here.
    this.push(x - radius, y - radius, x + radius, y + radius);
  }

  closePath(): void {
    this.sink.closePath();
  }

  /** The box around all of it, without the width of a line; null when there is nothing. */
  get box(): Box | null {
    return this.boxOf(0, this.length);
  }

  /** The box around all that is in one of the two and not in the other, or null when they are the same. */
  differs(before: Trail): Box | null {
    const [mine, theirs] = [this.data, before.data];
    const least = Math.min(this.length, before.length);
    let first = 0;
    while (first < least && mine[first] === theirs[first]) first += 1;
    if (first === this.length && first === before.length) return null;
    let same = 0;
    while (same < least - first && mine[this.length - 1 - same] === theirs[before.length - 1 - same]) same += 1;
    // A piece begins where the one before ends: whole pieces, and one more on either side.
    const from = Math.max(0, Math.floor(first / STRIDE) - 1) * STRIDE;
    const behind = Math.max(0, Math.floor(same / STRIDE) - 1) * STRIDE;
    const [own, old] = [this.boxOf(from, this.length - behind), before.boxOf(from, before.length - behind)];
    return own && old ? around(own, old) : (own ?? old);
  }

  /** It is not looked at any more. */
  release(): void {
    if (spare.length < MOST_SPARE) spare.push(this.data);
    this.data = new Float64Array(0);
    this.length = 0;
  }

  private push(a: number, b: number, c: number, d: number): void {
    if (this.length + STRIDE > this.data.length) {
      const grown = new Float64Array(Math.max(STRIDE * 64, this.data.length * 2));
      grown.set(this.data);
      this.data = grown;
    }
    this.data[this.length] = a;
    this.data[this.length + 1] = b;
    this.data[this.length + 2] = c;
    this.data[this.length + 3] = d;
    this.length += STRIDE;
  }

  private boxOf(from: number, to: number): Box | null {
    if (to <= from) return null;
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = from; i < to; i += 2) {
      const x = this.data[i] ?? 0;
      const y = this.data[i + 1] ?? 0;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
    return { left, top, right, bottom };
  }
}
