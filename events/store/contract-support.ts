import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import type { OpenedStore } from './contract.ts';
import type { AppendResult, EventMeta, EventStore, NewEvent, RecordedEvent } from './event-store.ts';

export const META: EventMeta = {
  commandId: 'command-1',
  correlationId: 'correlation-1',
  causationId: 'command-1',
  actor: { kind: 'person', id: 'person-1', role: 'student' },
  occurredAt: 1_795_000_000_000,
  schemaVersion: 1,
};

/** An event with a fresh id. */
export function happened(type = 'ThingHappened', data: Readonly<Record<string, unknown>> = {}): NewEvent {
  return { id: randomUUID(), type, data, meta: META };
}

export const several = (count: number, type?: string): NewEvent[] =>
  Array.from({ length: count }, (_, index) => happened(type, { index }));

/** A stream name that no other test uses. */
export const fresh = (category = 'thing'): string => `${category}-${randomUUID()}`;

/** The result of an append that must have succeeded. */
export async function appended(
  store: EventStore,
  stream: string,
  expected: Parameters<EventStore['append']>[1],
  events: readonly NewEvent[],
): Promise<AppendResult & { kind: 'appended' }> {
  const result = await store.append(stream, expected, events);
  if (result.kind !== 'appended') throw new Error(`Expected ${stream} to take it, got ${JSON.stringify(result)}`);
  return result;
}

export const idsOf = (events: readonly (NewEvent | RecordedEvent)[]): string[] => events.map((event) => event.id);

/** One opened store for the tests of a describe block. */
export function opened(open: () => Promise<OpenedStore>): { get: () => OpenedStore } {
  let store: OpenedStore | undefined;
  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store?.close());
  return {
    get() {
      if (store === undefined) throw new Error('The store is not open yet');
      return store;
    },
  };
}
