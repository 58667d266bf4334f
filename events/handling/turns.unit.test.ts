import { expect, it } from 'vitest';
import { StreamBusy } from './handle.ts';
import { Turns } from './turns.ts';

it('one after the other for a stream, in order, and a failure does not stop the line', async () => {
  const turns = new Turns();
  const seen: string[] = [];
  const step = (name: string, fails = false) =>
    turns.take('s', async () => {
      seen.push(`${name} in`);
      await Promise.resolve();
      seen.push(`${name} out`);
      if (fails) throw new Error(name);
      return name;
    });
  const all = await Promise.allSettled([step('a'), step('b', true), step('c')]);
  expect(all.map((one) => one.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(seen).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
});

it('streams do not wait for each other, and a line is bounded', async () => {
  const turns = new Turns();
  const { promise, resolve } = Promise.withResolvers<void>();
  const slow = turns.take('slow', () => promise);
  expect(await turns.take('other', async () => 'done')).toBe('done');
  const waiting = Array.from({ length: 999 }, () => turns.take('slow', async () => undefined));
  await expect(turns.take('slow', async () => undefined)).rejects.toBeInstanceOf(StreamBusy);
  resolve();
  await Promise.all([slow, ...waiting]);
  expect(await turns.take('slow', async () => 'free again')).toBe('free again');
});
