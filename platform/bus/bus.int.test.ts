import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRedis, type TestRedis } from '../../tests/support/redis.ts';
import { busContract } from './contract.ts';
import { createMemoryBus } from './memory.ts';
import { openRedisBus } from './redis.server.ts';

let redis: TestRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

busContract('memory', async () => {
  const errors: unknown[] = [];
  const bus = createMemoryBus((error) => errors.push(error));
  return { bus, other: bus, errors };
});

busContract('Redis', async () => {
  const errors: unknown[] = [];
  const onError = (error: unknown): unknown => errors.push(error);
  return { bus: await openRedisBus(redis.url, { onError }), other: await openRedisBus(redis.url, { onError }), errors };
});

it('says which setting is wrong when Redis does not answer', async () => {
  await expect(openRedisBus('redis://127.0.0.1:1')).rejects.toThrow(/REDIS_URL/);
});

it('hears again after Redis crashed and came back empty, and its fences still rise', async () => {
  const bus = await openRedisBus(redis.url);
  const heard: unknown[] = [];
  await bus.subscribe('after', (message) => heard.push(message));
  const before = await bus.lease('room', 'a', 60_000);

  await redis.restart('SIGKILL');

  await expect
    .poll(
      async () => {
        await bus.publish('after', 'back').catch(() => undefined);
        return heard[0];
      },
      { timeout: 10_000 },
    )
    .toBe('back');
  const after = await bus.lease('room', 'b', 60_000);
  expect(after?.fence).toBeGreaterThan(before?.fence ?? Number.POSITIVE_INFINITY);
  await bus.close();
});
