import { describe, expect, it } from 'vitest';
import { after, choose, PLENTY, read, type SavingReading, type SavingState } from './saving.ts';

const GOOD: SavingReading = { link: 'good', loss: 0 };
const LOSSY: SavingReading = { link: 'weak', loss: 0.12 };
const FAR: SavingReading = { link: 'weak', loss: 0 };
const times = (state: SavingState, reading: SavingReading, count: number): SavingState =>
  Array.from({ length: count }).reduce<SavingState>((now) => read(now, reading), state);
/** How many readings until it changes. */
const until = (state: SavingState, reading: SavingReading, most = 500): number => {
  let now = state;
  for (let count = 1; count <= most; count += 1) {
    now = read(now, reading);
    if (now.saving !== state.saving) return count;
  }
  return Infinity;
};

describe('pictures given up for the sound', () => {
  it('after fifteen seconds, first the large ones and then all', () => {
    expect(until(PLENTY, LOSSY)).toBe(3);
    const small = times(PLENTY, LOSSY, 3);
    expect(small.saving).toBe('small');
    expect(times(small, LOSSY, 3).saving).toBe('sound');
    expect(times(PLENTY, LOSSY, 100).saving).toBe('sound');
  });

  it('not after a moment, and not because the way was cut', () => {
    const shaky = [LOSSY, LOSSY, GOOD, LOSSY, LOSSY].reduce(read, PLENTY);
    expect(shaky.saving).toBe('none');
    expect(times(PLENTY, { link: 'lost', loss: 0 }, 50).saving).toBe('none');
  });

  it('never all of them because somebody is far away', () => {
    expect(times(PLENTY, FAR, 100).saving).toBe('small');
  });

  it('come back one after the other when it is good again, and more slowly each time that it did not hold', () => {
    const none = times(PLENTY, LOSSY, 6);
    const small = times(none, GOOD, until(none, GOOD));
    expect(small.saving).toBe('small');
    expect(times(small, GOOD, until(small, GOOD)).saving).toBe('none');
    const once = times(PLENTY, LOSSY, 3);
    const twice = times(times(once, GOOD, until(once, GOOD)), LOSSY, 3);
    expect(until(twice, GOOD)).toBe(2 * until(once, GOOD));
    let state = PLENTY;
    for (let turn = 0; turn < 20; turn += 1) state = times(times(state, LOSSY, 3), GOOD, 96);
    expect(until(times(state, LOSSY, 3), GOOD)).toBe(96);
  });

  it('never more than the person chose', () => {
    expect(until(choose(PLENTY, 'sound'), GOOD)).toBe(Infinity);
    const fell = times(choose(PLENTY, 'small'), LOSSY, 3);
    expect(fell.saving).toBe('sound');
    expect(times(fell, GOOD, 200).saving).toBe('small');
  });

  it('wait a minute where somebody asked for all of them just now', () => {
    const fell = times(PLENTY, LOSSY, 3);
    expect(until(choose(fell, 'none'), LOSSY)).toBe(12);
  });

  it('one press each: small, none, all again', () => {
    expect([after('none'), after('small'), after('sound')]).toEqual(['small', 'sound', 'none']);
  });
});
