/** Boards while nodes die and Redis fails: two node processes, one PostgreSQL, one Redis, stock clients. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openClient, sameReplica, strokesOf, until, visibleIn, type BoardClient } from './board-client.ts';
import { freezeRedis } from './board-freeze.ts';
import { startCluster, type Cluster } from './board-cluster.ts';

let cluster: Cluster;
const clients: BoardClient[] = [];
beforeAll(async () => {
  cluster = await startCluster(2);
});
afterEach(() => {
  for (const client of clients.splice(0)) client.end();
});
afterAll(() => cluster.stop());

const join = async (url: string, name: string, count: number): Promise<BoardClient[]> => {
  const joined = Array.from({ length: count }, (_, i) => openClient(url, name, `${clients.length + i}`));
  clients.push(...joined);
  await until(() => joined.every(({ provider }) => provider.synced), 'all to be in');
  return joined;
};
const nodeAt = (i: number) => {
  const node = cluster.nodes[i];
  if (!node) throw new Error(`node ${i}`);
  return node;
};
/** Draws with everyone, a stroke each in so many ms, until told to stop. */
function storm(drawers: readonly BoardClient[], everyMs: number): { stop(): Promise<void> } {
  let going = true;
  const running = Promise.all(
    drawers.map(async (drawer, i) => {
      await sleep((i * everyMs) / drawers.length);
      while (going) {
        drawer.draw();
        await sleep(everyMs);
      }
    }),
  );
  return {
    async stop() {
      going = false;
      await running;
    },
  };
}
/** Everything acknowledged is in every replica, a fresh one included, and all are equal. */
async function expectWhole(name: string, drawers: readonly BoardClient[]): Promise<void> {
  await until(() => drawers.every((one) => one.acknowledged().length === one.drawn.length), 'every stroke to be safe');
  const [first, ...others] = drawers;
  if (!first) throw new Error('somebody');
  await until(() => others.every((other) => sameReplica(first.doc, other.doc)), 'the replicas to be equal');
  const fresh = await Promise.all(cluster.nodes.map(({ url }) => join(url, name, 1)));
  for (const [newcomer] of fresh) {
    if (!newcomer) throw new Error('a newcomer');
    await until(() => sameReplica(first.doc, newcomer.doc), 'a newcomer to see the same');
    const found = strokesOf(newcomer.doc);
    expect(drawers.flatMap((drawer) => drawer.drawn).filter((key) => !found.has(key))).toEqual([]);
  }
}
const quiet = (): string =>
  cluster.nodes
    .map((node) => node.output())
    .join('')
    .split('\n')
    .filter((line) => line.startsWith('error'))
    .join('\n');

describe('a board on two nodes', () => {
  it('[N5] goes on at the other node when one is killed, and lacks nothing that was acknowledged', async () => {
    const name = `board:${randomUUID()}`;
    const drawers = await join(cluster.url, name, 12);
    const drawing = storm(drawers, 100);
    await sleep(1_000);
    const safe = drawers.map((drawer) => drawer.acknowledged().length);
    expect(Math.min(...safe)).toBeGreaterThan(0);
    const killed = Date.now();
    await nodeAt(0).kill();
    const lost = drawers.filter(({ provider }) => !provider.synced);
    await until(
      () => drawers.filter(({ provider }) => !provider.synced).length > 0 || lost.length > 0,
      'sockets to end',
    );
    await until(() => drawers.every(({ provider }) => provider.synced), 'all to be back');
    const resumed = Math.max(...drawers.map((drawer) => drawer.syncedAt())) - killed;
    expect(resumed).toBeLessThan(10_000);
    await sleep(500);
    await drawing.stop();
    await nodeAt(0).start();
    await expectWhole(name, drawers);
  });

  it('[N4] goes on while Redis is frozen, on each node at once and across them by the database', async () => {
    const report = await freezeRedis(cluster, 6);
    expect(report.problems).toEqual([]);
    expect(report.strokes).toBeGreaterThan(300);
    expect(report.sameNodeMs.p50).toBeLessThan(500);
    expect(report.otherNodeMs.max).toBeLessThan(10_000);
  });

  it.each([
    ['emptied', async () => void (await flush())],
    ['restarted', async () => cluster.redis.restart('SIGTERM')],
    ['killed', async () => cluster.redis.restart('SIGKILL')],
  ] as [string, () => Promise<void>][])(
    '[N4] loses nothing when Redis is %s, and draws on',
    async (_what, fault: () => Promise<void>) => {
      const name = `board:${randomUUID()}`;
      const drawers = [...(await join(nodeAt(0).url, name, 3)), ...(await join(nodeAt(1).url, name, 3))];
      const drawing = storm(drawers, 60);
      for (let round = 0; round < 3; round += 1) {
        await sleep(400);
        const before = drawers.map((drawer) => drawer.acknowledged().length);
        await fault();
        await until(
          () => drawers.every((drawer, i) => drawer.acknowledged().length > (before[i] ?? 0) + 2),
          'acknowledgements to go on',
          3_000,
        );
      }
      await drawing.stop();
      await expectWhole(name, drawers);
      const [first] = drawers;
      expect(first && visibleIn(first.doc).length).toBe(drawers.flatMap(({ drawn }) => drawn).length);
      expect(quiet()).toBe('');
    },
  );
});

async function flush(): Promise<void> {
  const { Redis } = await import('ioredis');
  const client = new Redis(cluster.redis.url);
  await client.flushall();
  client.disconnect();
}
