import { describe, expect, it } from 'vitest';
import { appended, fresh, idsOf, several } from './contract-support.ts';
import { inMemoryStore } from './in-memory.ts';

/** A subscriber that notes what it gets. */
function following(batchSize = 5_000) {
  const store = inMemoryStore();
  const seen: string[] = [];
  const sizes: number[] = [];
  const subscription = store.subscribe({
    after: 'start',
    batchSize,
    onEvents: async (events) => {
      sizes.push(events.length);
      seen.push(...idsOf(events));
    },
  });
  return { store, seen, sizes, subscription };
}

describe('a subscription in a rush', () => {
  it('gets fewer and larger batches, and every event once and in order', async () => {
    const { store, seen, sizes, subscription } = following();
    const written: string[] = [];
    const start = performance.now();
    for (let n = 0; n < 60; n += 1) {
      const events = several(70);
      await appended(store, fresh(), 'no-stream', events);
      written.push(...idsOf(events));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await expect.poll(() => seen.length).toBe(written.length);
    expect(seen).toEqual(written);
    // The first three come at once, each later one after a rest of 25 ms; without rests it would be one for each append.
    expect(sizes.length).toBeLessThanOrEqual(5 + (performance.now() - start) / 25);
    await subscription.stop();
  });

  it('waits for nothing when events come one by one, nor when it has to catch up', async () => {
    const { store, seen, sizes, subscription } = following(100);
    const start = performance.now();
    for (let n = 0; n < 100; n += 1) {
      await appended(store, fresh(), 'no-stream', several(1));
      await expect.poll(() => seen.length, { interval: 0 }).toBe(n + 1);
    }
    await appended(store, fresh(), 'no-stream', several(3_000));
    await expect.poll(() => seen.length).toBe(3_100);
    expect(sizes.slice(-30)).toEqual(Array.from({ length: 30 }, () => 100));
    // 130 rests would be more than three seconds.
    expect(performance.now() - start).toBeLessThan(2_500);
    await subscription.stop();
  });

  it('ends at once, also while it rests', async () => {
    const { store, sizes, subscription } = following();
    for (let n = 0; n < 3; n += 1) {
      await appended(store, fresh(), 'no-stream', several(70));
      await expect.poll(() => sizes.length, { interval: 0 }).toBe(n + 1);
    }
    const start = performance.now();
    await subscription.stop();
    expect(performance.now() - start).toBeLessThan(20);
  });
});
