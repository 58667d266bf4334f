import { describe, expect, it } from 'vitest';
import { createGuessLimit } from './guess-limit.ts';

describe('wrong passwords', () => {
  it('stop further tries for that account only, and for a quarter of an hour', () => {
    let now = 0;
    const limit = createGuessLimit(() => now);
    for (let index = 0; index < 30; index += 1) {
      expect(limit.mayTry('ops@demo.test')).toBe(true);
      limit.wrong(index % 2 ? 'ops@demo.test' : ' OPS@demo.test');
    }
    expect(limit.mayTry('ops@demo.test')).toBe(false);
    expect(limit.mayTry('student@demo.test')).toBe(true);
    now = 15 * 60_000;
    expect(limit.mayTry('ops@demo.test')).toBe(true);
  });

  it('are forgotten once the right one came', () => {
    const limit = createGuessLimit();
    for (let index = 0; index < 29; index += 1) limit.wrong('a@b.test');
    limit.right('a@b.test');
    limit.wrong('a@b.test');
    expect(limit.mayTry('a@b.test')).toBe(true);
  });

  it('of made-up addresses do not fill the memory', () => {
    const limit = createGuessLimit();
    for (let index = 0; index < 30; index += 1) limit.wrong('first@b.test');
    for (let index = 0; index < 10_000; index += 1) limit.wrong(`${index}@b.test`);
    expect(limit.mayTry('first@b.test')).toBe(true);
  });
});
