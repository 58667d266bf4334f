/**
 * Adds to streams. What gathers while one round trip is under way goes with the next; what Redis does not take within its
 * time is let go, and so is everything beyond a bound.
 */
import { Redis } from 'ioredis';
import type { Log } from '../log.ts';
import { connectTo, within } from './patience.server.ts';

/** Entries that a stream keeps, about: all they say is stored already, so a reader that is further behind goes there. */
const KEEP = 512;
/** A stream that nobody writes to is gone after so long, seconds. */
const LIFE_S = 900;
const RENEW_MS = 300_000;
/** Bytes of words in one entry, and of words that wait. */
const MOST_ENTRY = 64 * 1024;
const MOST_WAITING = 4 * 1024 * 1024;
const LAST_MOMENT_MS = 500;

interface Addition {
  readonly key: string;
  /** Names and values in front of the words: entries with different ones are not joined. */
  readonly head: readonly string[];
  readonly words: Uint8Array[];
  bytes: number;
}

export interface StreamWriterPorts {
  readonly url: string;
  readonly log: Log;
  readonly patienceMs: number;
}

export class StreamWriter {
  private readonly ports: StreamWriterPorts;
  private waiting: Addition[] = [];
  private waitingBytes = 0;
  private running: Promise<void> | null = null;
  private redis: Redis | null = null;
  private closed = false;
  private failing = false;
  /** Key → wall ms when its life was last renewed. */
  private readonly renewed = new Map<string, number>();

  constructor(ports: StreamWriterPorts) {
    this.ports = ports;
  }

  /** Returns at once. Words for one stream that wait behind each other become one entry. */
  add(key: string, head: readonly string[], word?: Uint8Array): void {
    if (this.closed) return;
    const bytes = word?.length ?? 0;
    if (this.waitingBytes + bytes > MOST_WAITING) this.letGo('too much waits for Redis');
    this.waitingBytes += bytes;
    const last = this.waiting.findLast((addition) => addition.key === key);
    const joins = last && last.bytes + bytes <= MOST_ENTRY && last.head.join('\n') === head.join('\n');
    if (!joins) this.waiting.push({ key, head, words: word ? [word] : [], bytes });
    else if (word) {
      last.words.push(word);
      last.bytes += bytes;
    }
    this.running ??= this.run();
  }

  /** Gives what waits a last moment, and removes this process' own stream. */
  async close(inbox: string): Promise<void> {
    const until = Date.now() + LAST_MOMENT_MS;
    while (this.running && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 5));
    this.closed = true;
    if (this.redis && !this.failing)
      await within(LAST_MOMENT_MS, this.redis.del(inbox)).catch((error: unknown) => {
        this.ports.log.info({ err: error }, 'the stream of this process was left to end by itself');
      });
    this.redis?.disconnect();
    this.redis = null;
    await this.running;
  }

  private async run(): Promise<void> {
    // Let the turn end first: every room that ticks in it joins the same round trip.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0 && !this.closed) {
      const additions = this.waiting;
      this.waiting = [];
      this.waitingBytes = 0;
      try {
        this.redis ??= await connectTo(this.ports.url, this.ports.patienceMs);
        await within(this.ports.patienceMs, this.send(this.redis, additions));
        this.failing = false;
      } catch (error) {
        this.redis?.disconnect();
        this.redis = null;
        if (!this.failing) this.ports.log.warn({ err: error }, 'the other processes could not be told');
        this.failing = true;
        // Whatever is lost has numbers; a pause, so that an outage does not cost a connection a tick.
        if (!this.closed) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS).unref());
      }
    }
    this.running = null;
  }

  private async send(redis: Redis, additions: readonly Addition[]): Promise<void> {
    const now = Date.now();
    const commands = redis.pipeline();
    for (const { key, head, words } of additions) {
      commands.xadd(key, 'MAXLEN', '~', KEEP, '*', ...head, ...words.flatMap((word) => ['w', asBuffer(word)]));
      if (now - (this.renewed.get(key) ?? 0) < RENEW_MS) continue;
      this.renewed.set(key, now);
      commands.expire(key, LIFE_S);
    }
    if (this.renewed.size > 10_000)
      for (const [key, at] of this.renewed) if (now - at >= RENEW_MS) this.renewed.delete(key);
    const results = await commands.exec();
    const failed = results?.find(([error]) => error !== null)?.[0];
    if (failed) throw failed;
  }

  private letGo(why: string): void {
    this.ports.log.warn({ bytes: this.waitingBytes }, `words to the other processes were let go: ${why}`);
    this.waiting = [];
    this.waitingBytes = 0;
  }
}

const AGAIN_MS = 200;
const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
