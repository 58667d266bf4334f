import { describe, expect, it } from 'vitest';
import { FRESH_MS, LASTS_MS, measured, networkOf, sumsOf, UNMEASURED, wordsOf, type Quality } from './quality.ts';
import type { Stats } from '../signalling/protocol.ts';

const GOOD: Stats = {
  rttMs: 40,
  jitterMs: 5,
  lossUp: 0,
  lossDown: 0,
  framesDecoded: 125,
  outgoing: 900_000,
  faults: [],
};
const SLOW: Stats = { ...GOOD, rttMs: 301 };
const LOSSY: Stats = { ...GOOD, lossDown: 0.051 };

/** What the lesson is told, 5 s apart. */
function toldOf(readings: readonly Stats[], everyMs = 5_000): (boolean | null)[] {
  let quality = UNMEASURED;
  return readings.map((reading, i) => {
    const before = quality;
    quality = measured(before, reading, i * everyMs);
    return quality.told === before.told ? null : quality.told;
  });
}

describe('how good a connection is', () => {
  it('[W1] is worth a word when it was weak for 15 s, and when it was good for 15 s again', () => {
    expect(toldOf([SLOW, SLOW, SLOW, SLOW, SLOW])).toEqual([null, null, null, true, null]);
    expect(toldOf([LOSSY, LOSSY, LOSSY, LOSSY, GOOD, GOOD, GOOD, GOOD])).toEqual([
      null,
      null,
      null,
      true,
      null,
      null,
      null,
      false,
    ]);
  });

  it('[W1] says nothing of a bad moment, of exactly the measure, and of who was silent in between', () => {
    expect(toldOf([SLOW, SLOW, SLOW, GOOD, SLOW, SLOW, SLOW, GOOD])).toEqual(Array(8).fill(null));
    const limit: Stats = { ...GOOD, rttMs: 300, lossUp: 0.05, lossDown: 0.05 };
    expect(toldOf([limit, limit, limit, limit, limit])).toEqual(Array(5).fill(null));
    expect(toldOf([SLOW, SLOW, SLOW], FRESH_MS + 1)).toEqual([null, null, null]);
    expect(toldOf([SLOW, LOSSY], LASTS_MS)).toEqual([null, null]);
  });

  it('[W1] says nothing of what was not measured', () => {
    const silent: Stats = { ...GOOD, rttMs: null, lossUp: null, lossDown: null };
    expect(toldOf([silent, silent, silent, silent, silent])).toEqual(Array(5).fill(null));
  });

  it('[W2] names the network: theirs, or what more than half share', () => {
    const of = (reading: Stats, at = 0): Quality => measured(UNMEASURED, reading, at);
    expect(networkOf([of(SLOW), of(GOOD), of(GOOD)], 0)).toBe('theirs');
    expect(networkOf([of(SLOW), of(SLOW), of(GOOD)], 0)).toBe('shared');
    expect(networkOf([of(SLOW), of(SLOW), of(GOOD), of(GOOD)], 0)).toBe('theirs');
    // Two people share nothing that one could tell from one of them.
    expect(networkOf([of(SLOW), of(SLOW)], 0)).toBe('theirs');
    expect(networkOf([of(SLOW), of(SLOW), of(SLOW, -FRESH_MS - 1)], 0)).toBe('theirs');
    expect(networkOf([of(SLOW), of(SLOW), UNMEASURED], 0)).toBe('theirs');
  });

  it('[W3] tells of each fault when it was there twice in a row, and when it was twice not', () => {
    const black: Stats = { ...GOOD, faults: ['camera-black', 'hears-nobody'] };
    const deaf: Stats = { ...GOOD, faults: ['hears-nobody'] };
    let quality = UNMEASURED;
    const told = [black, black, black, deaf, black, deaf, deaf, GOOD, GOOD].map((reading, i) => {
      const before = quality;
      quality = measured(before, reading, i * 5_000);
      return wordsOf('ann', before, quality, 'theirs').map((word) =>
        word.type === 'MediaFaultNoticed' || word.type === 'MediaFaultEnded' ? `${word.type} ${word.fault}` : '',
      );
    });
    expect(told).toEqual([
      [],
      ['MediaFaultNoticed camera-black', 'MediaFaultNoticed hears-nobody'],
      [],
      [],
      [],
      [],
      ['MediaFaultEnded camera-black'],
      [],
      ['MediaFaultEnded hears-nobody'],
    ]);
  });

  it('[W1] says what was measured, in whole ms and thousandths', () => {
    const reading: Stats = { ...GOOD, rttMs: 420.4, lossUp: 0.0804, lossDown: null };
    const weak: Quality = { ...measured(UNMEASURED, reading, 0), told: true };
    expect(wordsOf('ann', UNMEASURED, weak, 'shared')).toEqual([
      { type: 'ConnectionWeakened', personId: 'ann', network: 'shared', rttMs: 420, lossUp: 80, lossDown: null },
    ]);
    expect(wordsOf('ann', weak, { ...weak, told: false }, 'theirs')).toEqual([
      { type: 'ConnectionRecovered', personId: 'ann' },
    ]);
  });

  it('[W4] sums up who reports, and nobody who does not any more', () => {
    const of = (reading: Stats, at: number): Quality => measured(UNMEASURED, reading, at);
    const sums = sumsOf([of(GOOD, 0), of({ ...LOSSY, rttMs: 90 }, 0), of({ ...SLOW, rttMs: 5_000 }, -FRESH_MS - 1)], 0);
    expect(sums).toEqual({ weak: 1, rttMsP95: 90, jitterMsP95: 5, lossP95: 0.051, outgoing: 1_800_000 });
    expect(sumsOf([], 0)).toEqual({ weak: 0, rttMsP95: 0, jitterMsP95: 0, lossP95: 0, outgoing: 0 });
  });
});
