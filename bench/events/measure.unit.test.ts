import { describe, expect, it } from 'vitest';
import { median, percentiles, spreadPct } from './measure.ts';

describe('figures', () => {
  it('are percentiles of the samples themselves', () => {
    const samples = Array.from({ length: 1_000 }, (_, n) => 1_000 - n);
    expect(percentiles(samples)).toEqual({ p50: 501, p99: 991, p999: 1_000, max: 1_000, count: 1_000 });
    expect(percentiles([7.123])).toEqual({ p50: 7.12, p99: 7.12, p999: 7.12, max: 7.12, count: 1 });
  });

  it('are medians, and a spread in percent of the median', () => {
    expect(median([5, 1, 3])).toBe(3);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(spreadPct([100, 98, 103])).toBe(5);
  });
});
