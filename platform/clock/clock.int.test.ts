import { expect, it, vi } from 'vitest';
import type { Bus } from '../bus/bus.ts';
import { createMemoryBus } from '../bus/memory.ts';
import { openPglite } from '../database/pglite.server.ts';
import { openBusinessClock } from './database.server.ts';
import { manualClock } from './manual.ts';

const HOURS_72 = 72 * 3_600_000;

it('starts at the wall clock, jumps forward for every process at once, and stays there over a restart', async () => {
  const db = await openPglite(null);
  const bus = createMemoryBus();
  const [one, other] = [await openBusinessClock(db, bus), await openBusinessClock(db, bus)];
  expect(Math.abs(one.now() - Date.now())).toBeLessThan(1_000);
  const jumps = { one: 0, other: 0 };
  one.onJump(() => (jumps.one += 1));
  const stop = other.onJump(() => (jumps.other += 1));

  const reached = await one.advance(HOURS_72);
  await expect.poll(() => jumps).toEqual({ one: 1, other: 1 });
  expect(Math.abs(reached - Date.now() - HOURS_72)).toBeLessThan(2_000);
  expect(Math.abs(other.now() - one.now())).toBeLessThan(1_000);

  stop();
  await Promise.all([one.advance(1_000), other.advance(1_000)]);
  const restarted = await openBusinessClock(db, bus);
  expect(restarted.now() - Date.now()).toBeGreaterThanOrEqual(HOURS_72 + 1_990);
  expect(jumps.other).toBe(1);

  await one.advance(0);
  for (const refused of [-1, 0.5, Number.NaN]) await expect(one.advance(refused)).rejects.toThrow(RangeError);
  for (const clock of [one, other, restarted]) await clock.close();
  await db.close();
});

it('notices a jump whose message was lost', async () => {
  const db = await openPglite(null);
  const bus = createMemoryBus();
  const deaf: Bus = { ...bus, publish: async () => Promise.reject(new Error('Redis is away')) };
  const [one, other] = [await openBusinessClock(db, deaf), await openBusinessClock(db, bus)];
  await one.advance(HOURS_72);
  await expect.poll(() => other.now() - Date.now()).toBeGreaterThan(HOURS_72 - 1_000);
  await one.close();
  await other.close();
  await db.close();
});

it('never goes back, even when the wall clock does', async () => {
  const db = await openPglite(null);
  const clock = await openBusinessClock(db, createMemoryBus());
  const before = clock.now();
  const wall = vi.spyOn(Date, 'now').mockReturnValue(before - 60_000);
  expect(clock.now()).toBe(before);
  wall.mockRestore();
  await clock.close();
  await db.close();
});

it('stands still by hand until it is moved', async () => {
  const clock = manualClock(1_000);
  let jumps = 0;
  clock.onJump(() => (jumps += 1));
  expect(await clock.advance(500)).toBe(1_500);
  expect(clock.now()).toBe(1_500);
  expect(jumps).toBe(1);
});
