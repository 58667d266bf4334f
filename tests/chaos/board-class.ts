/** Drawers of a test on the nodes of a cluster, and what must hold of them in the end. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { openClient, sameReplica, strokesOf, until, type BoardClient } from './board-client.ts';
import type { Cluster, Node } from './board-cluster.ts';

export interface BoardClass {
  nodeAt(i: number): Node;
  /** So many more, who are in when this resolves. */
  join(url: string, name: string, count: number): Promise<BoardClient[]>;
  /** Everything acknowledged is in every replica, a fresh one on each node included, and all are equal. */
  expectWhole(name: string, drawers: readonly BoardClient[]): Promise<void>;
  leave(): void;
}

export function boardClass(cluster: Cluster): BoardClass {
  const clients: BoardClient[] = [];
  const join = async (url: string, name: string, count: number): Promise<BoardClient[]> => {
    const joined = Array.from({ length: count }, (_, i) => openClient(url, name, `${clients.length + i}`));
    clients.push(...joined);
    await until(() => joined.every(({ provider }) => provider.synced), 'all to be in');
    return joined;
  };
  return {
    join,
    nodeAt(i) {
      const node = cluster.nodes[i];
      if (!node) throw new Error(`node ${i}`);
      return node;
    },
    async expectWhole(name, drawers) {
      await until(
        () => drawers.every((one) => one.acknowledged().length === one.drawn.length),
        'every stroke to be safe',
      );
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
    },
    leave() {
      for (const client of clients.splice(0)) client.end();
    },
  };
}

/** Draws with everyone, a stroke each in so many ms, until told to stop. */
export function storm(drawers: readonly BoardClient[], everyMs: number): { stop(): Promise<void> } {
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
