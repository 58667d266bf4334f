/** Which node a person is sent to: the one that has their lesson, else the least busy one, which has it from then on. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus } from '#platform/bus/bus.ts';
import type { Log } from '../log.ts';
import { HeardNodes, leastBusy, type NodeWord } from './heard.ts';
import { holderOf, LEASE_MS, leaseOf, readHolder } from './homes.server.ts';

/** A node that was chosen for a lesson is kept for it so long until somebody comes, wall ms. */
const CHOSEN_MS = 3_000;
/** Whoever found a node dead waits at most so long for its lease to run out, wall ms. */
const WAIT_MS = LEASE_MS + 1_000;
const LOOK_EVERY_MS = 100;

export interface Places {
  /**
   * @param avoid an address that did not answer the one who asks.
   * @returns where browsers reach the node; null: wherever they reached the page.
   */
  of(lessonId: string, avoid: string | null): Promise<string | null>;
  /** Where it is, for somebody who is there already: no node is chosen, and nobody is waited for. */
  now(lessonId: string): Promise<string | null>;
  /** A node for what is no lesson's; null as above. */
  any(): string | null;
  close(): Promise<void>;
}

/** So many lessons are remembered for when nobody can say where they are. */
const MOST_REMEMBERED = 5_000;

/** @param fallback where to send people while no node is heard of. */
export async function createPlaces(parts: { bus: Bus; log: Log; fallback: string | null }): Promise<Places> {
  const { bus, log, fallback } = parts;
  const heard = new HeardNodes();
  await heard.listen(bus);
  /** A class asks at once: one look answers all of them. */
  const looking = new Map<string, Promise<string | null>>();
  /** Lesson → where it was last; those that were asked for longest ago stand first. */
  const remembered = new Map<string, string | null>();
  const urlOf = (node: NodeWord | null): string | null => (node === null ? fallback : node.url);
  /** While Redis is away nobody is heard, and those who were are there still. */
  const anyNode = (): string | null => urlOf(leastBusy(heard.fresh) ?? leastBusy(heard.known));

  function remember(lessonId: string, url: string | null): string | null {
    remembered.delete(lessonId);
    remembered.set(lessonId, url);
    const [oldest] = remembered.keys();
    if (remembered.size > MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
    return url;
  }

  async function look(lessonId: string, avoid: string | null): Promise<string | null> {
    const asked = performance.now();
    for (;;) {
      const holder = await bus.holder(leaseOf(lessonId));
      if (holder !== null) {
        const { node, url } = readHolder(holder);
        // Whoever was heard after the question lives: the way to it is what is wrong, or was.
        const lives = heard.wasHeard(node, asked) || performance.now() > asked + WAIT_MS;
        if (url === null || url !== avoid || lives) return url;
      } else {
        const others = heard.fresh.filter(({ url }) => avoid === null || url !== avoid);
        const chosen = heard.choose(others) ?? heard.choose(heard.fresh);
        if (chosen === null) return anyNode();
        const lease = await bus.lease(leaseOf(lessonId), holderOf(chosen), CHOSEN_MS);
        if (lease !== null) return chosen.url;
      }
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** Redis is away: board and chat need the ticket all the same, and media are where they were. */
  function unknown(lessonId: string, error: unknown): string | null {
    log.error({ err: error, lesson: lessonId }, 'Nobody can say which node has a lesson');
    return remembered.has(lessonId) ? (remembered.get(lessonId) ?? null) : anyNode();
  }

  return {
    async of(lessonId, avoid) {
      const key = JSON.stringify([lessonId, avoid]);
      const asked = looking.get(key) ?? look(lessonId, avoid);
      looking.set(key, asked);
      try {
        return remember(lessonId, await asked);
      } catch (error) {
        return unknown(lessonId, error);
      } finally {
        looking.delete(key);
      }
    },
    async now(lessonId) {
      try {
        const holder = await bus.holder(leaseOf(lessonId));
        return holder === null ? anyNode() : remember(lessonId, readHolder(holder).url);
      } catch (error) {
        return unknown(lessonId, error);
      }
    },
    any: anyNode,
    close: () => heard.close(),
  };
}
