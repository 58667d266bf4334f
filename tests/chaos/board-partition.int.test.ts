/** Boards over networks that swallow what they are given: between a node and Redis, and between a client and its node. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { endSilence } from '../../app/lib/classroom/silence.ts';
import { startTcpProxy, type TcpProxy } from '../proxies/tcp.ts';
import { boardClass, storm, type BoardClass } from './board-class.ts';
import { until } from './board-client.ts';
import { startCluster, type Cluster, type Node } from './board-cluster.ts';

let cluster: Cluster;
let board: BoardClass;
const ends: (() => Promise<void> | void)[] = [];
beforeAll(async () => {
  cluster = await startCluster(2, {}, { faulty: true });
  board = boardClass(cluster);
});
afterEach(async () => {
  board.leave();
  for (const end of ends.splice(0)) await end();
});
afterAll(() => cluster.stop());

const redisWayOf = (node: Node): TcpProxy => {
  if (node.redisWay === null) throw new Error('The cluster was started without faults');
  return node.redisWay;
};

describe('a node that is cut off from Redis', () => {
  it.each([['in both ways', undefined] as const, ['so that it is not answered', 'to-client'] as const])(
    '[N7] %s draws on, and there is one board afterwards',
    async (_what, way) => {
      const name = `board:${randomUUID()}`;
      const drawers = [
        ...(await board.join(board.nodeAt(0).url, name, 3)),
        ...(await board.join(board.nodeAt(1).url, name, 3)),
      ];
      const drawing = storm(drawers, 80);
      await sleep(500);
      redisWayOf(board.nodeAt(0)).stall(way);
      const before = drawers.map((drawer) => drawer.acknowledged().length);
      await sleep(4_000);
      // Nobody waits for the other side: what is drawn here is safe here.
      await until(
        () => drawers.every((drawer, i) => drawer.acknowledged().length > (before[i] ?? 0) + 5),
        'acknowledgements on both sides',
      );
      redisWayOf(board.nodeAt(0)).mend();
      await sleep(500);
      await drawing.stop();
      await board.expectWhole(name, drawers);
    },
  );
});

describe('a client that is half cut off from its node', () => {
  const through = async (): Promise<{ proxy: TcpProxy; url: string }> => {
    const proxy = await startTcpProxy({ host: '127.0.0.1', port: board.nodeAt(0).port });
    ends.push(() => proxy.close());
    return { proxy, url: `ws://127.0.0.1:${proxy.port}/sync` };
  };

  it('[N8] hears nothing any more: it notices within 10 s, comes back another way, and what it drew meanwhile is there', async () => {
    const name = `board:${randomUUID()}`;
    const { proxy, url } = await through();
    const [cut] = await board.join(url, name, 1);
    const [other] = await board.join(board.nodeAt(1).url, name, 1);
    if (!cut || !other) throw new Error('two of them');
    ends.push(endSilence(cut.provider));
    cut.draw();
    other.draw();
    await until(() => cut.acknowledged().length === 1 && other.acknowledged().length === 1, 'both to be safe');
    const stalled = Date.now();
    proxy.stallOpen('to-client');
    cut.draw();
    other.draw();
    await until(() => cut.syncedAt() > stalled, 'it to come back', 60_000);
    // Twice the promise: this machine may be at work on other things.
    expect(cut.syncedAt() - stalled).toBeLessThan(20_000);
    expect(cut.syncedAt() - stalled).toBeGreaterThan(5_000);
    await board.expectWhole(name, [cut, other]);
  });

  it('[N8] is not heard any more: the node lets it go, and it comes back another way with what it drew meanwhile', async () => {
    const name = `board:${randomUUID()}`;
    const { proxy, url } = await through();
    const [cut] = await board.join(url, name, 1);
    const [other] = await board.join(board.nodeAt(1).url, name, 1);
    if (!cut || !other) throw new Error('two of them');
    const stalled = Date.now();
    proxy.stallOpen('to-server');
    cut.draw();
    await until(() => cut.syncedAt() > stalled, 'it to come back', 60_000);
    expect(cut.syncedAt() - stalled).toBeLessThan(25_000);
    await board.expectWhole(name, [cut, other]);
  });

  it('[N8] finds no way at first: a connection that does not open is given up', async () => {
    const name = `board:${randomUUID()}`;
    const { proxy, url } = await through();
    const [cut] = await board.join(url, name, 1);
    if (!cut) throw new Error('somebody');
    ends.push(endSilence(cut.provider, 900));
    const stalled = Date.now();
    proxy.stall();
    cut.draw();
    // The first connection is given up, and so are those that never open.
    await sleep(4_000);
    expect(cut.provider.wsconnected).toBe(false);
    proxy.mend();
    await until(() => cut.syncedAt() > stalled, 'it to come back', 30_000);
    await board.expectWhole(name, [cut]);
  });

  it('[N8] stays where it is quiet: nobody is sent away because nobody draws', async () => {
    const name = `board:${randomUUID()}`;
    const [still] = await board.join(board.nodeAt(0).url, name, 1);
    if (!still) throw new Error('somebody');
    const since = still.syncedAt();
    ends.push(endSilence(still.provider));
    await sleep(14_000);
    expect(still.provider.wsconnected).toBe(true);
    expect(still.syncedAt()).toBe(since);
  });
});
