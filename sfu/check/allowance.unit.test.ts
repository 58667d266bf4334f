import { describe, expect, it } from 'vitest';
import { Allowance } from './allowance.ts';

const ticket = (code: string, expiresAt = 1_000) => ({ code, expiresAt });
const limits = { atOnce: 2, begins: 2, sessionMs: 1, bytes: 100 };

describe('[CK2] what a connectivity test may take', () => {
  it('is a place among so many, free again when it ends', () => {
    const allowance = new Allowance(limits);
    expect([allowance.begin(ticket('a'), 0), allowance.begin(ticket('b'), 0)]).toEqual([null, null]);
    expect(allowance.begin(ticket('c'), 0)).toBe('busy');
    allowance.end();
    expect(allowance.begin(ticket('c'), 0)).toBeNull();
  });

  it('is so many beginnings a ticket', () => {
    const allowance = new Allowance(limits);
    for (let index = 0; index < 2; index += 1) {
      expect(allowance.begin(ticket('a'), 0)).toBeNull();
      allowance.end();
    }
    expect(allowance.begin(ticket('a'), 0)).toBe('used-up');
    expect(allowance.begin(ticket('b'), 0)).toBeNull();
  });

  it('is so many bytes a ticket, over all its beginnings', () => {
    const allowance = new Allowance(limits);
    allowance.begin(ticket('a'), 0);
    expect(allowance.take(ticket('a'), 60)).toBe(true);
    allowance.end();
    allowance.begin(ticket('a'), 0);
    expect(allowance.take(ticket('a'), 60)).toBe(false);
    allowance.end();
    expect(allowance.begin(ticket('a'), 0)).toBe('used-up');
  });
});
