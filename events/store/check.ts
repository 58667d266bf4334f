import { canonicalJson } from './canonical.ts';
import type { ExpectedRevision, NewEvent } from './event-store.ts';

/** Bytes of one event's canonical data and meta together. */
export const MAX_EVENT_BYTES = 64 * 1024;
/** Bytes of all events of one append. */
export const MAX_APPEND_BYTES = 1024 * 1024;

/** The same limits in every adapter, so that a history can move from one to another. */
export class TooLarge extends Error {
  readonly code = 'too-large';
  /** Bytes found, and bytes allowed. */
  readonly bytes: number;
  readonly limit: number;

  constructor(what: string, bytes: number, limit: number) {
    super(`${what} has ${bytes} bytes; at most ${limit} are kept`);
    this.name = 'TooLarge';
    this.bytes = bytes;
    this.limit = limit;
  }
}

/** A stream name, type, id or value that no adapter could keep as it is: a bug of the caller. */
export class InvalidEvent extends Error {
  readonly code = 'invalid-event';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InvalidEvent';
  }
}

/** An event whose data and meta are already the bytes that will be stored and hashed. */
export interface PreparedEvent {
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly meta: string;
}

// Without characters that JSON escapes, so that the database can compose the canonical record by itself.
const STREAM = /^([A-Za-z][A-Za-z0-9_]*)-[A-Za-z0-9_.:@~+-]{1,200}$/;
const TYPE = /^[A-Za-z][A-Za-z0-9_.-]{0,127}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The category of a well-formed stream name; throws `InvalidEvent` for any other. */
export function categoryOf(stream: string): string {
  const category = STREAM.exec(stream)?.[1];
  if (category === undefined) {
    throw new InvalidEvent(`"${stream}" is not a stream name: <category>-<id>, without a dash in the category`);
  }
  return category;
}

/** Checks everything that the caller of `append` can get wrong, before anything is sent anywhere. */
export function prepareAppend(
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
): readonly PreparedEvent[] {
  return measuredAppend(stream, expected, events).events;
}

/** The same, with the bytes of all of it. */
export function measuredAppend(
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
): { readonly events: readonly PreparedEvent[]; readonly bytes: number } {
  categoryOf(stream);
  if (typeof expected === 'number' && (!Number.isSafeInteger(expected) || expected < 0)) {
    throw new InvalidEvent(`${expected} is not a revision`);
  }
  let total = 0;
  const prepared = events.map((event) => {
    if (!TYPE.test(event.type)) throw new InvalidEvent(`"${event.type}" is not an event type`);
    if (!UUID.test(event.id)) throw new InvalidEvent(`"${event.id}" of ${event.type} is not a lower-case UUID`);
    const data = canonical(event.data, `${event.type}.data`);
    const meta = canonical(event.meta, `${event.type}.meta`);
    const bytes = Buffer.byteLength(data) + Buffer.byteLength(meta);
    if (bytes > MAX_EVENT_BYTES) throw new TooLarge(`${event.type} in ${stream}`, bytes, MAX_EVENT_BYTES);
    total += bytes;
    return { id: event.id, type: event.type, data, meta };
  });
  if (total > MAX_APPEND_BYTES) throw new TooLarge(`The append to ${stream}`, total, MAX_APPEND_BYTES);
  return { events: prepared, bytes: total };
}

function canonical(value: unknown, path: string): string {
  try {
    return canonicalJson(value, path);
  } catch (error) {
    throw new InvalidEvent(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
