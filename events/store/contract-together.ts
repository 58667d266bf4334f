import { describe, expect, it } from 'vitest';
import { verifyChain } from './chain.ts';
import type { OpenedStore } from './contract.ts';
import { appended, fresh, happened, idsOf, opened, several } from './contract-support.ts';
import { comparePositions, type AppendResult, type EventStore, type NewEvent } from './event-store.ts';

/** Many appends at once: they may share a way to the disk, but nobody can tell from the answers. */
export function togetherContract(open: () => Promise<OpenedStore>): void {
  describe('appends at the same time', () => {
    const held = opened(open);
    const store = (): EventStore => held.get().store;

    it('keeps appends to one stream in the order in which they were asked for', async () => {
      const stream = fresh();
      const asked = Array.from({ length: 20 }, (_, n) => several(1 + (n % 3)));
      let next = 0;
      const results = await Promise.all(
        asked.map((events) => {
          const expected = next === 0 ? 'no-stream' : next - 1;
          next += events.length;
          return store().append(stream, expected, events);
        }),
      );
      expect(results.map((result) => result.kind)).toEqual(asked.map(() => 'appended'));
      expect(idsOf(await store().read(stream))).toEqual(asked.flatMap(idsOf));
    });

    it('fails only the appends that are wrong, among others to the same and to other streams', async () => {
      const [stream, other, old] = [fresh(), fresh(), fresh()];
      const [first, repeated] = [several(2), several(3)];
      await appended(store(), old, 'no-stream', repeated);
      const [a, b, c, d, e] = [several(1), several(2), several(1), several(1), several(2)];
      const asked: [string, Parameters<EventStore['append']>[1], readonly NewEvent[]][] = [
        [stream, 'no-stream', first],
        [stream, 'no-stream', a], // too late
        [other, 4, a], // too early
        [stream, 1, b],
        [stream, 'no-stream', first], // a repetition of what is not written yet
        [old, 'no-stream', repeated], // a repetition
        [stream, 3, []], // a question
        [stream, 'any', c],
        [stream, 'any', b], // known
        [other, 'stream-exists', d], // there is none
        [other, 'any', e],
        [other, 'stream-exists', d],
      ];
      const results = await Promise.all(
        asked.map(([name, expected, events]) => store().append(name, expected, events)),
      );
      const shape = (result: AppendResult): unknown[] =>
        result.kind === 'appended' ? [result.revision, result.duplicate] : [result.kind, result.actual];
      expect(results.map(shape)).toEqual([
        [1, false],
        ['wrong-expected-revision', 1],
        ['wrong-expected-revision', 'no-stream'],
        [3, false],
        [1, true],
        [2, true],
        [3, false],
        [4, false],
        [3, true],
        ['wrong-expected-revision', 'no-stream'],
        [1, false],
        [2, false],
      ]);
      expect(idsOf(await store().read(stream))).toEqual(idsOf([...first, ...b, ...c]));
      expect(idsOf(await store().read(other))).toEqual(idsOf([...e, ...d]));
    });

    it('answers each with its own position, and tells what it added where it says so', async () => {
      const asked = Array.from({ length: 30 }, (_, n) => ({ stream: fresh(), events: several(1 + (n % 4)) }));
      const results = await Promise.all(asked.map(({ stream, events }) => appended(store(), stream, 'any', events)));
      for (const [index, { stream }] of asked.entries()) {
        const read = await store().read(stream);
        const result = results[index];
        expect(read.at(-1)?.position).toBe(result?.position);
        if (result?.placed === undefined) continue;
        const placed = read.map(({ position, recordedAt, chain }) => ({ position, recordedAt, chain }));
        expect(result.placed).toEqual(placed);
      }
    });

    it('shows what it acknowledged to every reader at once', async () => {
      const other = await held.get().another();
      await Promise.all(
        Array.from({ length: 24 }, async () => {
          const stream = fresh();
          const events = several(2);
          const { position } = await appended(store(), stream, 'no-stream', events);
          expect(idsOf(await other.read(stream))).toEqual(idsOf(events));
          const head = await other.head();
          expect(head === null ? -1 : comparePositions(head, position)).toBeGreaterThanOrEqual(0);
        }),
      );
    });

    it('keeps the chain whole, and large appends beside small ones', async () => {
      const text = 'x'.repeat(60_000);
      const large = Array.from({ length: 6 }, () => Array.from({ length: 15 }, () => happened('Large', { text })));
      const small = Array.from({ length: 40 }, () => several(1));
      const streams = [...large, ...small].map((events) => ({ stream: fresh(), events }));
      await Promise.all(streams.map(({ stream, events }) => appended(store(), stream, 'no-stream', events)));
      for (const { stream, events } of streams) expect(idsOf(await store().read(stream))).toEqual(idsOf(events));
      expect(await verifyChain(held.get().store)).toMatchObject({ kind: 'whole' });
    });
  });
}
