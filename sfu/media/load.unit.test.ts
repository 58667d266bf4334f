import { describe, expect, it } from 'vitest';
import { randomOf } from '#platform/random/seeded.ts';
import { IDLE, leastLoaded, observeLoad, type Load } from './load.ts';

/** Plays a trace of shares of a core, one a second; the seconds at which `overloaded` changed. */
function flips(shares: readonly number[]): number[] {
  let load = observeLoad(IDLE, { cpuMs: 0, at: 0 });
  let cpuMs = 0;
  const changed: number[] = [];
  for (const [i, share] of shares.entries()) {
    cpuMs += share * 1_000;
    const next = observeLoad(load, { cpuMs, at: (i + 1) * 1_000 });
    if (next.overloaded !== load.overloaded) changed.push(i + 1);
    load = next;
  }
  return changed;
}
const lasting = (share: number, seconds: number): number[] => Array.from({ length: seconds }, () => share);
/** What the rule says of a trace, in other words: the first second that ends 30 hot ones. */
function firstHot(shares: readonly number[]): number | null {
  for (let end = 30; end <= shares.length; end += 1)
    if (shares.slice(end - 30, end).every((share) => share >= 0.7)) return end;
  return null;
}

describe('a worker that is too busy', () => {
  it('[S2] is one that had 70 % of its core for 30 s, and not for 29 s', () => {
    expect(flips([...lasting(0.3, 10), ...lasting(0.71, 30)])).toEqual([40]);
    expect(flips([...lasting(0.3, 10), ...lasting(0.71, 29), ...lasting(0.69, 20)])).toEqual([]);
    expect(flips([...lasting(0.9, 29), 0.6, ...lasting(0.9, 29), 0.6])).toEqual([]);
  });

  it('[S2] is judged rightly in 1,000 traces of load that wanders and jumps', () => {
    for (let seed = 1; seed <= 1_000; seed += 1) {
      const random = randomOf(seed);
      let level = random();
      const shares = Array.from({ length: 240 }, () => {
        if (random() < 0.03) level = random() * 1.1;
        level = Math.min(1.1, Math.max(0, level + (random() - 0.5) * 0.04));
        return level;
      });
      const expected = firstHot(shares);
      expect([seed, flips(shares)[0] ?? null]).toEqual([seed, expected]);
    }
  });

  it('[S2] changes at most once in five minutes, whatever the noise', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const random = randomOf(seed);
      const noisy = Array.from({ length: 3_600 }, () => 0.7 + (random() - 0.5) * 0.2);
      const bursts = Array.from({ length: 3_600 }, (_, i) => (Math.floor(i / 95) % 2 === 0 ? 0.95 : 0.1));
      for (const trace of [noisy, bursts]) {
        const changed = flips(trace);
        for (const [i, at] of changed.entries())
          if (i > 0) expect(at - (changed[i - 1] ?? 0)).toBeGreaterThanOrEqual(300);
      }
    }
  });

  it('[S2] has room again after a minute below half', () => {
    expect(flips([...lasting(0.9, 30), ...lasting(0.2, 400)])).toEqual([30, 330]);
    expect(flips([...lasting(0.9, 300), ...lasting(0.6, 400)])).toEqual([30]);
  });

  it('[S2] is judged anew after its process began anew', () => {
    let load = observeLoad(IDLE, { cpuMs: 0, at: 0 });
    load = observeLoad(load, { cpuMs: 29_000, at: 29_000 });
    load = observeLoad(load, { cpuMs: 0, at: 30_000 });
    expect(observeLoad(load, { cpuMs: 1_000, at: 31_000 }).overloaded).toBe(false);
  });
});

describe('where a room is opened', () => {
  const worker = (name: string, share: number, routers: number, fresh = 0) => ({
    name,
    load: { ...IDLE, share } satisfies Load,
    routers,
    fresh,
  });

  it('[S1] is the worker that is measured to have most room, not the one with fewest rooms', () => {
    expect(leastLoaded([worker('one', 0.6, 1), worker('two', 0.1, 9)])?.name).toBe('two');
    expect(leastLoaded([worker('one', 0.1, 9), worker('two', 0.105, 2)])?.name).toBe('two');
    expect(leastLoaded([])).toBeUndefined();
  });

  it('[S1] spreads those that are opened between two looks', () => {
    const workers = [worker('one', 0.1, 0), worker('two', 0.2, 0)];
    const chosen: string[] = [];
    for (let i = 0; i < 10; i += 1) {
      const one = leastLoaded(workers);
      if (!one) throw new Error('a worker');
      one.routers += 1;
      one.fresh += 1;
      chosen.push(one.name);
    }
    expect(chosen.filter((name) => name === 'one')).toHaveLength(6);
  });
});
