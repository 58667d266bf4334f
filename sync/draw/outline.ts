/**
 * The outline of ink: what perfect-freehand makes of the same points with `last: true`, `streamline` 0.4, `smoothing` 0.5
 * and round ends (a test compares the two, number by number), but in flat lists that are used again: the library makes some
 * thousand small arrays a stroke, and a class draws four thousand pieces of ink a second.
 *
 * The way of computing is perfect-freehand's: MIT licence, Copyright (c) 2021 Stephen Ruiz Ltd.
 */
export interface Inked {
  /** x, y, pressure triples; two at least. */
  readonly points: readonly number[];
  readonly size: number;
  readonly pressure: boolean;
}

const STREAMLINE = 0.15 + (1 - 0.4) * 0.85;
const SMOOTHING = 0.5;
/** How much the width follows pressure: a real one, and the one that is made up from the pen's speed. */
const THINNING = { real: 0.6, madeUp: 0.35 } as const;
const CHANGE = 0.275;
/** Ink this close to the end has no outline but that of the end, logical pixels. */
const END = 3;
/** Points that decide on the width at the beginning. */
const FIRST = 10;
/** Half a turn and a little more, so that round ends close. */
const HALF_TURN = Math.PI + 1e-4;

/** Numbers, two by two or five by five; the memory stays. */
class Flat {
  data = new Float64Array(512);
  length = 0;

  push(x: number, y: number): void {
    if (this.length + 2 > this.data.length) this.grow();
    this.data[this.length] = x;
    this.data[this.length + 1] = y;
    this.length += 2;
  }

  private grow(): void {
    const { data } = this;
    this.data = new Float64Array(data.length * 2);
    this.data.set(data);
  }
}

/** Cosines and sines of a turn in steps. */
function turning(from: number, step: number, goesOn: (part: number) => boolean, angle: number): Float64Array {
  const all: number[] = [];
  for (let part = from; goesOn(part); part += step) all.push(Math.cos(angle * part), Math.sin(angle * part));
  return Float64Array.from(all);
}
const toWhole = (part: number): boolean => part <= 1;
const CORNER = turning(0, 1 / 13, toWhole, HALF_TURN);
const START = turning(1 / 13, 1 / 13, toWhole, HALF_TURN);
const STOP = turning(1 / 29, 1 / 29, (part) => part < 1, HALF_TURN * 3);
const ROUND = turning(1 / 13, 1 / 13, toWhole, HALF_TURN * 2);

/** The line that the pen is taken to have gone, and of each of its points: where it came from, as a direction of length 1. */
const line = new Flat();
const ways = new Flat();
/** How far each point is from the one before, and its pressure; how far from the beginning, along the line. */
const steps = new Flat();
const runs = new Flat();
const right = new Flat();
const outline = new Flat();

function add(x: number, y: number, wayX: number, wayY: number, step: number, pressure: number, run: number): void {
  line.push(x, y);
  ways.push(wayX, wayY);
  steps.push(step, pressure);
  runs.push(run, 0);
}

/** Two points alone are a straight line of five. */
function between([x = 0, y = 0, pressure = 0.5, toX = 0, toY = 0]: readonly number[]): number[] {
  const all = [x, y, pressure];
  for (let n = 1; n < 5; n += 1) all.push(x + (toX - x) * (n / 4), y + (toY - y) * (n / 4), 0.5);
  return all;
}

/** Follows the points a little behind them, so that a trembling hand draws a calm line. */
function follow(points: readonly number[], size: number): void {
  line.length = ways.length = steps.length = runs.length = 0;
  let [px = 0, py = 0] = points;
  add(px, py, 0, 0, 0, points[2] ?? 0.5, 0);
  let run = 0;
  let begun = false;
  const last = points.length - 3;
  for (let i = 3; i <= last; i += 3) {
    let x = points[i] ?? 0;
    let y = points[i + 1] ?? 0;
    if (i < last) {
      x = px + (x - px) * STREAMLINE;
      y = py + (y - py) * STREAMLINE;
    }
    if (x === px && y === py) continue;
    const [dx, dy] = [px - x, py - y];
    const step = Math.sqrt(dx * dx + dy * dy);
    run += step;
    if (i < last && !begun) {
      // The first moments of a press are noise.
      if (run < size) continue;
      begun = true;
    }
    add(x, y, dx / step, dy / step, step, points[i + 2] ?? 0.5, run);
    px = x;
    py = y;
  }
  ways.data[0] = ways.length > 2 ? (ways.data[2] ?? 0) : 0;
  ways.data[1] = ways.length > 2 ? (ways.data[3] ?? 0) : 0;
}

/** Pressure by speed: the slower, the more. */
function madeUp(before: number, step: number, size: number): number {
  const speed = Math.min(1, step / size);
  return Math.min(1, before + (Math.min(1, 1 - speed) - before) * (speed * CHANGE));
}

