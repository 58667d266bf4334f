/**
 * Words over Redis: a stream for each document, one for each process that takes the answers meant for it, one connection
 * that writes and one that reads all streams in one loop. Redis is never waited for: a word that it does not take soon is
 * let go, and the numbers in the next one, or the look at the database, show what was missed.
 */
import { randomBytes } from 'node:crypto';
import type { Log } from '../log.ts';
import type { Fanout, Hearer } from './fanout.ts';
import { StreamReader, type Entry } from './stream-reader.server.ts';
import { StreamWriter } from './stream-writer.server.ts';
import { decodeWord, encodeWord } from './words.ts';

export interface RedisFanoutOptions {
  readonly log: Log;
  /** Before every key, so that installations can share one Redis. Default `nexused:`. */
  readonly prefix?: string;
  /** How long Redis may take to answer before the connection is given up, ms. Default 2,000. */
  readonly patienceMs?: number;
}

/** Updates above this are read from the database by those who hear their numbers: it bounds a stream's memory. */
const MOST_CARRIED = 64 * 1024;
const PATIENCE_MS = 2_000;
/** Names of fields: who says it, about which document where the stream does not say that, and what. */
const [FROM, ABOUT, WORD] = ['f', 'd', 'w'] as const;

/** Connects by itself, now or whenever Redis is there. */
export function redisFanout(url: string, options: RedisFanoutOptions): Fanout {
  const { log, prefix = 'nexused:', patienceMs = PATIENCE_MS } = options;
  const node = randomBytes(9).toString('base64url');
  const keyOf = (document: string): string => `${prefix}sync:doc:${document}`;
  const inboxOf = (name: string): string => `${prefix}sync:node:${name}`;
  const hearers = new Map<string, Hearer>();

  const deliver = (document: string | null, { fields }: Entry): void => {
    let from = '';
    let about = document;
    for (let i = 0; i + 1 < fields.length; i += 2) {
      const [name, value] = [fields[i]?.toString(), fields[i + 1]];
      if (!value) return;
      if (name === FROM) from = value.toString();
      else if (name === ABOUT) about = value.toString();
      if (name !== WORD || from === node || about === null) continue;
      try {
        hearers.get(about)?.onWord(decodeWord(new Uint8Array(value)), from);
      } catch (error) {
        log.error({ err: error, document: about, from }, 'a word of another process could not be taken');
      }
    }
  };
  const writer = new StreamWriter({ url, log, patienceMs });
  const reader = new StreamReader({ url, log, patienceMs, wake: () => writer.add(inboxOf(node), [FROM, node]) });
  reader.add(inboxOf(node), { onListening: () => undefined, onEntry: (entry) => deliver(null, entry) });

  return {
    kind: 'redis',
    tell(document, word) {
      // Its numbers follow.
      if (word.kind === 'early' && word.said.reduce((sum, { update }) => sum + update.length, 0) > MOST_CARRIED) return;
      writer.add(keyOf(document), [FROM, node], encodeWord(word));
    },
    answer(to, document, word) {
      writer.add(inboxOf(to), [FROM, node, ABOUT, document], encodeWord(word));
    },
    hear(document, hearer) {
      hearers.set(document, hearer);
      const stop = reader.add(keyOf(document), {
        onListening: () => hearer.onListening(),
        onEntry: (entry) => deliver(document, entry),
      });
      return async () => {
        if (hearers.get(document) === hearer) hearers.delete(document);
        stop();
      };
    },
    async close() {
      hearers.clear();
      await Promise.all([reader.close(), writer.close(inboxOf(node))]);
    },
  };
}
