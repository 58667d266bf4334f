/** What every fan-out must do. Registered in fanout.int.test.ts. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fanout, Word } from './fanout.ts';

/** Longer than it takes on any machine; only what fails takes so long. */
export const soon = <T>(look: () => T) => expect.poll(look, { timeout: 10_000 });

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
  await soon(() => heard.listening).toBe(1);
  return heard;
};
export const early = (n: number, bytes: readonly number[] = [n % 256]): Word => ({
  kind: 'early',
  life: 1,
  n,
  said: [{ by: null, brought: false, update: Uint8Array.from(bytes) }],
});
const numbersOf = (heard: ReturnType<typeof listener>): number[] =>
  heard.words.map(({ word }) => (word.kind === 'early' ? word.n : 0));

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
      const said = Array.from({ length: 300 }, (_, n) => early(n + 1));
      for (const word of said) nodes[0].tell(document, word);
      await soon(() => heard[2]?.words.length).toBe(300);
      await soon(() => heard[1]?.words.length).toBe(300);
      for (const one of [heard[1], heard[2]]) expect(one?.words.map(({ word }) => word)).toEqual(said);
      expect(heard[0]?.words).toEqual([]);
      expect(other.words).toEqual([]);
      expect(new Set(heard[1]?.words.map(({ from }) => from)).size).toBe(1);
    });

    it('brings every kind of word whole, of large updates their numbers at least', async () => {
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
        early(
          70_000,
          Array.from({ length: 1_000 }, (_, i) => i % 256),
        ),
        {
          kind: 'early',
          life: 300,
          n: 1,
          said: [
            { by: 'p-asha', brought: false, update: Uint8Array.of(1, 2) },
            { by: 'p-रोहन', brought: true, update: Uint8Array.of(3) },
          ],
        },
        { kind: 'stored', life: 300, first: 1, last: 2 ** 40, from: 3, to: 4 },
        {
          kind: 'early',
          life: 1,
          n: 5,
          said: [{ by: null, brought: false, update: new Uint8Array(1024 * 1024).fill(7) }],
        },
        { kind: 'stored', life: 1, first: 3, last: 3, from: 5, to: 5 },
      ];
      for (const word of words) nodes[0].tell(document, word);
      await soon(() => heard.words.at(-1)?.word).toEqual(words.at(-1));
      const but = (all: readonly Word[]): Word[] => all.filter((word) => word.kind !== 'early' || word.n !== 5);
      expect(but(heard.words.map(({ word }) => word))).toEqual(but(words));
    });

    it('brings an answer to the one who asked, and to nobody else', async () => {
      const document = `board:${randomUUID()}`;
      const heard = await Promise.all(nodes.map((node) => listeningTo(node, document)));
      nodes[0].tell(document, { kind: 'who' });
      await soon(() => heard[1]?.words.length).toBe(1);
      const asker = heard[1]?.words[0]?.from ?? '';
      const answer: Word = { kind: 'presence', states: [{ client: 1, clock: 1, json: '{}' }] };
      nodes[1].answer(asker, document, answer);
      await soon(() => heard[0]?.words.map(({ word }) => word)).toEqual([answer]);
      nodes[1].tell(document, early(1));
      await soon(() => heard[2]?.words.length).toBe(2);
      expect(heard[2]?.words.map(({ word }) => word.kind)).toEqual(['who', 'early']);
      expect(heard[1]?.words.length).toBe(1);
    });

    it('stops hearing a document, and hears the others still; begins anew with what is said from then on', async () => {
      const [document, kept] = [`board:${randomUUID()}`, `board:${randomUUID()}`];
      const first = listener();
      const stop = nodes[1].hear(document, first);
      await soon(() => first.listening).toBe(1);
      const still = await listeningTo(nodes[1], kept);
      nodes[0].tell(document, early(1));
      await soon(() => first.words.length).toBe(1);
      await stop();
      nodes[0].tell(document, early(2));
      nodes[0].tell(kept, early(9));
      await soon(() => numbersOf(still)).toEqual([9]);
      const again = await listeningTo(nodes[1], document);
      nodes[0].tell(document, early(3));
      await soon(() => numbersOf(again)).toEqual([3]);
      expect(numbersOf(first)).toEqual([1]);
    });

    it('hears many documents at once', async () => {
      const documents = Array.from({ length: 300 }, () => `board:${randomUUID()}`);
      const heard = await Promise.all(documents.map((document) => listeningTo(nodes[1], document)));
      for (const [i, document] of documents.entries()) nodes[0].tell(document, early(i + 1));
      await soon(() => heard.map((one) => numbersOf(one))).toEqual(documents.map((_, i) => [i + 1]));
    });
  });
}
