import { describe, expect, it } from 'vitest';
import type { OpenedStore } from './contract.ts';
import { appended, fresh, idsOf, opened, several } from './contract-support.ts';
import type { EventStore } from './event-store.ts';

export function groupContract(open: () => Promise<OpenedStore>): void {
  describe('group', () => {
    const held = opened(open);
    const store = (): EventStore => held.get().store;

    it('gives each event to one of the competing consumers', async () => {
      const filter = { categories: ['mail'] };
      const other = await held.get().another();
      const handled: string[][] = [[], []];
      const consumers = [store(), other].map((one, index) =>
        one.group('mail', { filter }).consume(
          async (event) => {
            handled[index]?.push(event.id);
            await new Promise((resolve) => setTimeout(resolve, 2));
            return 'ack';
          },
          { concurrency: 2 },
        ),
      );
      const events = several(30);
      for (const event of events) await appended(store(), fresh('mail'), 'no-stream', [event]);
      await appended(store(), fresh('elsewhere'), 'no-stream', several(1));
      await expect.poll(() => handled.flat().length, { timeout: 10_000 }).toBe(30);
      await Promise.all(consumers.map((consumer) => consumer.stop()));
      expect(handled.flat().sort()).toEqual(idsOf(events).sort());
      expect(Math.min(...handled.map((ids) => ids.length))).toBeGreaterThan(0);
    });

    it('delivers again on retry and on a throw, then parks, and delivers afresh on replay', async () => {
      const [stubborn] = several(1);
      if (stubborn === undefined) throw new Error('no event');
      await appended(store(), fresh('stubborn'), 'no-stream', [stubborn]);
      const group = store().group('stubborn', {
        filter: { categories: ['stubborn'] },
        maxRetries: 2,
        retryDelayMs: 5,
      });
      const attempts: number[] = [];
      let heal = false;
      const consumer = group.consume(async (_event, attempt) => {
        attempts.push(attempt);
        if (heal) return 'ack';
        if (attempt === 2) throw new Error('on purpose');
        return 'retry';
      });
      await expect.poll(async () => (await group.parked()).length, { timeout: 5_000 }).toBe(1);
      expect(attempts).toEqual([1, 2, 3]);
      expect(await group.parked()).toMatchObject([
        { event: { id: stubborn.id }, deliveries: 3, reason: 'retries-exhausted' },
      ]);
      heal = true;
      expect(await group.replayParked()).toBe(1);
      await expect.poll(() => attempts, { timeout: 5_000 }).toEqual([1, 2, 3, 1]);
      await consumer.stop();
      expect(await group.parked()).toEqual([]);
      expect(await group.replayParked()).toBe(0);
    });

    it('parks at once when told to, and goes on with the others', async () => {
      const events = several(3);
      await appended(store(), fresh('poison'), 'no-stream', events);
      const group = store().group('poison', { filter: { categories: ['poison'] } });
      const acked: string[] = [];
      const consumer = group.consume(async (event) => {
        if (event.revision === 1) return 'park';
        acked.push(event.id);
        return 'ack';
      });
      await expect.poll(() => acked.length, { timeout: 5_000 }).toBe(2);
      await expect.poll(async () => (await group.parked()).length).toBe(1);
      await consumer.stop();
      expect(await group.parked()).toMatchObject([{ event: { id: events[1]?.id }, deliveries: 1, reason: 'parked' }]);
    });

    it('gives to someone else what a hung handler did not answer in time, and ignores the late answer', async () => {
      await appended(store(), fresh('hung'), 'no-stream', several(1));
      const options = { filter: { categories: ['hung'] }, timeoutMs: 60, retryDelayMs: 5 };
      const attempts: number[] = [];
      let release: () => void = () => undefined;
      const hung = new Promise<void>((resolve) => (release = resolve));
      const consumer = store()
        .group('hung', options)
        .consume(async (_event, attempt) => {
          attempts.push(attempt);
          if (attempt === 1) await hung;
          return 'ack';
        });
      await expect.poll(() => attempts, { timeout: 5_000 }).toEqual([1, 2]);
      release();
      await consumer.stop();
      expect(await store().group('hung', options).parked()).toEqual([]);
    });

    it('remembers what was answered: a later consumer of the same name gets the rest only', async () => {
      const events = several(4);
      await appended(store(), fresh('rest'), 'no-stream', events);
      const options = { filter: { categories: ['rest'] }, retryDelayMs: 5 };
      const first: string[] = [];
      const consumer = store()
        .group('rest', options)
        .consume(async (event) => {
          if (first.length === 2) return 'retry';
          first.push(event.id);
          return 'ack';
        });
      await expect.poll(() => first.length, { timeout: 5_000 }).toBe(2);
      await consumer.stop();
      const other = await held.get().another();
      const second: string[] = [];
      const resumed = other.group('rest', options).consume(async (event) => {
        second.push(event.id);
        return 'ack';
      });
      await expect.poll(() => second.length, { timeout: 5_000 }).toBe(2);
      await resumed.stop();
      expect([...first, ...second].sort()).toEqual(idsOf(events).sort());
    });

    it('begins at the end when asked to', async () => {
      const category = 'tail';
      await appended(store(), fresh(category), 'no-stream', several(2));
      const handled: string[] = [];
      const group = store().group('tail', { filter: { categories: [category] }, from: 'end' });
      const consumer = group.consume(async (event) => {
        handled.push(event.id);
        return 'ack';
      });
      await new Promise((resolve) => setTimeout(resolve, 300));
      const later = several(2);
      await appended(store(), fresh(category), 'no-stream', later);
      await expect.poll(() => handled.length, { timeout: 5_000 }).toBe(2);
      await consumer.stop();
      expect(handled).toEqual(idsOf(later));
    });
  });
}
