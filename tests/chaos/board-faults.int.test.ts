/** Boards while nodes die and Redis fails: two node processes, one PostgreSQL, one Redis, stock clients. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { boardClass, storm, type BoardClass } from './board-class.ts';
import { until, visibleIn } from './board-client.ts';
import { startCluster, type Cluster } from './board-cluster.ts';
import { freezeRedis } from './board-freeze.ts';

let cluster: Cluster;
let board: BoardClass;
beforeAll(async () => {
  cluster = await startCluster(2);
  board = boardClass(cluster);
});
afterEach(() => board.leave());
afterAll(() => cluster.stop());

const nodeAt = (i: number) => board.nodeAt(i);
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
    const drawers = await board.join(cluster.url, name, 12);
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
    await board.expectWhole(name, drawers);
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
      const drawers = [...(await board.join(nodeAt(0).url, name, 3)), ...(await board.join(nodeAt(1).url, name, 3))];
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
      await board.expectWhole(name, drawers);
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
