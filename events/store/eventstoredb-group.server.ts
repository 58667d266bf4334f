import type { PersistentSubscriptionToAll, PersistentSubscriptionToAllResolvedEvent } from '@eventstore/db-client';
import { GROUP_DEFAULTS, retryDelay } from './compete.ts';
import type { Group, GroupOptions, GroupVerdict, ParkedEvent, RecordedEvent } from './event-store.ts';
import type { Client } from './eventstoredb-client.server.ts';
import { classify, StoreRefused } from './eventstoredb-errors.ts';
import type { Reads } from './eventstoredb-read.server.ts';
import { checkGroupName } from './eventstoredb-url.ts';
import { isOurs, matches, recorded, serverFilter } from './eventstoredb-wire.ts';
import { backOff, pause, within, type Report } from './tail.ts';

export interface GroupContext {
  readonly client: Client;
  readonly reads: Reads;
  readonly report: Report;
  readonly closing: AbortSignal;
  readonly running: Set<Promise<void>>;
}

/** Events that may wait out their retry delay here while others are handled. */
const HELD = 16;
/** Beyond our own time-outs, so that the server only steps in for a process that hangs as a whole, ms. */
const MARGIN_MS = 45_000;

/** As `reason` of a parked event, behind whatever the server writes before it. */
const REASON = /\b(parked|retries-exhausted) after (\d+)$/;

/**
 * A persistent subscription to $all. The server keeps who has what; how long a handler may take, the wait before a
 * retry and the number of retries are kept here, because the server retries at once. It steps in when this process is
 * gone: what it was lent goes to others, which counts as a retry.
 */
export function serverGroup(
  context: GroupContext,
  name: string,
  options: GroupOptions,
): Group & { supported(): Promise<boolean> } {
  checkGroupName(name);
  const { client, reads, report, closing, running } = context;
  const { filter, maxRetries, timeoutMs, retryDelayMs, from } = { ...GROUP_DEFAULTS, ...options };
  const parkedStream = `$persistentsubscription-$all::${name}-parked`;

  async function create(): Promise<void> {
    try {
      const { persistentSubscriptionToAllSettingsFromDefaults } = await import('@eventstore/db-client');
      await client.createPersistentSubscriptionToAll(
        name,
        persistentSubscriptionToAllSettingsFromDefaults({
          startFrom: from,
          maxRetryCount: maxRetries,
          messageTimeout: timeoutMs + MARGIN_MS,
        }),
        { filter: { ...serverFilter(filter), checkpointInterval: 1 } },
      );
    } catch (error) {
      const { kind } = classify(error);
      if (kind === 'exists') return;
      if (kind === 'refused') throw new StoreRefused(`The group ${name}`, { cause: error });
      throw error;
    }
  }

  async function answered(event: RecordedEvent, attempt: number, handler: Handler): Promise<GroupVerdict> {
    try {
      return await within(timeoutMs, `The handler of ${name}`, handler(event, attempt));
    } catch (error) {
      report.warn({ err: error, group: name, position: event.position, attempt }, 'a handler failed; retrying');
      return 'retry';
    }
  }

  /** One event from its arrival to its answer; the answer to a retry waits beside the worker. */
  async function handle(lent: Lent, source: PersistentSubscriptionToAll, handler: Handler, held: Held): Promise<void> {
    const { event } = lent;
    if (event === undefined || !isOurs(event)) return source.ack(lent);
    const one = recorded(event);
    if (!matches(filter, one)) return source.ack(lent);
    const attempt = lent.retryCount + 1;
    const verdict = await answered(one, attempt, handler);
    if (verdict === 'ack') return source.ack(lent);
    if (verdict === 'park') return source.nack('park', `parked after ${attempt}`, lent);
    if (attempt > maxRetries) return source.nack('park', `retries-exhausted after ${attempt}`, lent);
    held.later(retryDelay(retryDelayMs, attempt), () => source.nack('retry', `attempt ${attempt}`, lent));
  }

  /** One connection to the group, until it breaks or is stopped. */
  async function session(handler: Handler, concurrency: number, signal: AbortSignal): Promise<void> {
    await create();
    const source = client.subscribeToPersistentSubscriptionToAll(name, { bufferSize: concurrency + HELD });
    const queue = new Queue(signal);
    const held = new Held((error) => queue.fail(error));
    source.on('data', (lent) => queue.push(lent));
    source.on('error', (error) => queue.fail(error));
    source.on('end', () => queue.fail(new Error('EventStoreDB ended the subscription')));
    source.on('close', () => queue.fail(new Error('The subscription was closed')));
    const work = async (): Promise<void> => {
      for (let lent = await queue.next(); lent !== null; lent = await queue.next()) {
        await handle(lent, source, handler, held);
      }
    };
    try {
      // All settled first: a handler that runs must not be left alone with its answer.
      const ends = await Promise.allSettled(Array.from({ length: concurrency }, work));
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
    } finally {
      held.drop();
      void source.unsubscribe().catch((error: Error) => queue.fail(error));
    }
  }

  let known: boolean | undefined;

  return {
    /** Makes the group where the server has such groups at all. */
    async supported() {
      if (known !== undefined) return known;
      try {
        await create();
        return (known = true);
      } catch (error) {
        if (classify(error).kind === 'unsupported') return (known = false);
        throw error;
      }
    },

    consume(handler, { concurrency = 1 } = {}) {
      const stopping = new AbortController();
      const signal = AbortSignal.any([stopping.signal, closing]);
      const run = async (): Promise<void> => {
        for (let failures = 1; !signal.aborted; failures += 1) {
          const begun = performance.now();
          try {
            await session(handler, concurrency, signal);
          } catch (error) {
            if (performance.now() - begun > 5_000) failures = 1;
            report.warn({ err: error, group: name, failures }, 'a consumer group broke; it is joined again');
            await pause(backOff(failures), signal);
          }
        }
      };
      const ended = run();
      running.add(ended);
      void ended.finally(() => running.delete(ended));
      return {
        async stop() {
          stopping.abort();
          await ended;
        },
      };
    },

    async parked(limit = 100) {
      const found = await reads.raw(parkedStream, { limit });
      return found.flatMap(({ event, link }): ParkedEvent[] => {
        if (event === undefined || !isOurs(event)) return [];
        const [, reason, deliveries] = REASON.exec(reasonOf(link?.metadata)) ?? [];
        return [
          {
            event: recorded(event),
            // The server parks by itself after the retries, and does not write how many they were.
            deliveries: deliveries === undefined ? maxRetries + 1 : Number(deliveries),
            reason: reason === 'parked' ? 'parked' : 'retries-exhausted',
          },
        ];
      });
    },

    async replayParked() {
      const parked = await reads.raw(parkedStream, {});
      if (parked.length > 0) await client.replayParkedMessagesToAll(name);
      return parked.length;
    },
  };
}

