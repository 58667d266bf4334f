import type { Database } from '#platform/database/database.ts';
import type { ChainedStore } from './chain.ts';
import { append, Turns, type AppendContext } from './eventstoredb-append.server.ts';
import { openChain } from './eventstoredb-chain.server.ts';
import { borrowClient } from './eventstoredb-client.server.ts';
import { eitherGroup } from './eventstoredb-either-group.ts';
import { serverGroup } from './eventstoredb-group.server.ts';
import { ownGroup } from './eventstoredb-own-group.server.ts';
import { readsOf } from './eventstoredb-read.server.ts';
import { subscribe } from './eventstoredb-subscribe.server.ts';
import type { EventStore } from './event-store.ts';
import { SILENT, Tail, type Report } from './tail.ts';

export interface EventStoreDbOptions {
  /** Where the chain is kept. It stays the caller's: `close` leaves it open. */
  readonly db: Database;
  readonly log?: Report;
  /**
   * `plain` (the default) opens one call an append; `batch` leaves it to the client, which sends all over one stream.
   * Danger: with `batch` a broken stream rejects the pending appends of every client of the process, and an answer that
   * comes after that throws inside the client, where nobody can catch it.
   */
  readonly appendBy?: 'plain' | 'batch';
  /** One try of an append, ms. */
  readonly tryMs?: number;
  /** All tries of an append or a read, ms. */
  readonly giveUpMs?: number;
  /** A subscription that brings nothing is held against the log this often, ms. */
  readonly watchMs?: number;
}

/** EventStoreDB 22.6 or later through its client; the package is loaded here and not before. */
export async function openEventStoreDb(
  url: string,
  { db, log = SILENT, appendBy = 'plain', tryMs = 5_000, giveUpMs = 15_000, watchMs = 15_000 }: EventStoreDbOptions,
): Promise<EventStore & ChainedStore> {
  const { client, url: parsed, release } = await borrowClient(url, log);
  const closed = new AbortController();
  const closing = closed.signal;
  const running = new Set<Promise<void>>();
  const report = log;
  const reads = readsOf({ client, report, closing, idleMs: 10_000, giveUpMs });
  const context = { client, reads, report, closing, running };
  const subscriptions = { ...context, watchMs, confirmMs: 10_000 };

  // Without TLS the client sends no credentials, so any will do to choose the way of appending.
  const credentials = parsed.credentials ?? (parsed.tls ? undefined : { username: 'nobody', password: '' });
  const appends: AppendContext = {
    ...context,
    credentials: appendBy === 'plain' ? credentials : undefined,
    tryMs,
    giveUpMs,
    async eventsAt(stream, from, count) {
      const found = await reads.raw(stream, { from, limit: count });
      return found.flatMap(({ event }) => (event === undefined ? [] : [event]));
    },
    async last(stream) {
      return (await reads.stream(stream, { direction: 'backwards', limit: 1 }))[0];
    },
  };

  const turns = new Turns();

  const chain = await openChain(db, (after, limit) => reads.all({ ...(after !== null && { after }), limit }));
  const chainTail = new Tail(() => chain.reached(), 250, report);
  subscribe(subscriptions, {
    after: (await chain.reached()) ?? 'start',
    batchSize: 500,
    async onEvents(events) {
      await chain.extend();
      const last = events.at(-1);
      if (last !== undefined) chainTail.advance(last.position);
    },
  });

  return {
    kind: 'eventstoredb',
    append: (stream, expected, events) => turns.take(stream, () => append(appends, stream, expected, events)),
    read: (stream, options) => reads.stream(stream, options),
    readAll: (options) => reads.all(options),
    head: () => reads.head(),
    subscribe: (options) => subscribe(subscriptions, options),
    group(name, options = {}) {
      const theirs = serverGroup(context, name, options);
      const ours = ownGroup({ db, tail: chainTail, running, report }, name, options);
      return eitherGroup({ ...context, name, theirs, ours, supported: theirs.supported });
    },
    chainRecords: (options) => chain.chainRecords(options),
    chainHead: () => chain.chainHead(),
    async close() {
      closed.abort();
      await chainTail.close();
      await Promise.all(running);
      await release();
    },
  };
}
