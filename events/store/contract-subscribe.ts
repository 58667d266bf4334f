import { describe, expect, it } from 'vitest';
import type { OpenedStore } from './contract.ts';
import { appended, fresh, happened, idsOf, opened, several } from './contract-support.ts';
import { comparePositions, type EventStore, type Position, type RecordedEvent } from './event-store.ts';

export function subscribeContract(open: () => Promise<OpenedStore>): void {
  describe('subscribe', () => {
    const held = opened(open);
    const store = (): EventStore => held.get().store;

    it('gives what is there, says that it caught up, then what comes', async () => {
      const category = 'live';
      const old = several(3);
      await appended(store(), fresh(category), 'no-stream', old);
      const seen: RecordedEvent[] = [];
      const seenAtCaughtUp: number[] = [];
      const subscription = store().subscribe({
        after: 'start',
        filter: { categories: [category] },
        onEvents: async (events) => void seen.push(...events),
        onCaughtUp: () => seenAtCaughtUp.push(seen.length),
      });
      await expect.poll(() => seenAtCaughtUp, { timeout: 5_000 }).toEqual([3]);
      const other = await held.get().another();
      const later = several(2);
      await appended(other, fresh(category), 'no-stream', later);
      await expect.poll(() => idsOf(seen), { timeout: 5_000 }).toEqual(idsOf([...old, ...later]));
      await subscription.stop();
      await appended(store(), fresh(category), 'no-stream', several(1));
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(seen).toHaveLength(5);
    });

    it('starts after a position, and at the end', async () => {
      const category = 'from';
      const { position } = await appended(store(), fresh(category), 'no-stream', several(2));
      const known = several(2);
      await appended(store(), fresh(category), 'no-stream', known);
      const afterPosition: string[] = [];
      const afterEnd: string[] = [];
      let ready = false;
      const subscriptions = [
        store().subscribe({ after: position, onEvents: async (events) => void afterPosition.push(...idsOf(events)) }),
        store().subscribe({
          after: 'end',
          onEvents: async (events) => void afterEnd.push(...idsOf(events)),
          onCaughtUp: () => (ready = true),
        }),
      ];
      await expect.poll(() => ready).toBe(true);
      const fresher = several(1);
      await appended(store(), fresh(category), 'no-stream', fresher);
      await expect.poll(() => afterPosition, { timeout: 5_000 }).toEqual(idsOf([...known, ...fresher]));
      await expect.poll(() => afterEnd, { timeout: 5_000 }).toEqual(idsOf(fresher));
      await Promise.all(subscriptions.map((subscription) => subscription.stop()));
    });

    it('awaits one batch before the next, in batches of at most the size asked for', async () => {
      const category = 'batch';
      for (let n = 0; n < 5; n += 1) await appended(store(), fresh(category), 'no-stream', several(5));
      const sizes: number[] = [];
      let running = 0;
      let most = 0;
      let caughtUp = false;
      const subscription = store().subscribe({
        after: 'start',
        filter: { categories: [category] },
        batchSize: 10,
        onEvents: async (events) => {
          running += 1;
          most = Math.max(most, running);
          sizes.push(events.length);
          await new Promise((resolve) => setTimeout(resolve, 5));
          running -= 1;
        },
        onCaughtUp: () => (caughtUp = true),
      });
      await expect.poll(() => caughtUp, { timeout: 5_000 }).toBe(true);
      await subscription.stop();
      expect(sizes).toEqual([10, 10, 5]);
      expect(most).toBe(1);
    });

    it('brings the same batch again after a back-off when the handler throws', async () => {
      const category = 'again';
      const events = several(4);
      await appended(store(), fresh(category), 'no-stream', events);
      const batches: string[][] = [];
      const subscription = store().subscribe({
        after: 'start',
        filter: { categories: [category] },
        batchSize: 2,
        onEvents: async (batch) => {
          batches.push(idsOf(batch));
          if (batches.length <= 2) throw new Error('on purpose');
        },
      });
      await expect.poll(() => batches.length, { timeout: 5_000 }).toBe(4);
      await subscription.stop();
      const [one, two] = [idsOf(events.slice(0, 2)), idsOf(events.slice(2))];
      expect(batches).toEqual([one, one, one, two]);
    });

    it('loses nothing when a subscriber is killed anywhere and resumes from its checkpoint', async () => {
      const category = 'kill';
      const events = several(40);
      for (const event of events) await appended(store(), fresh(category), 'no-stream', [event]);
      // The rows and the checkpoint that a projection would commit together.
      let committed: { checkpoint: Position | 'start'; ids: string[] } = { checkpoint: 'start', ids: [] };
      for (let life = 0; committed.ids.length < events.length && life < 60; life += 1) {
        let dead = false;
        let calls = 0;
        await new Promise<void>((died) => {
          const subscription = store().subscribe({
            after: committed.checkpoint,
            filter: { categories: [category] },
            batchSize: 3,
            onEvents: async (batch) => {
              calls += 1;
              if (dead || calls > 1 + (life % 2)) {
                // Killed after it received the batch and before it could commit.
                dead = true;
                void subscription.stop().then(died);
                throw new Error('killed');
              }
              committed = { checkpoint: batch.at(-1)?.position ?? 'start', ids: [...committed.ids, ...idsOf(batch)] };
            },
            onCaughtUp: () => void subscription.stop().then(died),
          });
        });
      }
      expect(committed.ids).toEqual(idsOf(events));
    });

    it('shows a tailing subscriber every committed event once and in order, under 8 writers with conflicts and rolled-back appends (M12)', async () => {
      const category = 'race';
      const streams = [fresh(category), fresh(category), fresh(category)];
      const before = await store().head();
      const seen: RecordedEvent[] = [];
      const other = await held.get().another();
      const subscription = other.subscribe({
        after: before ?? 'start',
        filter: { categories: [category] },
        batchSize: 7,
        onEvents: async (events) => void seen.push(...events),
      });
      const committed: string[] = [];
      let conflicts = 0;
      const write = async (writer: number): Promise<void> => {
        const mine = writer % 2 ? store() : other;
        for (let n = 0; n < 25; n += 1) {
          const stream = streams[(writer + n) % 3] ?? streams[0] ?? '';
          if (n % 10 === 9) await held.get().rollBackAppend(stream, several(2));
          const [last] = await mine.read(stream, { direction: 'backwards', limit: 1 });
          const events = several(1 + (n % 3));
          const result = await mine.append(stream, last?.revision ?? 'no-stream', events);
          if (result.kind === 'appended') committed.push(...idsOf(events));
          else conflicts += 1;
        }
      };
      await Promise.all(Array.from({ length: 8 }, (_, writer) => write(writer)));
      await expect.poll(() => seen.length, { timeout: 10_000 }).toBe(committed.length);
      await subscription.stop();
      const positions = seen.map((event) => event.position);
      expect(positions).toEqual([...positions].sort(comparePositions));
      expect(new Set(idsOf(seen))).toEqual(new Set(committed));
      expect(idsOf(seen)).toEqual(idsOf(await store().readAll({ filter: { categories: [category] } })));
      if (store() !== other) expect(conflicts).toBeGreaterThan(0);
    });

    it('ends its subscriptions when the store closes', async () => {
      const mine = await open();
      let calls = 0;
      mine.store.subscribe({ after: 'start', onEvents: async () => void (calls += 1) });
      await appended(mine.store, fresh(), 'no-stream', [happened()]);
      await expect.poll(() => calls).toBe(1);
      await mine.close();
      expect(calls).toBe(1);
    });
  });
}
