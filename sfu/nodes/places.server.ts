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
  /** A node for what is no lesson's; null as above. */
  any(): string | null;
  close(): Promise<void>;
}

/** @param fallback where to send people while no node is heard of. */
export async function createPlaces(parts: { bus: Bus; log: Log; fallback: string | null }): Promise<Places> {
  const { bus, log, fallback } = parts;
  const heard = new HeardNodes();
  await heard.listen(bus);
  /** A class asks at once: one look answers all of them. */
  const looking = new Map<string, Promise<string | null>>();

  const urlOf = (node: NodeWord | null): string | null => (node === null ? fallback : node.url);

  async function look(lessonId: string, avoid: string | null): Promise<string | null> {
    const until = performance.now() + WAIT_MS;
    for (;;) {
      const holder = await bus.holder(leaseOf(lessonId));
      if (holder !== null) {
        const { url } = readHolder(holder);
        if (url === null || url !== avoid || performance.now() > until) return url;
      } else {
        const others = heard.fresh.filter(({ url }) => avoid === null || url !== avoid);
        const chosen = leastBusy(others) ?? leastBusy(heard.fresh);
        if (chosen === null) return fallback;
        const lease = await bus.lease(leaseOf(lessonId), holderOf(chosen), CHOSEN_MS);
        if (lease !== null) return chosen.url;
      }
      await sleep(LOOK_EVERY_MS);
    }
  }

  return {
    async of(lessonId, avoid) {
      const key = JSON.stringify([lessonId, avoid]);
      const asked = looking.get(key) ?? look(lessonId, avoid);
      looking.set(key, asked);
      try {
        return await asked;
      } catch (error) {
        // Redis is away: board and chat need the ticket all the same, and media are tried again.
        log.error({ err: error, lesson: lessonId }, 'Nobody can say which node has a lesson');
        return urlOf(leastBusy(heard.fresh));
      } finally {
        looking.delete(key);
      }
    },
    any: () => urlOf(leastBusy(heard.fresh)),
    close: () => heard.close(),
  };
}
