import { describe, expect, it } from 'vitest';
import { GENESIS, link, verifyChain, type ChainRecord, type ChainedStore } from './chain.ts';
import type { OpenedStore } from './contract.ts';
import { appended, fresh, happened, opened, several } from './contract-support.ts';

export function chainContract(open: () => Promise<OpenedStore>): void {
  describe('hash chain', () => {
    const held = opened(open);

    it('is whole from the first event on, over concurrent writers and rolled-back appends', async () => {
      const { store, rollBackAppend, chainsBeside } = held.get();
      expect(await verifyChain(store)).toEqual({ kind: 'whole', records: 0, head: null });
      await Promise.all(Array.from({ length: 6 }, () => appended(store, fresh(), 'no-stream', several(3))));
      await rollBackAppend(fresh(), several(2));
      await appended(store, fresh(), 'no-stream', [happened('A', { text: 'é 👩🏽‍🎓 "\\\u0001' })]);
      const verdict = await verifyChain(store);
      expect(verdict).toMatchObject({ kind: 'whole', records: 19 });
      const [last] = await store.readAll({ direction: 'backwards', limit: 1 });
      const chain = chainsBeside ? (await store.chainRecords()).at(-1)?.chain : last?.chain;
      expect(verdict).toMatchObject({ head: { position: last?.position, chain } });
    });

    it('finds any flipped byte, a missing record, two that changed places, and a log cut short', async () => {
      const { store } = held.get();
      const records = await store.chainRecords();
      const head = await store.chainHead();
      if (head === null) throw new Error('the log is empty');
      const of = (changed: readonly ChainRecord[]): ChainedStore => ({
        chainRecords: async ({ after } = {}) =>
          changed.filter((record) => after === undefined || record.position > after),
        chainHead: async () => head,
      });
      expect(await verifyChain(of(records))).toMatchObject({ kind: 'whole' });

      const victim = records[7];
      if (victim === undefined) throw new Error('too few records');
      const flip = (text: string): string => `${text.slice(0, -2)}${text.at(-2) === '1' ? '0' : '1'}${text.slice(-1)}`;
      const changes: ChainRecord[] = [
        { ...victim, data: flip(victim.data) },
        { ...victim, data: victim.data.replace(':', ': ') },
        { ...victim, meta: flip(victim.meta) },
        { ...victim, id: flip(victim.id) },
        { ...victim, type: `${victim.type}x` },
        { ...victim, stream: flip(victim.stream) },
        { ...victim, revision: victim.revision + 1 },
        { ...victim, recordedAt: victim.recordedAt + 1 },
        { ...victim, chain: flip(victim.chain) },
      ];
      for (const change of changes) {
        const verdict = await verifyChain(of(records.with(7, change)));
        expect(verdict).toMatchObject({ kind: 'broken', position: victim.position });
      }
      expect(await verifyChain(of(records.toSpliced(7, 1)))).toMatchObject({ kind: 'broken' });
      expect(await verifyChain(of(records.toSpliced(7, 2, ...records.slice(7, 9).reverse())))).toMatchObject({
        kind: 'broken',
      });
      expect(await verifyChain(of(records.slice(0, -1)))).toMatchObject({ kind: 'broken', position: head.position });
    });

    it('finds a log that was rewritten as a whole, by a head that was published before', async () => {
      const { store } = held.get();
      const published = await store.chainHead();
      const records = await store.chainRecords();
      if (published === null) throw new Error('the log is empty');
      let chain = GENESIS;
      const rewritten = records.map((record, index) => {
        const changed = index === 2 ? { ...record, data: '{"index":99}' } : record;
        chain = link(chain, changed);
        return { ...changed, chain };
      });
      const forged: ChainedStore = {
        chainRecords: async ({ after } = {}) =>
          rewritten.filter((record) => after === undefined || record.position > after),
        chainHead: async () => ({ position: published.position, chain }),
      };
      expect(await verifyChain(forged)).toMatchObject({ kind: 'whole' });
      expect(await verifyChain(forged, [published])).toMatchObject({ kind: 'broken', position: published.position });
      expect(await verifyChain(store, [published])).toMatchObject({ kind: 'whole' });
      await appended(store, fresh(), 'no-stream', several(1));
      const [first] = records;
      if (first === undefined) throw new Error('the log is empty');
      expect(await verifyChain(store, [published, first, published])).toMatchObject({ kind: 'whole' });
      for (const [wrong, reason] of [
        [{ ...first, chain: published.chain }, 'the chain value is not that of a known head'],
        [{ ...first, position: `${first.position}0` }, 'there is no record at the position of a known head'],
      ] as const)
        expect(await verifyChain(store, [published, wrong])).toEqual({
          kind: 'broken',
          position: wrong.position,
          reason,
        });
      expect(await verifyChain(store, [first, { ...first, chain: GENESIS }])).toMatchObject({
        kind: 'broken',
        position: first.position,
        reason: 'two published heads of this position differ',
      });
      expect(await verifyChain(store, [published])).toMatchObject({ kind: 'whole' });
    });
  });
}