type Lent = PersistentSubscriptionToAllResolvedEvent;
type Handler = (event: RecordedEvent, attempt: number) => Promise<GroupVerdict>;

function reasonOf(metadata: unknown): string {
  const reason: unknown = typeof metadata === 'object' && metadata !== null ? Reflect.get(metadata, 'reason') : '';
  return typeof reason === 'string' ? reason : '';
}

/** Answers that wait for their time. */
class Held {
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #fail: (error: Error) => void;

  constructor(fail: (error: Error) => void) {
    this.#fail = fail;
  }

  later(ms: number, answer: () => Promise<void>): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      answer().catch(this.#fail);
    }, ms);
    this.#timers.add(timer);
  }

  /** What is not answered goes to the next consumer when the connection ends. */
  drop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}

class Queue {
  readonly #waiting: Lent[] = [];
  readonly #takers: (() => void)[] = [];
  readonly #signal: AbortSignal;
  #failure: Error | null = null;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#wakeAll(), { once: true });
  }

  push(lent: Lent): void {
    this.#waiting.push(lent);
    this.#takers.shift()?.();
  }

  fail(error: Error): void {
    this.#failure ??= error;
    this.#wakeAll();
  }

  /** The next one; null once stopped. Throws when the connection is gone: what is left is lent to others. */
  async next(): Promise<Lent | null> {
    for (;;) {
      if (this.#signal.aborted) return null;
      if (this.#failure !== null) throw this.#failure;
      const lent = this.#waiting.shift();
      if (lent !== undefined) return lent;
      await new Promise<void>((resolve) => this.#takers.push(resolve));
    }
  }

  #wakeAll(): void {
    for (const wake of this.#takers.splice(0)) wake();
  }
}
