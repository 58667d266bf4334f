/** Events for tests, without the test runner: processes that tests start use them too. */
import { randomUUID } from 'node:crypto';
import type { EventMeta, NewEvent } from './event-store.ts';

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
