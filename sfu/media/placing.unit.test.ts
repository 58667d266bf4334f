import { describe, expect, it } from 'vitest';
import { carrierFor, expectedConsumers, MANY_CONSUMERS, type Carrier } from './placing.ts';

const worker = (consumers: number, holds: boolean, overloaded = false): Carrier => ({ consumers, holds, overloaded });

/** People come one after the other; how many of them each worker has in the end. */
function fill(people: number, workers: number): number[] {
  const counts = Array.from({ length: workers }, () => 0);
  for (let all = 1; all <= people; all += 1) {
    const carriers = counts.map((count, index) => ({
      index,
      consumers: expectedConsumers(count, all - 1),
      overloaded: false,
      holds: count > 0,
    }));
    const index = carrierFor(carriers)?.index ?? 0;
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
}

describe('where a newcomer goes', () => {
  it('[S3] stays on the worker of the room while that has fewer than 500 consumers', () => {
    const [here, free] = [worker(MANY_CONSUMERS - 1, true), worker(0, false)];
    expect(carrierFor([free, here])).toBe(here);
    const full = worker(MANY_CONSUMERS, true);
    expect(carrierFor([full, free])).toBe(free);
  });

  it('[S3] goes over only to a worker that has half as much or less, and is not too busy', () => {
    const here = worker(600, true);
    const half = worker(300, false);
    expect(carrierFor([here, worker(301, false)])).toBe(here);
    expect(carrierFor([here, half])).toBe(half);
    expect(carrierFor([here, worker(0, false, true)])).toBe(here);
  });

  it('[S3] leaves a worker that is too busy, whatever it carries', () => {
    const free = worker(0, false);
    expect(carrierFor([worker(10, true, true), free])).toBe(free);
    const second = worker(900, true);
    expect(carrierFor([worker(10, true, true), second, worker(800, false)])).toBe(second);
  });

  it('[S3] a room that is nowhere yet has no place by this rule', () => {
    expect(carrierFor([worker(0, false)])).toBeUndefined();
  });

  it('[S3] sixteen people are on one worker, fifty are even on two, and on as many as they need', () => {
    expect(fill(16, 4)).toEqual([16, 0, 0, 0]);
    expect(fill(50, 1)).toEqual([50]);
    expect(fill(50, 2)).toEqual([25, 25]);
    const spread = fill(50, 8);
    expect(spread.reduce((sum, count) => sum + count)).toBe(50);
    expect(Math.max(...spread)).toBeLessThan(20);
  });
});
