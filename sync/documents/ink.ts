/**
 * Ink as bytes: each point is the difference to the one before, in quarters of a logical pixel, as zigzag varints; a
 * stroke with pressure adds the pressure's difference (0–255). Chunks simply follow each other: a sealed stroke is its
 * chunks joined, byte for byte.
 */

/** Units a logical pixel: fine enough for handwriting at four times the size, and mostly one byte a coordinate. */
export const INK_UNITS = 4;
/** Logical pixels from the origin beyond which there is no board. */
export const INK_REACH = 200_000;

/** x and y in logical pixels, pressure 0–1. */
export interface InkPoint {
  readonly x: number;
  readonly y: number;
  readonly pressure: number;
}

/** Where the next difference counts from; integers. */
export interface InkCursor {
  x: number;
  y: number;
  pressure: number;
}

export const inkStart = (): InkCursor => ({ x: 0, y: 0, pressure: 0 });

const LIMIT = INK_REACH * INK_UNITS;
const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

function writeVar(out: number[], signed: number): void {
  let value = signed < 0 ? -signed * 2 - 1 : signed * 2;
  while (value > 127) {
    out.push((value & 127) | 128);
    value = Math.floor(value / 128);
  }
  out.push(value);
}

/** Encodes points after `cursor`, and moves the cursor to the last of them. */
export function encodeInk(points: readonly InkPoint[], cursor: InkCursor, withPressure: boolean): Uint8Array {
  const out: number[] = [];
  for (const point of points) {
    const x = clamp(Math.round(point.x * INK_UNITS), -LIMIT, LIMIT);
    const y = clamp(Math.round(point.y * INK_UNITS), -LIMIT, LIMIT);
    writeVar(out, x - cursor.x);
    writeVar(out, y - cursor.y);
    cursor.x = x;
    cursor.y = y;
    if (withPressure) {
      const pressure = clamp(Math.round(point.pressure * 255), 0, 255);
      writeVar(out, pressure - cursor.pressure);
      cursor.pressure = pressure;
    }
  }
  return Uint8Array.from(out);
}

/**
 * Appends the points in `bytes` to `out` as x, y, pressure triples (logical pixels, 0–1), and moves the cursor. Bytes that
 * make no sense end the reading: what was drawn before them stays.
 */
export function decodeInk(bytes: Uint8Array, cursor: InkCursor, withPressure: boolean, out: number[]): void {
  let at = 0;
  let broken = false;
  const readVar = (): number => {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 4; i += 1) {
      const byte = bytes[at];
      if (byte === undefined) break;
      at += 1;
      value += (byte & 127) * scale;
      if (byte < 128) return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
      scale *= 128;
    }
    broken = true;
    return 0;
  };
  while (at < bytes.length) {
    const x = cursor.x + readVar();
    const y = cursor.y + readVar();
    const pressure = withPressure ? cursor.pressure + readVar() : 128;
    if (broken || Math.abs(x) > LIMIT || Math.abs(y) > LIMIT) return;
    cursor.x = x;
    cursor.y = y;
    cursor.pressure = withPressure ? pressure : 0;
    out.push(x / INK_UNITS, y / INK_UNITS, clamp(pressure / 255, 0, 1));
  }
}

/** Chunks as one. */
export function joinInk(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
