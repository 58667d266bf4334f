/** Between the port's events and what the client of EventStoreDB sends and gives. */
import type { AppendExpectedRevision, Filter, JSONEventData, Position as LogPosition } from '@eventstore/db-client';
import { canonicalJson } from './canonical.ts';
import type { ChainRecord } from './chain.ts';
import type { PreparedEvent } from './check.ts';
import type { AllFilter, EventMeta, ExpectedRevision, Position, RecordedEvent } from './event-store.ts';

/** uint64 in decimal. */
const WIDTH = 20;
const POSITION = /^(\d{20})(\d{20})$/;

/** Commit and prepare position in fixed width, so that text order is log order, whatever the collation. */
export function positionOf({ commit, prepare }: LogPosition): Position {
  return commit.toString().padStart(WIDTH, '0') + prepare.toString().padStart(WIDTH, '0');
}

export function logPositionOf(position: Position): LogPosition {
  const [, commit, prepare] = POSITION.exec(position) ?? [];
  if (commit === undefined || prepare === undefined) {
    throw new RangeError(`Not a position of EventStoreDB: ${position}. Was this checkpoint made by another store?`);
  }
  return { commit: BigInt(commit), prepare: BigInt(prepare) };
}

export function expectedOf(expected: ExpectedRevision): AppendExpectedRevision {
  if (typeof expected === 'number') return BigInt(expected);
  return expected === 'any' ? 'any' : expected === 'no-stream' ? 'no_stream' : 'stream_exists';
}

/** Our envelope. `appendId` tells an append that wrote from one that found its events written already. */
interface Envelope {
  readonly $correlationId: string;
  readonly $causationId: string;
  readonly appendId: string;
  readonly meta: unknown;
}

/**
 * What goes to the client: plain values read back from canonical JSON. A bigint or a cycle in an event would make the
 * client's append never settle and its rejection end the process.
 */
export function outgoing(prepared: PreparedEvent, meta: EventMeta, appendId: string): JSONEventData {
  const envelope: Envelope = {
    $correlationId: meta.correlationId,
    $causationId: meta.causationId,
    appendId,
    meta: JSON.parse(prepared.meta),
  };
  return {
    id: prepared.id,
    type: prepared.type,
    contentType: 'application/json',
    data: JSON.parse(prepared.data),
    metadata: { ...envelope },
  };
}

/** As much of the client's recorded event as we read. */
export interface Arrived {
  readonly streamId: string;
  readonly id: string;
  readonly revision: bigint;
  readonly type: string;
  readonly data: unknown;
  readonly metadata: unknown;
  readonly isJson: boolean;
  readonly created: Date;
  readonly position?: LogPosition;
}

// As in check.ts. What is in a stream of another shape is not ours: system streams, or someone else's.
const OUR_STREAM = /^[A-Za-z][A-Za-z0-9_]*-[A-Za-z0-9_.:@~+-]{1,200}$/;

/** Is it one of our events? Else a system event ($metadata, $>, statistics) or that of another program. */
export function isOurs(event: Arrived): boolean {
  return !event.type.startsWith('$') && OUR_STREAM.test(event.streamId);
}

const MAX_POSITION = 2n ** 63n;

/** Where it stands in the log. Servers before 22.6 do not tell it when a stream is read. */
export function positionIn(event: Arrived): Position {
  const { position } = event;
  if (position === undefined || position.commit === 0n || position.commit >= MAX_POSITION) {
    throw new Error(`EventStoreDB gave no position for ${event.streamId}: a server of 22.6 or later is needed`);
  }
  return positionOf(position);
}

/** The event as the port has it. Throws when a stream of ours holds what we never wrote: that must not pass unseen. */
export function recorded(event: Arrived): RecordedEvent {
  const meta = isObject(event.metadata) ? event.metadata['meta'] : undefined;
  if (!event.isJson || !isObject(event.data) || !isMeta(meta)) {
    throw new Error(
      `${event.streamId} holds at revision ${event.revision} a ${event.type} that this program did not write`,
    );
  }
  return {
    id: event.id,
    type: event.type,
    data: event.data,
    meta,
    stream: event.streamId,
    category: event.streamId.slice(0, event.streamId.indexOf('-')),
    revision: Number(event.revision),
    position: positionIn(event),
    recordedAt: event.created.getTime(),
    chain: '',
  };
}

export function appendIdOf(event: Arrived): unknown {
  return isObject(event.metadata) ? event.metadata['appendId'] : undefined;
}

/** What the chain covers. Reading and writing again gives the same bytes: canonical JSON has one form for each value. */
export function chainable(event: RecordedEvent): Omit<ChainRecord, 'chain'> {
  const { position, stream, revision, id, type, recordedAt } = event;
  return {
    position,
    stream,
    revision,
    id,
    type,
    data: canonicalJson(event.data),
    meta: canonicalJson(event.meta),
    recordedAt,
  };
}

export function matches(filter: AllFilter | undefined, event: Pick<RecordedEvent, 'category' | 'type'>): boolean {
  if (filter?.categories !== undefined && !filter.categories.includes(event.category)) return false;
  return filter?.types === undefined || filter.types.includes(event.type);
}

/** A filter that lets nothing through needs no server. */
export function matchesNothing(filter: AllFilter | undefined): boolean {
  return filter?.categories?.length === 0 || filter?.types?.length === 0;
}

/** The part of the filter that the server takes: streams or types, not both. `matches` does the rest. */
export function serverFilter(
  filter: AllFilter | undefined,
): Pick<Filter, 'filterOn'> & ({ prefixes: string[] } | { regex: string }) {
  if (filter?.categories !== undefined) {
    return { filterOn: 'streamName', prefixes: filter.categories.map((category) => `${category}-`) };
  }
  if (filter?.types !== undefined) {
    const types = filter.types.map((type) => type.replace(/[.-]/g, '\\$&'));
    return { filterOn: 'eventType', regex: `^(${types.join('|')})$` };
  }
  return { filterOn: 'eventType', regex: '^[^$].*' };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function isMeta(value: unknown): value is EventMeta {
  return isObject(value) && typeof value['commandId'] === 'string' && isObject(value['actor']);
}
