/** What the measurements of the media server share. */
import { rounded } from '../events/measure.ts';

export type Say = (text: string) => void;

/** Small samples: the 95th of a hundred is the largest of twenty. */
export function p95(samples: readonly number[]): { p50: number; p95: number; max: number; count: number } {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (part: number): number =>
    rounded(sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN, 1);
  return { p50: at(0.5), p95: at(0.95), max: at(1), count: sorted.length };
}
