import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryBus } from '#platform/bus/memory.ts';
import { openRedisBus } from '#platform/bus/redis.server.ts';
import { startRedis, type TestRedis } from '../../tests/support/redis.ts';
import { keepingLog } from '../testing/harness.server.ts';
import { busFanout } from './bus.ts';
import { early, fanoutContract, listener, soon } from './contract.ts';
import type { Fanout } from './fanout.ts';
import { redisFanout } from './redis.server.ts';

let redis: TestRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());
const log = keepingLog();
const opened: Fanout[] = [];
const open = (patienceMs = 500): Fanout => {
  const fanout = redisFanout(redis.url, { log, patienceMs });
  opened.push(fanout);
  return fanout;
};
afterAll(async () => {
  for (const fanout of opened) await fanout.close();
});

fanoutContract('the bus of one process', async () => {
  const bus = createMemoryBus();
  return [busFanout(bus, log), busFanout(bus, log), busFanout(bus, log)];
});

fanoutContract('the bus over Redis', async () => {
  const buses = await Promise.all([1, 2, 3].map(() => openRedisBus(redis.url)));
  const [one, two, three] = buses.map((bus) => busFanout(bus, log));
  afterAll(async () => {
    for (const bus of buses) await bus.close();
  });
  if (!one || !two || !three) throw new Error('three of them');
  return [one, two, three];
});

fanoutContract('streams of Redis', async () => [open(), open(), open()]);

describe('streams of Redis', () => {
  const asked = async <T>(ask: (client: Redis) => Promise<T>): Promise<T> => {
    const client = new Redis(redis.url);
    try {
      return await ask(client);
    } finally {
      client.disconnect();
    }
  };
  const pair = async () => {
    const [one, two] = [open(), open()];
    const document = `board:${randomUUID()}`;
    const heard = listener();
    two.hear(document, heard);
    await soon(() => heard.listening).toBe(1);
    return { one, two, document, heard };
  };
  const last = (heard: ReturnType<typeof listener>): number => {
    const word = heard.words.at(-1)?.word;
    return word?.kind === 'early' ? word.n : 0;
  };

  it('[N3] are one a document, read in one connection a process, bounded, and gone when nobody writes any more', async () => {
    const connections = async (client: Redis): Promise<number> =>
      String(await client.client('LIST'))
        .trim()
        .split('\n').length;
    const before = await asked(async (client) => {
      await client.flushall();
      return connections(client);
    });
    const { one, two, document, heard } = await pair();
    for (let i = 0; i < 30; i += 1) two.hear(`board:${randomUUID()}`, listener());
    for (let n = 1; n <= 3_000; n += 1) {
      one.tell(
        document,
        early(
          n,
          Array.from({ length: 2_000 }, () => 1),
        ),
      );
      if (n % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await soon(() => last(heard)).toBe(3_000);
    await asked(async (client) => {
      const keys = await client.keys('nexused:sync:doc:*');
      expect(keys).toEqual([`nexused:sync:doc:${document}`]);
      // One that writes and one that reads, whatever the number of documents; and the one that asks.
      expect((await connections(client)) - before).toBe(2 * 2);
      expect(await client.xlen(keys[0] ?? '')).toBeLessThan(1_000);
      expect(await client.ttl(keys[0] ?? '')).toBeGreaterThan(600);
    });
  });

  it('[N4] are written to without waiting while Redis is frozen, and heard again afterwards', async () => {
    const { one, document, heard } = await pair();
    one.tell(document, early(1));
    await soon(() => last(heard)).toBe(1);
    redis.freeze();
    const heap = process.memoryUsage().rss;
    const took: number[] = [];
    try {
      // 40 MB that nobody takes.
      for (let n = 2; n < 1_000; n += 1) {
        const before = performance.now();
        one.tell(document, early(n, new Array<number>(40_000).fill(1)));
        took.push(performance.now() - before);
        if (n % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 25));
      }
    } finally {
      // Whatever is wrong here is no fault of the tests that follow.
      redis.thaw();
    }
    // All but those in which this process itself had to wait for a processor.
    expect(took.sort((a, b) => a - b)[Math.floor(took.length * 0.95)]).toBeLessThan(50);
    expect(process.memoryUsage().rss - heap).toBeLessThan(120 * 1024 * 1024);
    await soon(() => heard.listening).toBeGreaterThan(1);
    await soon(() => {
      one.tell(document, early(5_000));
      return last(heard);
    }).toBe(5_000);
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)(
    '[N4] are heard again after Redis ended (%s) and came back empty',
    async (signal) => {
      const { one, document, heard } = await pair();
      await redis.restart(signal);
      await soon(() => heard.listening).toBeGreaterThan(1);
      await soon(() => {
        one.tell(document, early(2));
        return last(heard);
      }).toBe(2);
    },
  );

  it('[N4] are heard again after all was deleted, and after the connection was cut', async () => {
    const { one, document, heard } = await pair();
    one.tell(document, early(1));
    await soon(() => last(heard)).toBe(1);
    await asked((client) => client.flushall());
    one.tell(document, early(2));
    await soon(() => last(heard)).toBe(2);
    await asked((client) => client.call('CLIENT', 'KILL', 'TYPE', 'NORMAL', 'SKIPME', 'YES'));
    await soon(() => heard.listening).toBe(2);
    await soon(() => {
      one.tell(document, early(3));
      return last(heard);
    }).toBe(3);
  });

  it('[N4] pass over what they cannot read', async () => {
    const { one, document, heard } = await pair();
    await asked(async (client) => {
      await client.xadd(`nexused:sync:doc:${document}`, '*', 'f', 'somebody', 'w', Buffer.from([9, 1, 2]));
      await client.xadd(`nexused:sync:doc:${document}`, '*', 'x', 'y');
    });
    one.tell(document, early(4));
    await soon(() => last(heard)).toBe(4);
  });
});