/** The arc that a point describes around a middle, by the turns of a table. */
function arc(
  into: Flat,
  x: number,
  y: number,
  middleX: number,
  middleY: number,
  table: Float64Array,
  way: 1 | -1,
): void {
  const [dx, dy] = [x - middleX, y - middleY];
  for (let i = 0; i < table.length; i += 2) {
    const [cos, sin] = [table[i] ?? 1, (table[i + 1] ?? 0) * way];
    into.push(dx * cos - dy * sin + middleX, dx * sin + dy * cos + middleY);
  }
}

/** The outline as x, y pairs in a list that the next call overwrites, and how many numbers of it count. */
export function outlineOfInk({ points, size, pressure }: Inked): {
  readonly data: Float64Array;
  readonly length: number;
} {
  follow(points.length === 6 ? between(points) : points, size);
  outline.length = right.length = 0;
  const count = line.length / 2;
  const last = count - 1;
  const thinning = pressure ? THINNING.real : THINNING.madeUp;
  const radiusOf = (by: number): number => Math.max(0.01, size * (0.5 - thinning * (0.5 - by)));
  const least = (size * SMOOTHING) ** 2;
  const whole = runs.data[last * 2] ?? 0;

  let before = steps.data[1] ?? 0.5;
  for (let n = 0; n < Math.min(FIRST, count); n += 1) {
    const own = steps.data[n * 2 + 1] ?? 0.5;
    before = (before + (pressure ? own : madeUp(before, steps.data[n * 2] ?? 0, size))) / 2;
  }

  const firstX = line.data[0] ?? 0;
  const firstY = line.data[1] ?? 0;
  let radius = 0;
  let [leftX, leftY, rightX, rightY] = [firstX, firstY, firstX, firstY];
  let wayX = ways.data[0] ?? 0;
  let wayY = ways.data[1] ?? 0;
  let turned = false;
  for (let n = 0; n < count; n += 1) {
    const isLast = n === last;
    if (!isLast && whole - (runs.data[n * 2] ?? 0) < END) continue;
    const x = line.data[n * 2] ?? 0;
    const y = line.data[n * 2 + 1] ?? 0;
    const atX = ways.data[n * 2] ?? 0;
    const atY = ways.data[n * 2 + 1] ?? 0;
    const own = steps.data[n * 2 + 1] ?? 0.5;
    const by = pressure ? own : madeUp(before, steps.data[n * 2] ?? 0, size);
    radius = radiusOf(by);
    const nextX = isLast ? atX : (ways.data[n * 2 + 2] ?? 0);
    const nextY = isLast ? atY : (ways.data[n * 2 + 3] ?? 0);
    const straight = isLast ? 1 : atX * nextX + atY * nextY;
    const turns = straight < 0;
    if (turns || (!turned && atX * wayX + atY * wayY < 0)) {
      const [dx, dy] = [wayY * radius, -wayX * radius];
      arc(outline, x - dx, y - dy, x, y, CORNER, 1);
      arc(right, x + dx, y + dy, x, y, CORNER, -1);
      leftX = outline.data[outline.length - 2] ?? 0;
      leftY = outline.data[outline.length - 1] ?? 0;
      rightX = right.data[right.length - 2] ?? 0;
      rightY = right.data[right.length - 1] ?? 0;
      if (turns) turned = true;
      continue;
    }
    turned = false;
    const sideX = isLast ? atX : nextX + (atX - nextX) * straight;
    const sideY = isLast ? atY : nextY + (atY - nextY) * straight;
    const [dx, dy] = [sideY * radius, -sideX * radius];
    if (isLast || n <= 1 || (leftX - x + dx) ** 2 + (leftY - y + dy) ** 2 > least) {
      leftX = x - dx;
      leftY = y - dy;
      outline.push(leftX, leftY);
    }
    if (isLast || n <= 1 || (rightX - x - dx) ** 2 + (rightY - y - dy) ** 2 > least) {
      rightX = x + dx;
      rightY = y + dy;
      right.push(rightX, rightY);
    }
    before = by;
    wayX = atX;
    wayY = atY;
  }
  if (count === 1) return dot(firstX, firstY, radius);
  const endX = line.data[last * 2] ?? 0;
  const endY = line.data[last * 2 + 1] ?? 0;
  const [outX, outY] = [-(ways.data[last * 2 + 1] ?? 0), ways.data[last * 2] ?? 0];
  arc(outline, endX + outX * radius, endY + outY * radius, endX, endY, STOP, 1);
  for (let i = right.length - 2; i >= 0; i -= 2) outline.push(right.data[i] ?? 0, right.data[i + 1] ?? 0);
  arc(outline, right.data[0] ?? 0, right.data[1] ?? 0, firstX, firstY, START, 1);
  return outline;
}

/** Ink that ends where it began and was nowhere else for long. */
function dot(x: number, y: number, radius: number): Flat {
  outline.length = 0;
  const reach = radius * Math.SQRT1_2;
  arc(outline, x + reach, y - reach, x, y, ROUND, 1);
  return outline;
}
