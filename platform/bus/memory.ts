import type { Bus } from './bus.ts';
import { RisingFence } from './fence.ts';

interface Lease {
  readonly holder: string;
  readonly fence: number;
  readonly expiresAt: number;
}

/** Something that was handed to a subscriber and went wrong there. */
export type OnError = (error: unknown, topic: string) => void;

/** The bus of one process. Messages go through JSON all the same, so that nothing works here that Redis cannot carry. */
export function createMemoryBus(onError: OnError = () => undefined): Bus {
  const topics = new Map<string, Set<(message: unknown) => void>>();
  const leases = new Map<string, Lease>();
  const fences = new RisingFence();

  return {
    kind: 'memory',

    async publish(topic, message) {
      const text = JSON.stringify(message);
      for (const onMessage of [...(topics.get(topic) ?? [])]) {
        // Never within the call of `publish`, as with Redis; and one subscriber's error is not another's.
        queueMicrotask(() => {
          try {
            onMessage(JSON.parse(text));
          } catch (error) {
            onError(error, topic);
          }
        });
      }
    },

    async subscribe(topic, onMessage) {
      // Wrapped, so that the same function subscribed twice is two subscriptions.
      const subscriber = (message: unknown): void => onMessage(message);
      const subscribers = topics.get(topic) ?? new Set();
      topics.set(topic, subscribers);
      subscribers.add(subscriber);
      return async () => {
        subscribers.delete(subscriber);
        if (subscribers.size === 0 && topics.get(topic) === subscribers) topics.delete(topic);
      };
    },

    async lease(name, holder, ttlMs) {
      const now = Date.now();
      const held = leases.get(name);
      const live = held !== undefined && held.expiresAt > now;
      if (live && held.holder !== holder) return null;
      const fence = live ? held.fence : fences.next(now);
      leases.set(name, { holder, fence, expiresAt: now + ttlMs });
      return { fence };
    },

    async release(name, holder) {
      if (leases.get(name)?.holder === holder) leases.delete(name);
    },

    async holder(name) {
      const held = leases.get(name);
      return held !== undefined && held.expiresAt > Date.now() ? held.holder : null;
    },

    async close() {
      topics.clear();
      leases.clear();
    },
  };
}
