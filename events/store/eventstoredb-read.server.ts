import type { AllStreamResolvedEvent, StreamingRead } from '@eventstore/db-client';
import { categoryOf } from './check.ts';
import { comparePositions, type AllFilter, type Position, type RecordedEvent } from './event-store.ts';
import { collect, type Client } from './eventstoredb-client.server.ts';
import { classify, StoreRefused, StoreUnavailable } from './eventstoredb-errors.ts';
import {
  isOurs,
  logPositionOf,
  matches,
  matchesNothing,
  positionIn,
  recorded,
  type Arrived,
} from './eventstoredb-wire.ts';
import { backOff, pause, type Report } from './tail.ts';

export interface ReadContext {
  readonly client: Client;
  readonly report: Report;
  readonly closing: AbortSignal;
  /** A read that brings nothing for so long has failed, ms. */
  readonly idleMs: number;
  /** How long a read is tried again before it throws, ms. */
  readonly giveUpMs: number;
}

type Direction = 'forwards' | 'backwards';

/** Events asked for at once; the filter of `readAll` is ours, because this client has none for reads. */
const PAGE = 500;

export interface Reads {
  stream(name: string, options?: { from?: number; direction?: Direction; limit?: number }): Promise<RecordedEvent[]>;
  all(options?: {
    after?: Position;
    direction?: Direction;
    limit?: number;
    filter?: AllFilter;
  }): Promise<RecordedEvent[]>;
  head(): Promise<Position | null>;
  /** Raw: also from system streams, with links resolved; null for an unknown stream. */
  raw(name: string, options: { from?: number; direction?: Direction; limit?: number }): Promise<readonly Resolved[]>;
}

export interface Resolved {
  readonly event?: Arrived;
  readonly link?: Arrived;
}

/** Reads from the leader, so that what an append answered is there. */
export function readsOf(context: ReadContext): Reads {
  const { client, report, closing, idleMs, giveUpMs } = context;
  let known: Position | null = null;

  /** A read changes nothing, so it is simply done again; after a lost connection the client needs one call to notice. */
  async function patiently<E>(what: string, open: () => StreamingRead<E>): Promise<E[]> {
    const until = performance.now() + giveUpMs;
    for (let failures = 1; ; failures += 1) {
      try {
        return await collect(open(), idleMs);
      } catch (error) {
        const { kind } = classify(error);
        if (kind === 'not-found') return [];
        if (kind === 'refused') throw new StoreRefused(what, { cause: error });
        if (closing.aborted || performance.now() >= until) throw new StoreUnavailable(what, { cause: error });
        report.warn({ err: error, failures }, `${what} failed; it is done again`);
        await pause(backOff(failures), closing);
      }
    }
  }

  const raw: Reads['raw'] = (name, { from, direction = 'forwards', limit = Number.MAX_SAFE_INTEGER }) => {
    if (limit <= 0) return Promise.resolve([]);
    return patiently(`Reading ${name}`, () =>
      client.readStream(name, {
        direction,
        fromRevision: from === undefined ? (direction === 'forwards' ? 'start' : 'end') : BigInt(from),
        maxCount: limit,
        resolveLinkTos: true,
        requiresLeader: true,
      }),
    );
  };

  /** Pages of $all from an exclusive position, as they come, until `see` has enough. */
  async function pages(
    direction: Direction,
    after: Position | undefined,
    size: number,
    see: (event: Arrived) => boolean,
  ): Promise<void> {
    let cursor = after;
    for (;;) {
      const from = cursor === undefined ? (direction === 'forwards' ? 'start' : 'end') : logPositionOf(cursor);
      const page = await patiently<AllStreamResolvedEvent>('Reading $all', () =>
        client.readAll({ direction, fromPosition: from, maxCount: size, requiresLeader: true }),
      );
      for (const { event } of page) {
        if (event === undefined) continue;
        const position = positionIn(event);
        // Servers give the event at the position again when reading forwards.
        const order = cursor === undefined ? 0 : comparePositions(position, cursor);
        if (cursor !== undefined && (direction === 'forwards' ? order <= 0 : order >= 0)) continue;
        cursor = position;
        if (see(event)) return;
      }
      if (page.length < size) return;
    }
  }

  return {
    raw,

    async stream(name, options = {}) {
      categoryOf(name);
      const found = await raw(name, options);
      return found.flatMap(({ event }) => (event !== undefined && isOurs(event) ? [recorded(event)] : []));
    },

    async all({ after, direction = 'forwards', limit = 1_000, filter } = {}) {
      const found: RecordedEvent[] = [];
      if (limit <= 0 || matchesNothing(filter)) return found;
      const size = filter === undefined ? Math.min(limit + 20, PAGE) : PAGE;
      await pages(direction, after, size, (event) => {
        if (!isOurs(event)) return false;
        const one = recorded(event);
        if (matches(filter, one)) found.push(one);
        return found.length >= limit;
      });
      return found;
    },

    async head() {
      let head: Position | null = null;
      const before = known;
      await pages('backwards', undefined, 20, (event) => {
        const position = positionIn(event);
        // What we knew is still the last of ours when nothing of ours stands behind it.
        if (before !== null && comparePositions(position, before) <= 0) head = before;
        else if (isOurs(event)) head = position;
        return head !== null;
      });
      if (head !== null && (known === null || comparePositions(head, known) > 0)) known = head;
      return head;
    },
  };
}
