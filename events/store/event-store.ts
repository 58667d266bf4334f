/**
 * The event store port (reference: eventstore.md §1–3, §10). One contract suite, run by every adapter.
 * Stream names are `<category>-<id>`; the category has no dash.
 */
export interface Actor {
  readonly kind: 'person' | 'process' | 'provider' | 'system';
  /** The person's id, or the name of the process or provider. */
  readonly id: string;
  readonly role?: string;
  /** Why ops stepped in, as a code of ours. Never somebody's own words: they could not be erased from here. */
  readonly reason?: string;
}

export interface EventMeta {
  readonly commandId: string;
  /** One id for everything that follows from one outside act. */
  readonly correlationId: string;
  /** The id of the event or command that led to this one. */
  readonly causationId: string;
  readonly actor: Actor;
  /** Business time, ms since the epoch. */
  readonly occurredAt: number;
  readonly schemaVersion: number;
  /** Of a person's command: a short hash of what was asked, which tells a repetition from a reused request id (HA3). */
  readonly asked?: string;
}

/** What every event looks like to the store; the domain narrows `type` and `data`. */
export interface EventBody {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface NewEvent extends EventBody {
  /** UUIDv5 of the command's id and the index: a retry brings the same ids. */
  readonly id: string;
  readonly meta: EventMeta;
}

/** An opaque place in the whole log. Compare with `comparePositions`; never do arithmetic. */
export type Position = string;

export interface RecordedEvent extends NewEvent {
  readonly stream: string;
  readonly category: string;
  /** 0-based place in its stream. */
  readonly revision: number;
  readonly position: Position;
  /** Store (wall) time, ms. */
  readonly recordedAt: number;
  /** Hex SHA-256 chain value up to and including this event; empty where the store does not chain. */
  readonly chain: string;
}

export type ExpectedRevision = number | 'no-stream' | 'stream-exists' | 'any';

/** What a store adds to an event when it keeps it. */
export type Placed = Pick<RecordedEvent, 'position' | 'recordedAt' | 'chain'>;

export type AppendResult =
  | {
      readonly kind: 'appended';
      readonly revision: number;
      readonly position: Position;
      readonly duplicate: boolean;
      /** One for each event that was written now, from stores that know it; saves their writer a read. */
      readonly placed?: readonly Placed[];
    }
  | { readonly kind: 'wrong-expected-revision'; readonly actual: number | 'no-stream' };

export interface AllFilter {
  readonly categories?: readonly string[];
  readonly types?: readonly string[];
}

export interface Subscription {
  /** Resolves once the running handler is done. Danger: not to be awaited inside that handler. */
  stop(): Promise<void>;
}

/** What a group's handler says of one event. A throw counts as `retry`. */
export type GroupVerdict = 'ack' | 'retry' | 'park';

export interface GroupOptions {
  readonly filter?: AllFilter;
  /** Deliveries after the first one; the next failure parks the event. Default 10. */
  readonly maxRetries?: number;
  /** An event that is not answered within this time goes to someone else; counts as a retry. Default 30,000 ms. */
  readonly timeoutMs?: number;
  /** The wait before a retry; doubles with each, up to 30 s. Default 100 ms. */
  readonly retryDelayMs?: number;
  /** Where a group that does not exist yet begins. Default `start`. */
  readonly from?: 'start' | 'end';
}

export interface ParkedEvent {
  readonly event: RecordedEvent;
  readonly deliveries: number;
  readonly reason: 'parked' | 'retries-exhausted';
}

/** Competing consumers: at least once, NO order. For side-effects such as mail, never for money logic. */
export interface Group {
  /** `attempt` counts from 1. Up to `concurrency` (default 1) handlers run at once for this consumer. */
  consume(
    handler: (event: RecordedEvent, attempt: number) => Promise<GroupVerdict>,
    options?: { readonly concurrency?: number },
  ): Subscription;
  parked(limit?: number): Promise<readonly ParkedEvent[]>;
  /** Makes every parked event deliverable again, with its retries afresh; gives their number. */
  replayParked(): Promise<number>;
}

export interface EventStore {
  readonly kind: 'memory' | 'pglite' | 'postgres' | 'eventstoredb';
  /**
   * Atomic for the batch; idempotent by event ids at an exact expected revision. Events over 64 KiB or appends over 1 MiB
   * throw `TooLarge`, and `LogBusy` says that too much waits already: nothing was written. Any other error leaves the
   * outcome unknown.
   */
  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult>;
  /** In order; empty for an unknown stream. `from` is inclusive. */
  read(
    stream: string,
    options?: { from?: number; direction?: 'forwards' | 'backwards'; limit?: number },
  ): Promise<readonly RecordedEvent[]>;
  /** `after` is exclusive; without it from the start (or, backwards, from the end). */
  readAll(options?: {
    after?: Position;
    direction?: 'forwards' | 'backwards';
    limit?: number;
    filter?: AllFilter;
  }): Promise<readonly RecordedEvent[]>;
  /** The last position, or null for an empty log. */
  head(): Promise<Position | null>;
  /**
   * Ordered, at least once, self-healing. `onEvents` gets batches and is awaited before the next one;
   * when it throws, the same batch comes again after a back-off.
   */
  subscribe(options: {
    after: Position | 'start' | 'end';
    filter?: AllFilter;
    batchSize?: number;
    onEvents: (events: readonly RecordedEvent[]) => Promise<void>;
    onCaughtUp?: () => void;
  }): Subscription;
  /** Its state is durable and shared by all processes; the name decides which group it is. */
  group(name: string, options?: GroupOptions): Group;
  close(): Promise<void>;
}

export { comparePositions } from './position.ts';
export { LogBusy } from './append-queue.ts';
export { InvalidEvent, TooLarge } from './check.ts';
