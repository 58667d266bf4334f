import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { streamed } from './streamed.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** So many characters in each of three writes. */
async function open(length: number) {
  const seen = { ended: 0, failed: 0 };
  const body = await streamed(
    async (write) => {
      for (const letter of ['a', 'b', 'c']) await write(letter.repeat(length));
    },
    { ended: () => void (seen.ended += 1), failed: () => void (seen.failed += 1) },
  );
  return { seen, reader: body.getReader() };
}

describe('a stream that is made as it is read', () => {
  it('AU14: is given up when nothing of it is taken for a minute', async () => {
    const { seen, reader } = await open(10);
    expect((await reader.read()).value).toHaveLength(10);
    await vi.advanceTimersByTimeAsync(59_999);
    expect(seen).toEqual({ ended: 0, failed: 0 });
    await vi.advanceTimersByTimeAsync(1);
    expect(seen).toEqual({ ended: 1, failed: 0 });
    await expect(reader.read()).rejects.toThrow('nothing was read for 60000 ms');
  });

  it('AU14: is given up when it is never read at all', async () => {
    const { seen } = await open(10);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(seen).toEqual({ ended: 1, failed: 0 });
  });

  it('AU14: waits for whoever goes on reading, however slowly', async () => {
    const { seen, reader } = await open(40_000);
    let bytes = 0;
    for (;;) {
      await vi.advanceTimersByTimeAsync(59_000);
      const { done, value } = await reader.read();
      if (done) break;
      expect(value.length).toBeLessThanOrEqual(16 * 1024);
      bytes += value.length;
    }
    expect(bytes).toBe(120_000);
    await vi.advanceTimersByTimeAsync(0);
    expect(seen).toEqual({ ended: 1, failed: 0 });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('AU14: ends without a word when its reader goes away', async () => {
    const { seen, reader } = await open(10);
    await reader.cancel();
    await vi.advanceTimersByTimeAsync(0);
    expect(seen).toEqual({ ended: 1, failed: 0 });
    expect(vi.getTimerCount()).toBe(0);
  });
});
