import type { Position } from './event-store.ts';

const WIDTH = 16;

/** Below every position in the log. */
export const BEFORE_ALL: Position = '0'.repeat(WIDTH);

/** Negative when `a` is earlier in the log than `b`, positive when later, 0 when the same. */
export function comparePositions(a: Position, b: Position): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** For adapters only: the fixed-width form of a whole number, so that text order is log order. */
export function positionFrom(number: number): Position {
  if (!Number.isSafeInteger(number) || number < 0) throw new RangeError(`Not a position: ${number}`);
  return String(number).padStart(WIDTH, '0');
}

/** For adapters only: the number behind a position that `positionFrom` made. */
export function numberOf(position: Position): number {
  const number = /^\d{16}$/.test(position) ? Number(position) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw new RangeError(`Not a position of this store: ${position}`);
  return number;
}
