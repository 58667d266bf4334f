import { describe, expect, it } from 'vitest';
import type { OpenedStore } from './contract.ts';
import { META, appended, fresh, happened, idsOf, opened, several } from './contract-support.ts';
import { comparePositions, type EventStore } from './event-store.ts';

export function readContract(open: () => Promise<OpenedStore>): void {
  describe('read', () => {
    const held = opened(open);
    const store = (): EventStore => held.get().store;

    it('says that an empty log has no head, and gives nothing', async () => {
      expect(await store().head()).toBeNull();
      expect(await store().readAll()).toEqual([]);
      expect(await store().readAll({ direction: 'backwards' })).toEqual([]);
    });

    it('gives an event back as it was written, with its place', async () => {
      const stream = fresh('booking');
      const data = {
        unicode: 'नमस्ते 👩🏽‍🎓 \u0001 \u2028 "\\',
        number: 1.5e-7,
        negative: -0.1,
        big: Number.MAX_SAFE_INTEGER,
        deep: [{ b: null, a: [true, false, []] }, {}],
        gone: undefined,
        ключ: 'значение',
      };
      const event = happened('BookingRequested', data);
      const before = Date.now();
      const { position } = await appended(store(), stream, 'no-stream', [event]);
      const [read] = await store().read(stream);
      const { gone: _gone, ...kept } = data;
      expect(read).toEqual({
        ...event,
        data: kept,
        meta: META,
        stream,
        category: 'booking',
        revision: 0,
        position,
        recordedAt: expect.any(Number),
        chain: held.get().chainsBeside ? '' : expect.stringMatching(/^[0-9a-f]{64}$/),
      });
      expect(read?.recordedAt).toBeGreaterThanOrEqual(before - 1_000);
      expect(read?.recordedAt).toBeLessThanOrEqual(Date.now() + 1_000);
    });

    it('hands out copies: changing what was read or written changes nothing in the log', async () => {
      const stream = fresh();
      const data = { list: [1] };
      await appended(store(), stream, 'no-stream', [happened('A', data)]);
      data.list.push(2);
      const [first] = await store().read(stream);
      Object.assign(first?.data ?? {}, { list: 'changed' });
      expect((await store().read(stream))[0]?.data).toEqual({ list: [1] });
    });

    it('gives nothing for an unknown stream', async () => {
      expect(await store().read(fresh())).toEqual([]);
      expect(await store().read(fresh(), { direction: 'backwards' })).toEqual([]);
    });

    it('reads a stream from an inclusive revision, both ways, with a limit', async () => {
      const stream = fresh();
      await appended(store(), stream, 'no-stream', several(6));
      const revisions = async (options: Parameters<EventStore['read']>[1]): Promise<number[]> =>
        (await store().read(stream, options)).map((event) => event.revision);
      expect(await revisions({})).toEqual([0, 1, 2, 3, 4, 5]);
      expect(await revisions({ from: 4 })).toEqual([4, 5]);
      expect(await revisions({ from: 6 })).toEqual([]);
      expect(await revisions({ from: 1, limit: 2 })).toEqual([1, 2]);
      expect(await revisions({ direction: 'backwards' })).toEqual([5, 4, 3, 2, 1, 0]);
      expect(await revisions({ direction: 'backwards', limit: 1 })).toEqual([5]);
      expect(await revisions({ direction: 'backwards', from: 2 })).toEqual([2, 1, 0]);
    });

    it('reads the whole log after an exclusive position, both ways, with a limit', async () => {
      const all = await store().readAll();
      const positions = all.map((event) => event.position);
      expect(positions).toEqual([...positions].sort(comparePositions));
      expect(new Set(positions).size).toBe(positions.length);
      const [second, third, fourth] = positions.slice(1);
      if (second === undefined || third === undefined || fourth === undefined) throw new Error('too few events');

      const from = async (options: Parameters<EventStore['readAll']>[0]): Promise<string[]> =>
        (await store().readAll(options)).map((event) => event.position);
      expect(await from({ after: second, limit: 2 })).toEqual([third, fourth]);
      expect(await from({ after: positions.at(-1) ?? '' })).toEqual([]);
      expect(await from({ after: third, direction: 'backwards', limit: 1 })).toEqual([second]);
      expect(await from({ direction: 'backwards' })).toEqual([...positions].reverse());
      expect(await from({ after: positions[0] ?? '', direction: 'backwards' })).toEqual([]);
    });

    it('filters the log by category and by type', async () => {
      const [red, blue] = [fresh('red'), fresh('blue')];
      const [r1, r2] = [happened('Mixed'), happened('Poured')];
      const [b1, b2] = [happened('Mixed'), happened('Dried')];
      await appended(store(), red, 'no-stream', [r1, r2]);
      await appended(store(), blue, 'no-stream', [b1, b2]);
      const found = async (filter: { categories?: string[]; types?: string[] }): Promise<string[]> =>
        idsOf(await store().readAll({ filter }));
      expect(await found({ categories: ['red'] })).toEqual([r1.id, r2.id]);
      expect(await found({ categories: ['red', 'blue'] })).toEqual(idsOf([r1, r2, b1, b2]));
      expect(await found({ types: ['Mixed'] })).toEqual([r1.id, b1.id]);
      expect(await found({ categories: ['blue'], types: ['Mixed', 'Poured'] })).toEqual([b1.id]);
      expect(await found({ categories: [] })).toEqual([]);
      expect(await found({ categories: ['re'] })).toEqual([]);
      const last = await store().readAll({ filter: { types: ['Mixed'] }, direction: 'backwards', limit: 1 });
      expect(idsOf(last)).toEqual([b1.id]);
    });

    it('never lets the recorded time go backwards along the log', async () => {
      const times = (await store().readAll()).map((event) => event.recordedAt);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    });
  });
}
