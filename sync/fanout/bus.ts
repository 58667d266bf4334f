/** Words over the bus: for one process, and for the tests. Bytes travel as base64, because a bus carries JSON. */
import type { Bus } from '#platform/bus/bus.ts';
import { newId } from '#events/shared/ids.ts';
import type { Log } from '../log.ts';
import type { Fanout, Hearer, Word } from './fanout.ts';
import { decodeWord, encodeWord } from './words.ts';

const AGAIN_MS = 1_000;

interface Letter {
  readonly from: string;
  readonly word: Word;
  /** Named where the topic does not. */
  readonly document: string | null;
}

/** Null for what makes no sense, and for what `node` says itself. */
function read(message: unknown, node: string): Letter | null {
  if (typeof message !== 'object' || message === null || !('from' in message) || !('word' in message)) return null;
  const { from, word } = message;
  if (typeof from !== 'string' || from === node || typeof word !== 'string') return null;
  const document = 'document' in message && typeof message.document === 'string' ? message.document : null;
  return { from, word: decodeWord(new Uint8Array(Buffer.from(word, 'base64'))), document };
}

export function busFanout(bus: Bus, log: Log): Fanout {
  const node = newId();
  const hearers = new Map<string, Hearer>();
  let closed = false;

  const say = (topic: string, document: string, word: Word): void => {
    const text = Buffer.from(encodeWord(word)).toString('base64');
    bus.publish(topic, { from: node, document, word: text }).catch((error: unknown) => {
      log.warn({ err: error, document, kind: word.kind }, 'the other processes could not be told');
    });
  };
  /** Tries until it stands or `stands` says that nobody needs it any more. */
  const subscribe = async (topic: string, stands: () => boolean, then: () => void): Promise<() => Promise<void>> => {
    for (;;)
      try {
        const stop = await bus.subscribe(topic, (message) => {
          const letter = read(message, node);
          if (!letter || letter.document === null) return;
          hearers.get(letter.document)?.onWord(letter.word, letter.from);
        });
        if (stands()) then();
        return stop;
      } catch (error) {
        log.warn({ err: error, topic, retryInMs: AGAIN_MS }, 'the other processes are not heard yet');
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS).unref());
        if (!stands()) return async () => undefined;
      }
  };
  const inbox = subscribe(
    `node:${node}`,
    () => !closed,
    () => undefined,
  );

  return {
    kind: 'bus',
    tell: (document, word) => say(`doc:${document}`, document, word),
    answer: (to, document, word) => say(`node:${to}`, document, word),
    hear(document, hearer) {
      hearers.set(document, hearer);
      const stands = (): boolean => !closed && hearers.get(document) === hearer;
      const subscription = subscribe(`doc:${document}`, stands, () => hearer.onListening());
      return async () => {
        if (hearers.get(document) === hearer) hearers.delete(document);
        await (
          await subscription
        )();
      };
    },
    async close() {
      closed = true;
      hearers.clear();
      await (
        await inbox
      )();
    },
  };
}
