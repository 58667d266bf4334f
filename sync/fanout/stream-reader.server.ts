/**
 * Reads many streams in one loop over one connection. Each is read from where it ends when the reading begins; whenever
 * the connection was lost, all begin anew, and whoever hears them is told.
 */
import type { Redis } from 'ioredis';
import type { Log } from '../log.ts';
import { connectTo, within } from './patience.server.ts';

export interface Entry {
  /** Names and values in turn. */
  readonly fields: readonly Buffer[];
}

export interface StreamHearer {
  onListening(): void;
  onEntry(entry: Entry): void;
}

interface Stream {
  readonly hearer: StreamHearer;
  /** The last entry that was read; null before its end is known. */
  last: string | null;
}

export interface StreamReaderPorts {
  readonly url: string;
  readonly log: Log;
  readonly patienceMs: number;
  /** Puts something into a stream that is read, so that the loop turns and takes new ones in. */
  readonly wake: () => void;
}

/** How long a read waits for news. A wake that was lost costs so much, no more. */
const BLOCK_MS = 1_000;
/** Entries of one stream in one answer. */
const COUNT = 256;
const AGAIN_MS = 200;
const LAST_AGAIN_MS = 1_000;
/**
 * Every read names all streams, about 60 bytes each. With many of them a pause between reads lets more entries come in
 * one answer: a ms for so many streams, and never more than a frame lasts.
 */
const STREAMS_A_MS = 50;
const MOST_PAUSE_MS = 16;

export class StreamReader {
  private readonly ports: StreamReaderPorts;
  private readonly streams = new Map<string, Stream>();
  private redis: Redis | null = null;
  private closed = false;
  private woken = true;
  private readonly running: Promise<void>;

  constructor(ports: StreamReaderPorts) {
    this.ports = ports;
    this.running = this.run();
  }

  /** Gives what ends it. */
  add(key: string, hearer: StreamHearer): () => void {
    const stream: Stream = { hearer, last: null };
    this.streams.set(key, stream);
    this.turn();
    return () => {
      if (this.streams.get(key) === stream) this.streams.delete(key);
    };
  }

  async close(): Promise<void> {
    this.closed = true;
    this.streams.clear();
    this.redis?.disconnect();
    await this.running;
  }

  private turn(): void {
    if (this.woken) return;
    this.woken = true;
    this.ports.wake();
  }

  private async run(): Promise<void> {
    let wait = AGAIN_MS;
    while (!this.closed) {
      try {
        this.redis = await connectTo(this.ports.url, this.ports.patienceMs);
        for (const stream of this.streams.values()) stream.last = null;
        while (!this.closed) {
          await this.readOnce(this.redis);
          wait = AGAIN_MS;
        }
      } catch (error) {
        if (this.closed) break;
        this.ports.log.warn({ err: error, retryInMs: wait }, 'the other processes are not heard');
        this.redis?.disconnect();
        await new Promise((resolve) => setTimeout(resolve, wait).unref());
        wait = Math.min(LAST_AGAIN_MS, wait * 2);
      }
    }
    this.redis?.disconnect();
  }

  private async readOnce(redis: Redis): Promise<void> {
    this.woken = true;
    await this.begin(redis);
    // From here on a new stream has to end the read that follows.
    this.woken = false;
    const read = [...this.streams].filter(([, { last }]) => last !== null);
    if (read.length < this.streams.size) return;
    const keys = read.map(([key]) => key);
    const ids = read.map(([, { last }]) => last ?? '$');
    const answer = await within(
      BLOCK_MS + this.ports.patienceMs,
      redis.xreadBuffer('COUNT', COUNT, 'BLOCK', BLOCK_MS, 'STREAMS', ...keys, ...ids),
    );
    for (const [key, entries] of answer ?? []) {
      const stream = this.streams.get(key.toString());
      if (!stream || stream.last === null) continue;
      for (const [id, fields] of entries) {
        stream.last = id.toString();
        stream.hearer.onEntry({ fields });
      }
    }
    const pause = Math.min(MOST_PAUSE_MS, Math.floor(this.streams.size / STREAMS_A_MS));
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
  }

  /** Finds the ends of the streams that are new. */
  private async begin(redis: Redis): Promise<void> {
    const fresh = [...this.streams].filter(([, { last }]) => last === null);
    if (fresh.length === 0) return;
    const commands = redis.pipeline();
    for (const [key] of fresh) commands.xrevrange(key, '+', '-', 'COUNT', 1);
    const ends = await within(this.ports.patienceMs, commands.exec());
    for (const [i, [, stream]] of fresh.entries()) {
      const [error, entries] = ends?.[i] ?? [new Error('Redis gave no answer'), null];
      if (error) throw error;
      stream.last = idOf(entries) ?? '0-0';
      stream.hearer.onListening();
    }
  }
}

/** The id of the only entry; null of an empty stream. */
function idOf(entries: unknown): string | null {
  const entry: unknown = Array.isArray(entries) ? entries[0] : null;
  const id: unknown = Array.isArray(entry) ? entry[0] : null;
  return typeof id === 'string' ? id : null;
}
