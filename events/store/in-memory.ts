import { GENESIS, eventOf, link, type ChainRecord, type ChainedStore } from './chain.ts';
import { categoryOf, prepareAppend } from './check.ts';
import { decideAppend } from './decision.ts';
import type { AppendResult, EventStore, Position } from './event-store.ts';
import { follow } from './follow.ts';
import { memoryGroup, type MemoryGroupState } from './memory-group.ts';
import { BEFORE_ALL, numberOf, positionFrom } from './position.ts';
import { passes } from './recent.ts';
import { SILENT, Tail, type Report } from './tail.ts';

export interface InMemoryOptions {
  readonly log?: Report;
  /** Wall time, ms. */
  readonly now?: () => number;
}

/** The store for unit tests: the same contract as the others, held by one process and gone with it. */
export function inMemoryStore({ log = SILENT, now = Date.now }: InMemoryOptions = {}): EventStore & ChainedStore {
  const records: ChainRecord[] = [];
  const streams = new Map<string, ChainRecord[]>();
  const groups = new Map<string, MemoryGroupState>();
  const running = new Set<Promise<void>>();
  const head = (): Position | null => records.at(-1)?.position ?? null;
  const tail = new Tail(async () => head(), null, log);

  const store: EventStore & ChainedStore = {
    kind: 'memory',

    async append(stream, expected, events): Promise<AppendResult> {
      const prepared = prepareAppend(stream, expected, events);
      const existing = streams.get(stream) ?? [];
      const last = existing.length - 1;
      const decision = decideAppend(
        {
          last,
          idAt: (revision) => existing[revision]?.id,
          revisionOf: (id) => existing.findLast((record) => record.id === id)?.revision,
        },
        expected,
        prepared.map((event) => event.id),
      );
      if (decision.kind === 'wrong') {
        return { kind: 'wrong-expected-revision', actual: last < 0 ? 'no-stream' : last };
      }
      if (decision.kind === 'duplicate') {
        const position = existing[decision.revision]?.position ?? BEFORE_ALL;
        return { kind: 'appended', revision: decision.revision, position, duplicate: true };
      }
      const recordedAt = Math.max(now(), records.at(-1)?.recordedAt ?? 0);
      for (const event of prepared) {
        const position = positionFrom(records.length + 1);
        const record = { ...event, stream, revision: existing.length, position, recordedAt };
        const chained = { ...record, chain: link(records.at(-1)?.chain ?? GENESIS, record) };
        records.push(chained);
        existing.push(chained);
      }
      if (prepared.length > 0) {
        streams.set(stream, existing);
        const position = head();
        if (position !== null) tail.advance(position);
      }
      const written = existing.slice(existing.length - prepared.length);
      const placed = written.map(({ position, recordedAt: at, chain }) => ({ position, recordedAt: at, chain }));
      return {
        kind: 'appended',
        revision: existing.length - 1,
        position: existing.at(-1)?.position ?? BEFORE_ALL,
        duplicate: false,
        ...(placed.length > 0 && { placed }),
      };
    },

    async read(stream, { from, direction = 'forwards', limit = Infinity } = {}) {
      categoryOf(stream);
      const existing = streams.get(stream) ?? [];
      const wanted =
        direction === 'forwards'
          ? existing.slice(from ?? 0)
          : existing.slice(0, from === undefined ? undefined : from + 1).reverse();
      return wanted.slice(0, limit).map(eventOf);
    },

    async readAll({ after, direction = 'forwards', limit = 1_000, filter } = {}) {
      const at = after === undefined ? undefined : numberOf(after);
      const wanted =
        direction === 'forwards'
          ? records.slice(at ?? 0)
          : records.slice(0, at === undefined ? undefined : Math.max(at - 1, 0)).reverse();
      return wanted
        .filter((record) => passes(filter, record))
        .slice(0, limit)
        .map(eventOf);
    },

    async head() {
      return head();
    },

    subscribe: (options) => follow({ tail, running, readAll: store.readAll }, options, log),

    group: (name, options = {}) => memoryGroup({ name, options, groups, store, tail, running, log }),

    async chainRecords({ after, limit = 1_000 } = {}) {
      const at = after === undefined ? 0 : numberOf(after);
      return records.slice(at, at + limit);
    },

    async chainHead() {
      const last = records.at(-1);
      return last === undefined ? null : { position: last.position, chain: last.chain };
    },

    async close() {
      await tail.close();
      await Promise.all(running);
    },
  };
  return store;
}
