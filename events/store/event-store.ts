/**
 * The event store port (reference: eventstore.md §1–3, §10). One contract suite, run by every adapter.
 * Stream names are `<category>-<id>`; the category has no dash.
 */
export interface Actor {
  readonly kind: 'person' | 'process' | 'provider' | 'system';
  /** The person's id, or the name of the process or provider. */
  readonly id: string;
  readonly role?: string;
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

export type AppendResult =
  | { readonly kind: 'appended'; readonly revision: number; readonly position: Position; readonly duplicate: boolean }
  | { readonly kind: 'wrong-expected-revision'; readonly actual: number | 'no-stream' };

export interface AllFilter {
  readonly categories?: readonly string[];
  readonly types?: readonly string[];
}

export interface Subscription {
  stop(): Promise<void>;
}

export interface EventStore {
  readonly kind: 'memory' | 'pglite' | 'postgres' | 'eventstoredb';
  /** Atomic for the batch; idempotent by event ids at an exact expected revision. Events over 64 KiB or appends over 1 MiB throw `TooLarge`. */
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
  close(): Promise<void>;
}
