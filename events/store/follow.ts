import type { AllFilter, EventStore, Position, RecordedEvent, Subscription } from './event-store.ts';
import { backOff, pause, within, type Report, type Tail } from './tail.ts';

export interface Source {
  readonly tail: Tail;
  /** What must have ended before the store is closed. */
  readonly running: Set<Promise<void>>;
  readAll(options: { after?: Position; limit: number; filter?: AllFilter }): Promise<readonly RecordedEvent[]>;
  /** What can be had without reading: the same as `readAll`, with the promise that all up to `upTo` was looked at. */
  recent?(
    after: Position | null,
    upTo: Position,
    limit: number,
    filter: AllFilter | undefined,
  ): readonly RecordedEvent[] | null;
}

type Options = Parameters<EventStore['subscribe']>[0];

const BATCH = 200;
/** So many events at once, so many times in a row: events come faster than one by one is worth the while. */
const RUSH_EVENTS = 64;
const RUSH_BATCHES = 3;
/** In a rush, the next batch may grow for this long, ms: what a batch costs by itself is then shared by more events. */
const REST_MS = 25;

/** A subscription over any store whose positions appear in commit order (the contract of `EventStore.subscribe`). */
export function follow(source: Source, options: Options, report: Report): Subscription {
  const stopping = new AbortController();
  const running = run(source, options, report, AbortSignal.any([stopping.signal, source.tail.closing]));
  source.running.add(running);
  void running.finally(() => source.running.delete(running));
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function run(source: Source, options: Options, report: Report, signal: AbortSignal): Promise<void> {
  const { tail } = source;
  const { filter, onEvents, onCaughtUp, batchSize = BATCH } = options;
  let cursor: Position | null | undefined;
  let caughtUp = false;
  let failures = 0;
  let rush = 0;
  while (!signal.aborted) {
    try {
      if (cursor === undefined || failures > 0) {
        const head = await tail.refresh();
        cursor ??= options.after === 'end' ? head : options.after === 'start' ? null : options.after;
      }
      // Taken before the read: everything up to it is committed, so an empty answer means that nothing up to it matches.
      const head = tail.past(cursor);
      if (head === null) {
        if (!caughtUp) onCaughtUp?.();
        caughtUp = true;
        if (tail.past(cursor) === null) await tail.moved(signal);
        continue;
      }
      const events = source.recent?.(cursor ?? null, head, batchSize, filter) ?? (await read(source, cursor, options));
      const last = events.at(-1);
      if (last !== undefined) {
        caughtUp = false;
        await onEvents(events);
        rush = events.length >= RUSH_EVENTS ? rush + 1 : 0;
        // A full batch has more behind it already: whoever catches up does not rest.
        if (rush >= RUSH_BATCHES && events.length < batchSize) await pause(REST_MS, signal);
      }
      const reached: Position = events.length < batchSize || last === undefined ? head : last.position;
      cursor = last !== undefined && last.position > reached ? last.position : reached;
      failures = 0;
    } catch (error) {
      failures += 1;
      report.warn({ err: error, failures, after: cursor }, 'a subscription failed; the same batch will come again');
      await pause(backOff(failures), signal);
    }
  }
}

function read(
  source: Source,
  cursor: Position | null | undefined,
  options: Options,
): Promise<readonly RecordedEvent[]> {
  const { filter, batchSize = BATCH } = options;
  const reading = source.readAll({
    ...(typeof cursor === 'string' && { after: cursor }),
    limit: batchSize,
    ...(filter && { filter }),
  });
  return within(30_000, 'Reading the log', reading);
}
