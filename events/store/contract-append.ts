import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { OpenedStore } from './contract.ts';
import { META, appended, fresh, happened, idsOf, opened, several } from './contract-support.ts';
import { InvalidEvent, TooLarge, comparePositions, type EventStore, type ExpectedRevision } from './event-store.ts';

export function appendContract(open: () => Promise<OpenedStore>): void {
  describe('append', () => {
    const held = opened(open);
    const store = (): EventStore => held.get().store;

    /** All but what only the writer is told. */
    const placeOf = ({ placed: _, ...result }: Awaited<ReturnType<typeof appended>>): object => result;

    /** What the log holds, to show that a refused or repeated append wrote nothing. */
    const head = (): Promise<string | null> => store().head();

    it('starts at revision 0 and goes on by one, with rising positions', async () => {
      const stream = fresh();
      const first = await appended(store(), stream, 'no-stream', several(2));
      const second = await appended(store(), stream, 1, several(3));
      expect(first).toMatchObject({ revision: 1, duplicate: false });
      expect(second).toMatchObject({ revision: 4, duplicate: false });
      expect(comparePositions(first.position, second.position)).toBeLessThan(0);
      expect(await head()).toBe(second.position);
    });

    it.each<[string, number, ExpectedRevision, number | 'no-stream']>([
      ['no-stream on a stream', 2, 'no-stream', 1],
      ['an exact revision on no stream', 0, 0, 'no-stream'],
      ['an exact revision that is past', 3, 0, 2],
      ['an exact revision yet to come', 2, 5, 1],
      ['stream-exists on no stream', 0, 'stream-exists', 'no-stream'],
    ])('refuses %s, tells the actual revision, and writes nothing', async (_case, before, expected, actual) => {
      const stream = fresh();
      if (before > 0) await appended(store(), stream, 'no-stream', several(before));
      const end = await head();
      expect(await store().append(stream, expected, several(2))).toEqual({ kind: 'wrong-expected-revision', actual });
      expect(await head()).toBe(end);
      expect(await store().read(stream)).toHaveLength(before);
    });

    it.each<ExpectedRevision>(['any', 'stream-exists', 2])('takes %s where it fits', async (expected) => {
      const stream = fresh();
      await appended(store(), stream, 'any', several(3));
      expect(await appended(store(), stream, expected, several(1))).toMatchObject({ revision: 3, duplicate: false });
    });

    it.each<[ExpectedRevision, number]>([
      ['no-stream', 0],
      [1, 2],
      ['any', 2],
      ['stream-exists', 2],
    ])(
      'gives a retry after a lost reply the first answer (expected %s), and writes nothing',
      async (expected, before) => {
        const stream = fresh();
        if (before > 0) await appended(store(), stream, 'no-stream', several(before));
        const events = several(3);
        const first = await appended(store(), stream, expected, events);
        const again = await appended(store(), stream, expected, events);
        expect(again).toEqual({ ...placeOf(first), duplicate: true });

        await appended(store(), stream, first.revision, several(4));
        const end = await head();
        expect(await appended(store(), stream, expected, events)).toEqual({ ...placeOf(first), duplicate: true });
        expect(await head()).toBe(end);
      },
    );

    it('compares ids and not payloads in a retry', async () => {
      const stream = fresh();
      const event = happened('A', { n: 1 });
      await appended(store(), stream, 'no-stream', [event]);
      const changed = { ...event, data: { n: 2 } };
      expect(await appended(store(), stream, 'no-stream', [changed])).toMatchObject({ duplicate: true });
      expect((await store().read(stream))[0]?.data).toEqual({ n: 1 });
    });

    it('refuses a retry that agrees with the log only in part', async () => {
      const stream = fresh();
      const [a, b, c] = [happened(), happened(), happened()];
      await appended(store(), stream, 'no-stream', [a, b]);
      for (const expected of ['no-stream', 'any', 'stream-exists'] as const) {
        expect(await store().append(stream, expected, [a, c])).toMatchObject({ kind: 'wrong-expected-revision' });
        expect(await store().append(stream, expected, [a, b, c])).toMatchObject({ kind: 'wrong-expected-revision' });
      }
      expect(await store().append(stream, 'no-stream', [b, a])).toMatchObject({ kind: 'wrong-expected-revision' });
      expect(idsOf(await store().read(stream))).toEqual([a.id, b.id]);
    });

    it('appends an old id again at the exact last revision, and in another stream', async () => {
      const [stream, other] = [fresh(), fresh()];
      const event = happened();
      await appended(store(), stream, 'no-stream', [event]);
      expect(await appended(store(), stream, 0, [event])).toMatchObject({ revision: 1, duplicate: false });
      expect(await appended(store(), other, 'any', [event])).toMatchObject({ revision: 0, duplicate: false });
      // From here `any` means the later of the two.
      expect(await appended(store(), stream, 'any', [event])).toMatchObject({ revision: 1, duplicate: true });
    });

    it('appends with any when the first id is new, even if a later one is known', async () => {
      const stream = fresh();
      const [a, b] = [happened(), happened()];
      await appended(store(), stream, 'no-stream', [a]);
      expect(await appended(store(), stream, 'any', [b, a])).toMatchObject({ revision: 2, duplicate: false });
    });

    it('only checks the revision of an empty append', async () => {
      const stream = fresh();
      await appended(store(), stream, 'no-stream', []);
      const { position } = await appended(store(), stream, 'no-stream', several(2));
      const end = await head();
      expect(await appended(store(), stream, 1, [])).toEqual({
        kind: 'appended',
        revision: 1,
        position,
        duplicate: false,
      });
      expect(await appended(store(), stream, 'any', [])).toMatchObject({ revision: 1 });
      expect(await store().append(stream, 0, [])).toEqual({ kind: 'wrong-expected-revision', actual: 1 });
      expect(await store().append(stream, 'no-stream', [])).toEqual({ kind: 'wrong-expected-revision', actual: 1 });
      expect(await head()).toBe(end);
    });

    it('lets exactly one of many writers win at the same revision', async () => {
      const stream = fresh();
      const other = await held.get().another();
      const results = await Promise.all(
        Array.from({ length: 16 }, (_, index) => (index % 2 ? other : store()).append(stream, 'no-stream', several(2))),
      );
      expect(results.filter((result) => result.kind === 'appended')).toHaveLength(1);
      expect(await store().read(stream)).toHaveLength(2);
    });

    it('gives one command sent twice at once one set of events', async () => {
      const stream = fresh();
      const events = several(2);
      const results = await Promise.all(Array.from({ length: 8 }, () => store().append(stream, 'no-stream', events)));
      expect(results.every((result) => result.kind === 'appended')).toBe(true);
      expect(results.filter((result) => result.kind === 'appended' && !result.duplicate)).toHaveLength(1);
      expect(idsOf(await store().read(stream))).toEqual(idsOf(events));
    });

    it('keeps a batch whole or not at all', async () => {
      const stream = fresh();
      const end = await head();
      await held.get().rollBackAppend(stream, several(5));
      expect(await store().read(stream)).toEqual([]);
      expect(await head()).toBe(end);
    });

    it('refuses an event over 64 KiB and an append over 1 MiB, by bytes', async () => {
      const stream = fresh();
      const room = 64 * 1024 - Buffer.byteLength('{"text":""}') - Buffer.byteLength(JSON.stringify(META));
      const fits = happened('A', { text: 'x'.repeat(room) });
      await expect(store().append(stream, 'any', [happened('A', { text: 'x'.repeat(room + 1) })])).rejects.toThrow(
        TooLarge,
      );
      await expect(store().append(stream, 'any', [happened('A', { text: 'é'.repeat(room / 2 + 1) })])).rejects.toThrow(
        TooLarge,
      );
      await expect(
        store().append(
          stream,
          'any',
          Array.from({ length: 17 }, () => ({ ...fits, id: randomUUID() })),
        ),
      ).rejects.toMatchObject({ code: 'too-large', limit: 1024 * 1024 });
      expect(await store().read(stream)).toEqual([]);
      expect(await appended(store(), stream, 'no-stream', [fits])).toMatchObject({ revision: 0 });
    });

    it.each(['thing', 'thing-', '-1', '$system-1', 'two words-1', 'thing-a b', 'thing-"', 'ding-ü', '1thing-1'])(
      'refuses the stream name "%s"',
      async (stream) => {
        await expect(store().append(stream, 'any', several(1))).rejects.toThrow(InvalidEvent);
        await expect(store().read(stream)).rejects.toThrow(InvalidEvent);
      },
    );

    it.each<[string, unknown]>([
      ['a bigint', 1n],
      ['a Date', new Date(0)],
      ['NaN', Number.NaN],
      ['half of a surrogate pair', '\ud800'],
      ['undefined in a list', [undefined]],
      ['a Map', new Map()],
      ['a function', () => 1],
    ])('refuses %s in data: nothing may change on its way through the log', async (_case, value) => {
      await expect(store().append(fresh(), 'any', [happened('A', { value })])).rejects.toThrow(InvalidEvent);
    });

    it('refuses an id that is not a UUID, a type that is not a name, and a revision that is none', async () => {
      await expect(store().append(fresh(), 'any', [{ ...happened(), id: 'e1' }])).rejects.toThrow(InvalidEvent);
      await expect(store().append(fresh(), 'any', [happened('$metadata')])).rejects.toThrow(InvalidEvent);
      await expect(store().append(fresh(), -1, [happened()])).rejects.toThrow(InvalidEvent);
      await expect(store().append(fresh(), 1.5, [happened()])).rejects.toThrow(InvalidEvent);
    });
  });
}
