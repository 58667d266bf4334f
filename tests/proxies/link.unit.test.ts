import { describe, expect, it } from 'vitest';
import { randomOf } from '#platform/random/seeded.ts';
import { CLEAR, Link } from './link.ts';

const times = (link: Link, count: number, everyMs: number, bytes: number) =>
  Array.from({ length: count }, (_, index) => link.arrival(index * everyMs, bytes));

describe('a link', () => {
  it('delivers at once when it is clear', () => {
    expect(times(new Link(CLEAR, randomOf(1)), 3, 10, 1_000)).toEqual([0, 10, 20]);
  });

  it('delays and keeps the order under jitter', () => {
    const arrivals = times(new Link({ ...CLEAR, delayMs: 50, jitterMs: 30 }, randomOf(7)), 1_000, 5, 100);
    const late = arrivals.map((at, index) => (at ?? Number.NaN) - index * 5);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(50);
    expect(Math.max(...late)).toBeLessThanOrEqual(80);
    expect(Math.max(...late) - Math.min(...late)).toBeGreaterThan(15);
    expect(arrivals).toEqual([...arrivals].sort((a, b) => (a ?? 0) - (b ?? 0)));
  });

  it('loses the share it is told to, and the same packets for the same seed', () => {
    const lossy = () => times(new Link({ ...CLEAR, loss: 0.1 }, randomOf(3)), 10_000, 1, 100);
    const first = lossy();
    const lost = first.filter((at) => at === null).length;
    expect(lost).toBeGreaterThan(900);
    expect(lost).toBeLessThan(1_100);
    expect(lossy()).toEqual(first);
  });

  it('sends no faster than the way carries, and drops what its buffer cannot hold', () => {
    const narrow = new Link({ ...CLEAR, bytesPerSecond: 50_000, queueBytes: 5_000 }, randomOf(1));
    // 100 packets of 1,000 bytes at once: five fit into the buffer, 20 ms each.
    expect(times(narrow, 100, 0, 1_000).filter((at) => at !== null)).toEqual([20, 40, 60, 80, 100]);
    expect(narrow.arrival(1_000, 1_000)).toBe(1_020);
  });

  it('shares a narrow place with others that lead through it', () => {
    const neck = { freeAt: 0 };
    const narrow = { ...CLEAR, bytesPerSecond: 50_000 };
    const [one, other] = [new Link(narrow, randomOf(1), neck), new Link(narrow, randomOf(2), neck)];
    expect([one.arrival(0, 1_000), other.arrival(0, 1_000), one.arrival(0, 1_000)]).toEqual([20, 40, 60]);
  });

  it('passes nothing while it is cut', () => {
    const link = new Link(CLEAR, randomOf(1));
    link.cut = true;
    expect(link.arrival(5, 10)).toBeNull();
    link.cut = false;
    expect(link.arrival(6, 10)).toBe(6);
  });
});
