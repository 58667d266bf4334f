import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Deleting, TAKE_BACK_MS } from './deleting.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a message that is deleted', () => {
  it('is gone here at once, and for everybody when nobody took it back in time', () => {
    const written: string[] = [];
    const deleting = new Deleting((key) => written.push(key));
    deleting.hold('a');
    deleting.hold('b');
    deleting.hold('a');
    expect([deleting.has('a'), deleting.has('b'), written]).toEqual([true, true, []]);
    deleting.takeBack('b');
    vi.advanceTimersByTime(TAKE_BACK_MS);
    expect([deleting.has('a'), deleting.has('b'), written]).toEqual([false, false, ['a']]);
  });

  it('is deleted for everybody when the chat is left before', () => {
    const written: string[] = [];
    const deleting = new Deleting((key) => written.push(key));
    deleting.hold('a');
    deleting.finishAll();
    vi.advanceTimersByTime(2 * TAKE_BACK_MS);
    expect([deleting.has('a'), written]).toEqual([false, ['a']]);
  });
});
