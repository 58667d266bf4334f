import { describe, expect, it } from 'vitest';
import { Judge } from './load.ts';

const verdicts = (...shares: number[]): string => {
  const judge = new Judge();
  return shares.map((share) => judge.take({ share, dumb: false })).at(-1) ?? '';
};

describe('whether a device carries the noise filter', () => {
  it('is tried for two seconds before anybody hears it', () => {
    expect(verdicts(0.05)).toBe('trying');
    expect(verdicts(0.05, 0.05)).toBe('carries');
  });

  it('one slow second while it starts is no reason, two are', () => {
    expect(verdicts(0.9, 0.05)).toBe('carries');
    expect(verdicts(0.05, 0.4)).toBe('trying');
    expect(verdicts(0.4, 0.4)).toBe('too-slow');
  });

  it('later it is given up after three overloaded seconds in a row, and stays so', () => {
    expect(verdicts(0.1, 0.1, 0.4, 0.4, 0.4, 0.4)).toBe('carries');
    expect(verdicts(0.1, 0.1, 0.6, 0.6, 0.1, 0.6, 0.6)).toBe('carries');
    expect(verdicts(0.1, 0.1, 0.6, 1.4, 0.6)).toBe('too-slow');
    expect(verdicts(0.1, 0.1, 0.6, 1.4, 0.6, 0.1)).toBe('too-slow');
  });

  it('is not heard by anybody while nothing comes out of it, and given up after three seconds of that', () => {
    const judge = new Judge();
    const dumb = { share: 0, dumb: true };
    expect([dumb, dumb].map((report) => judge.take(report))).toEqual(['trying', 'trying']);
    expect(judge.take({ share: 0.05, dumb: false })).toBe('carries');
    expect([dumb, dumb, dumb].map((report) => judge.take(report))).toEqual(['carries', 'carries', 'dumb']);
    expect(judge.take({ share: 0.05, dumb: false })).toBe('dumb');
  });
});
