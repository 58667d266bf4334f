import { describe, expect, it } from 'vitest';
import { OVERDUE_MS, Overdue } from './unsafe.ts';

describe('what is not safe', () => {
  it('is overdue after a while, each thing by itself, and until it is safe', () => {
    const overdue = new Overdue();
    expect([...overdue.look(['1.0'], 0)]).toEqual([]);
    expect([...overdue.look(['1.0', '1.1'], OVERDUE_MS - 1)]).toEqual([]);
    expect([...overdue.look(['1.0', '1.1'], OVERDUE_MS)]).toEqual(['1.0']);
    expect([...overdue.look(['1.1'], 2 * OVERDUE_MS)]).toEqual(['1.1']);
    // Safe meanwhile, and changed again.
    expect([...overdue.look(['1.0', '1.1'], 2 * OVERDUE_MS + 1)]).toEqual(['1.1']);
    expect([...overdue.look([], 3 * OVERDUE_MS)]).toEqual([]);
    expect([...overdue.look(['1.1'], 4 * OVERDUE_MS)]).toEqual([]);
  });
});
