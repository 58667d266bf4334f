import { describe, expect, it } from 'vitest';
import { hasWork } from './catch-up.svelte.ts';
import { replayKey } from './keys.ts';
import { clampTo, densityOf, goOn, idleAt, idleIn, leftOf } from './span.ts';

const S = 1_000;
const span = { from: 0, to: 600 * S };

describe('stretches in which nothing happened', () => {
  it('are those between two times, before the first and behind the last', () => {
    expect(idleIn([100 * S, 104 * S, 300 * S], span)).toEqual([
      { from: 0, to: 100 * S },
      { from: 104 * S, to: 300 * S },
      { from: 300 * S, to: 600 * S },
    ]);
    expect(idleIn([], span)).toEqual([span]);
    expect(idleIn([-50 * S, 2 * S, 700 * S], { from: 0, to: 5 * S })).toEqual([]);
  });

  it('are leapt over, the last one to the very end', () => {
    const idle = idleIn([100 * S, 104 * S, 300 * S], span);
    expect(goOn(101 * S, S, 1, idle, span)).toBe(102 * S);
    const landed = goOn(105.4 * S, 200, 1, idle, span);
    expect(landed).toBeGreaterThan(298 * S);
    expect(landed).toBeLessThan(300 * S);
    // From the middle of one, too.
    expect(goOn(200 * S, 16, 1, idle, span)).toBe(landed);
    expect(goOn(302 * S, 16, 1, idle, span)).toBe(span.to);
    expect(goOn(200 * S, 16, 1, [], span)).toBe(200 * S + 16);
    expect(idleAt(200 * S, idle)).toEqual({ from: 104 * S, to: 300 * S });
    expect(idleAt(102 * S, idle)).toBeNull();
  });

  it('do not count for what is left to play', () => {
    const idle = idleIn([100 * S, 104 * S, 300 * S], span);
    expect(leftOf(0, 1, [], span)).toBe(600 * S);
    expect(leftOf(0, 1, idle, span)).toBeLessThan(15 * S);
    expect(leftOf(0, 16, idle, span)).toBeCloseTo(leftOf(0, 1, idle, span) / 16);
    expect(leftOf(span.to, 1, idle, span)).toBe(0);
  });
});

describe('time', () => {
  it('goes as fast as the speed says, and stops at the end', () => {
    expect(goOn(10 * S, 100, 16, [], span)).toBe(11.6 * S);
    expect(goOn(599 * S, S, 16, [], span)).toBe(600 * S);
    expect(clampTo(-5, span)).toBe(0);
  });

  it('is counted in equal parts', () => {
    expect(densityOf([0, 1, 299 * S, 300 * S, 600 * S, 900 * S], span, 2)).toEqual([3, 2]);
    expect(densityOf([5], { from: 5, to: 5 }, 3)).toEqual([1, 0, 0]);
  });
});

describe('keys', () => {
  const press = (key: string, more: object = {}) =>
    replayKey({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...more });

  it('play, step, leap, go to a tenth, and change the speed', () => {
    expect(press(' ')).toEqual({ kind: 'toggle' });
    expect(press('ArrowLeft')).toEqual({ kind: 'step', by: -5 * S });
    expect(press('ArrowRight', { shiftKey: true })).toEqual({ kind: 'step', by: 30 * S });
    expect(press('3')).toEqual({ kind: 'to', part: 0.3 });
    expect(press('Home')).toEqual({ kind: 'to', part: 0 });
    expect(press('End')).toEqual({ kind: 'to', part: 1 });
    expect(press('>')).toEqual({ kind: 'faster' });
    expect(press('Tab')).toBeNull();
    expect(press('ArrowLeft', { altKey: true })).toBeNull();
  });
});

describe('an offer to catch up', () => {
  const board = (minutes: readonly number[], personId: string | null = null) => ({
    kind: 'board' as const,
    personId,
    shown: false,
    href: '',
    updates: 1,
    counts: minutes.map((minute) => ({ personId: 'p', minute: minute * 60 * S, count: 1 })),
  });

  it('is made only when something was drawn meanwhile', () => {
    const missed = { from: 90 * S, to: 400 * S };
    expect(hasWork({ documents: [board([0])] }, missed)).toBe(false);
    expect(hasWork({ documents: [board([1])] }, missed)).toBe(true);
    expect(hasWork({ documents: [board([6])] }, missed)).toBe(true);
    expect(hasWork({ documents: [board([7])] }, missed)).toBe(false);
    expect(hasWork({ documents: [board([2], 'asha')] }, missed)).toBe(false);
  });
});
