/** What both adapters of the bus must do. Registered in bus.int.test.ts. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bus } from './bus.ts';

export interface OpenedBus {
  readonly bus: Bus;
  /** A second process on the same bus; in memory the same one. */
  readonly other: Bus;
  readonly errors: readonly unknown[];
}

export function busContract(name: string, open: () => Promise<OpenedBus>): void {
  describe(`bus contract: ${name}`, () => {
    let bus: Bus;
    let other: Bus;
    let errors: readonly unknown[];
    beforeAll(async () => {
      ({ bus, other, errors } = await open());
    });
    afterAll(async () => {
      await bus.close();
      await other.close();
    });

    it('brings a message to every subscriber of its topic, this process included, and in order', async () => {
      const topic = randomUUID();
      const heard: unknown[][] = [[], [], []];
      await bus.subscribe(topic, (message) => heard[0]?.push(message));
      await bus.subscribe(topic, (message) => heard[1]?.push(message));
      await other.subscribe(topic, (message) => heard[2]?.push(message));
      await other.subscribe(`${topic}-other`, () => expect.unreachable());
      for (let n = 0; n < 20; n += 1) await bus.publish(topic, { n, text: 'नमस्ते' });
      const all = Array.from({ length: 20 }, (_, n) => ({ n, text: 'नमस्ते' }));
      await expect.poll(() => heard).toEqual([all, all, all]);
    });

    it('hands out copies, after publish was called', async () => {
      const topic = randomUUID();
      const heard: unknown[] = [];
      await bus.subscribe(topic, (message) => heard.push(message));
      const message = { list: [1], gone: undefined };
      const published = bus.publish(topic, message);
      expect(heard).toEqual([]);
      message.list.push(2);
      await published;
      await expect.poll(() => heard).toStrictEqual([{ list: [1] }]);
    });

    it('stops one subscription and leaves the others', async () => {
      const topic = randomUUID();
      const heard: string[] = [];
      const same = (): number => heard.push('same');
      const stop = await bus.subscribe(topic, same);
      await bus.subscribe(topic, same);
      await bus.subscribe(topic, () => heard.push('last'));
      await stop();
      await stop();
      await bus.publish(topic, 1);
      await expect.poll(() => heard).toEqual(['same', 'last']);
    });

    it('reports a subscriber that throws, and still serves the next', async () => {
      const topic = randomUUID();
      const heard: unknown[] = [];
      await bus.subscribe(topic, () => {
        throw new Error('on purpose');
      });
      await bus.subscribe(topic, (message) => heard.push(message));
      await bus.publish(topic, 'x');
      await expect.poll(() => heard).toEqual(['x']);
      expect(errors).toEqual([expect.objectContaining({ message: 'on purpose' })]);
    });

    it('gives a lease to one holder at a time, and renews it under the same fence', async () => {
      const name = randomUUID();
      const first = await bus.lease(name, 'a', 5_000);
      expect(first).toEqual({ fence: expect.any(Number) });
      expect(Number.isSafeInteger(first?.fence)).toBe(true);
      expect(await other.lease(name, 'b', 5_000)).toBeNull();
      expect(await bus.lease(name, 'a', 5_000)).toEqual(first);
      expect(await other.lease(`${name}2`, 'b', 5_000)).not.toBeNull();
    });

    it('raises the fence each time a lease changes hands', async () => {
      const name = randomUUID();
      const fences: number[] = [];
      for (const holder of ['a', 'b', 'a', 'c']) {
        const lease = await bus.lease(name, holder, 5_000);
        fences.push(lease?.fence ?? Number.NaN);
        await other.release(name, holder);
      }
      expect(fences).toEqual([...new Set(fences)].sort((x, y) => x - y));
    });

    it('lets a lease lapse, and counts the same holder coming back later as a new hand', async () => {
      const name = randomUUID();
      const first = await bus.lease(name, 'a', 30);
      await expect.poll(() => other.lease(name, 'b', 30)).not.toBeNull();
      await expect.poll(() => bus.lease(name, 'a', 5_000)).not.toBeNull();
      const again = await bus.lease(name, 'a', 5_000);
      expect(again?.fence).toBeGreaterThan((first?.fence ?? 0) + 1);
    });

    it('keeps a lease that is renewed in time for longer than its life', async () => {
      const name = randomUUID();
      const first = await bus.lease(name, 'a', 150);
      for (let n = 0; n < 5; n += 1) {
        await new Promise((resolve) => setTimeout(resolve, 60));
        expect(await bus.lease(name, 'a', 150)).toEqual(first);
        expect(await other.lease(name, 'b', 150)).toBeNull();
      }
    });

    it('says who has a lease, until it is let go or runs out', async () => {
      const name = randomUUID();
      expect(await bus.holder(name)).toBeNull();
      await bus.lease(name, 'a', 5_000);
      expect(await other.holder(name)).toBe('a');
      await bus.release(name, 'a');
      expect(await other.holder(name)).toBeNull();
      await bus.lease(name, 'b', 30);
      await expect.poll(() => other.holder(name)).toBeNull();
    });

    it('ignores a release by who does not hold the lease', async () => {
      const name = randomUUID();
      await bus.lease(name, 'a', 5_000);
      await other.release(name, 'b');
      expect(await other.lease(name, 'b', 5_000)).toBeNull();
    });

    it('lets one of many win that ask at once', async () => {
      const name = randomUUID();
      const asked = await Promise.all(
        Array.from({ length: 20 }, (_, n) => (n % 2 ? bus : other).lease(name, `holder-${n}`, 5_000)),
      );
      expect(asked.filter((lease) => lease !== null)).toHaveLength(1);
    });
  });
}
