import type { GroupVerdict, RecordedEvent, Subscription } from './event-store.ts';
import { backOff, pause, within, type Report, type Tail } from './tail.ts';

export const GROUP_DEFAULTS = { maxRetries: 10, timeoutMs: 30_000, retryDelayMs: 100, from: 'start' } as const;

/** The wait before delivery number `attempt + 1`, ms. */
export const retryDelay = (firstMs: number, attempt: number): number =>
  Math.min(30_000, firstMs * 2 ** Math.min(attempt - 1, 20));

/** One event lent to one consumer. `attempt` is also its fence: an answer that comes too late carries an old one. */
export interface Delivery {
  readonly event: RecordedEvent;
  readonly attempt: number;
}

export interface Deliveries {
  /** Lends the next due event until the group's timeout; null when there is none now. */
  claim(): Promise<Delivery | null>;
  settle(delivery: Delivery, verdict: GroupVerdict): Promise<void>;
}

export interface CompeteOptions {
  readonly name: string;
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly tail: Tail;
  readonly running: Set<Promise<void>>;
  readonly report: Report;
}

/** How long a due retry may go unnoticed, ms. */
const POLL_MS = 100;

/** Takes events out of a group one by one and answers for each (the contract of `Group.consume`). */
export function compete(
  deliveries: Deliveries,
  handler: (event: RecordedEvent, attempt: number) => Promise<GroupVerdict>,
  options: CompeteOptions,
): Subscription {
  const stopping = new AbortController();
  const signal = AbortSignal.any([stopping.signal, options.tail.closing]);
  const workers = Array.from({ length: options.concurrency }, () => work(deliveries, handler, options, signal));
  const running = Promise.all(workers).then(() => undefined);
  options.running.add(running);
  void running.finally(() => options.running.delete(running));
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function work(
  deliveries: Deliveries,
  handler: (event: RecordedEvent, attempt: number) => Promise<GroupVerdict>,
  { name, timeoutMs, tail, report }: CompeteOptions,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      const delivery = await deliveries.claim();
      if (delivery === null) {
        await tail.moved(signal, POLL_MS);
      } else {
        await deliveries.settle(delivery, await answer(delivery));
      }
      failures = 0;
    } catch (error) {
      failures += 1;
      report.warn({ err: error, group: name, failures }, 'a consumer group could not be read; it will be tried again');
      await pause(backOff(failures), signal);
    }
  }

  async function answer({ event, attempt }: Delivery): Promise<GroupVerdict> {
    try {
      return await within(timeoutMs, `The handler of ${name}`, handler(event, attempt));
    } catch (error) {
      report.warn({ err: error, group: name, position: event.position, attempt }, 'a handler failed; retrying');
      return 'retry';
    }
  }
}
