/** What every fan-out must do. Registered in fanout.int.test.ts. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fanout, Word } from './fanout.ts';

/** Keeps what it hears. */
export function listener(): {
  words: { word: Word; from: string }[];
  listening: number;
  onListening: () => void;
  onWord: (word: Word, from: string) => void;
} {
  const heard = {
    words: [] as { word: Word; from: string }[],
    listening: 0,
    onListening: () => void (heard.listening += 1),
    onWord: (word: Word, from: string) => void heard.words.push({ word, from }),
  };
  return heard;
}
const listeningTo = async (fanout: Fanout, document: string): Promise<ReturnType<typeof listener>> => {
  const heard = listener();
  fanout.hear(document, heard);
  await expect.poll(() => heard.listening).toBe(1);
  return heard;
};
export const stored = (n: number, bytes: readonly number[] = [n % 256]): Word => ({
  kind: 'stored',
  first: n,
  last: n,
  update: Uint8Array.from(bytes),
});
const numbersOf = (heard: ReturnType<typeof listener>): number[] =>
  heard.words.map(({ word }) => (word.kind === 'stored' ? word.first : 0));

/** @param open gives three processes on the same bus. */
export function fanoutContract(name: string, open: () => Promise<readonly [Fanout, Fanout, Fanout]>): void {
  describe(`[N1][N3] fan-out contract: ${name}`, () => {
    let nodes: readonly [Fanout, Fanout, Fanout];
    beforeAll(async () => {
      nodes = await open();
    });
    afterAll(async () => {
      for (const node of nodes) await node.close();
    });

    it('brings words to the other processes that hear the document, in order, and not to the one that says them', async () => {
      const document = `board:${randomUUID()}`;
      const heard = await Promise.all(nodes.map((node) => listeningTo(node, document)));
      const other = await listeningTo(nodes[1], `board:${randomUUID()}`);
      const said = Array.from({ length: 300 }, (_, n) => stored(n + 1));
      for (const word of said) nodes[0].tell(document, word);
      await expect.poll(() => heard[2]?.words.length).toBe(300);
      await expect.poll(() => heard[1]?.words.length).toBe(300);
      for (const one of [heard[1], heard[2]]) expect(one?.words.map(({ word }) => word)).toEqual(said);
      expect(heard[0]?.words).toEqual([]);
      expect(other.words).toEqual([]);
      expect(new Set(heard[1]?.words.map(({ from }) => from)).size).toBe(1);
    });

    it('brings every kind of word whole, large updates as their numbers at least', async () => {
      const document = `chat:${randomUUID()}`;
      const heard = await listeningTo(nodes[1], document);
      const words: Word[] = [
        { kind: 'who' },
        { kind: 'presence', states: [{ client: 4_294_967_295, clock: 3, json: '{"name":"आशा"}' }] },
        {
          kind: 'cursors',
          cursors: [
            { client: 7, at: { x: -5, y: 4_000, page: '2.1', laser: true } },
            { client: 8, at: null },
          ],
        },
        { kind: 'stored', first: 70_000, last: 2 ** 40, update: Uint8Array.from({ length: 1_000 }, (_, i) => i) },
        { kind: 'stored', first: 1, last: 2, update: null },
        { kind: 'stored', first: 3, last: 3, update: new Uint8Array(1024 * 1024).fill(7) },
      ];
      for (const word of words) nodes[0].tell(document, word);
      await expect.poll(() => heard.words.length).toBe(6);
      expect(heard.words.slice(0, 5).map(({ word }) => word)).toEqual(words.slice(0, 5));
      expect(heard.words[5]?.word).toMatchObject({ kind: 'stored', first: 3, last: 3 });
    });

    it('brings an answer to the one who asked, and to nobody else', async () => {
      const document = `board:${randomUUID()}`;
      const heard = await Promise.all(nodes.map((node) => listeningTo(node, document)));
      nodes[0].tell(document, { kind: 'who' });
      await expect.poll(() => heard[1]?.words.length).toBe(1);
      const asker = heard[1]?.words[0]?.from ?? '';
      const answer: Word = { kind: 'presence', states: [{ client: 1, clock: 1, json: '{}' }] };
      nodes[1].answer(asker, document, answer);
      await expect.poll(() => heard[0]?.words.map(({ word }) => word)).toEqual([answer]);
      nodes[1].tell(document, stored(1));
      await expect.poll(() => heard[2]?.words.length).toBe(2);
      expect(heard[2]?.words.map(({ word }) => word.kind)).toEqual(['who', 'stored']);
      expect(heard[1]?.words.length).toBe(1);
    });

    it('stops hearing a document, and hears the others still; begins anew with what is said from then on', async () => {
      const [document, kept] = [`board:${randomUUID()}`, `board:${randomUUID()}`];
      const first = listener();
      const stop = nodes[1].hear(document, first);
      await expect.poll(() => first.listening).toBe(1);
      const still = await listeningTo(nodes[1], kept);
      nodes[0].tell(document, stored(1));
      await expect.poll(() => first.words.length).toBe(1);
      await stop();
      nodes[0].tell(document, stored(2));
      nodes[0].tell(kept, stored(9));
      await expect.poll(() => numbersOf(still)).toEqual([9]);
      const again = await listeningTo(nodes[1], document);
      nodes[0].tell(document, stored(3));
      await expect.poll(() => numbersOf(again)).toEqual([3]);
      expect(numbersOf(first)).toEqual([1]);
    });

    it('hears many documents at once', async () => {
      const documents = Array.from({ length: 300 }, () => `board:${randomUUID()}`);
      const heard = await Promise.all(documents.map((document) => listeningTo(nodes[1], document)));
      for (const [i, document] of documents.entries()) nodes[0].tell(document, stored(i + 1));
      await expect.poll(() => heard.map((one) => numbersOf(one))).toEqual(documents.map((_, i) => [i + 1]));
    });
  });
}
