/** Small tools of measuring. */
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  readonly count: number;
}

/** Of the samples as they are, without buckets; rounded to a hundredth. */
export function percentiles(samples: readonly number[]): Percentiles {
  const sorted = Float64Array.from(samples).sort();
  const at = (part: number): number =>
    rounded(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999), max: at(1), count: sorted.length };
}

export const rounded = (value: number, digits = 2): number => Number(value.toFixed(digits));

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[middle - 1], sorted[middle]];
  if (high === undefined) return Number.NaN;
  return sorted.length % 2 === 1 || low === undefined ? high : (low + high) / 2;
}

/** (largest − smallest) / median, percent. */
export const spreadPct = (values: readonly number[]): number =>
  rounded(((Math.max(...values) - Math.min(...values)) / median(values)) * 100, 1);

/** Flushes of 8 KiB a second on this disk, as pg_test_fsync measures fdatasync. */
export function fdatasyncsPerSecond(folder: string, ms = 1_000): number {
  const path = join(folder, 'flush-test');
  const page = Buffer.alloc(8_192, 1);
  const file = openSync(path, 'w');
  try {
    for (let n = 0; n < 128; n += 1) writeSync(file, page, 0, page.length, n * page.length);
    fdatasyncSync(file);
    const start = performance.now();
    let count = 0;
    while (performance.now() - start < ms) {
      writeSync(file, page, 0, page.length, (count % 128) * page.length);
      fdatasyncSync(file);
      count += 1;
    }
    return Math.round(count / ((performance.now() - start) / 1_000));
  } finally {
    closeSync(file);
    rmSync(path);
  }
}

/** CPU of this process since `from`, µs. */
export function cpuSince(from: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(from);
  return user + system;
}
