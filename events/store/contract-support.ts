import { afterAll, beforeAll } from 'vitest';
import type { OpenedStore } from './contract.ts';
import type { AppendResult, EventStore, NewEvent, RecordedEvent } from './event-store.ts';

export { META, fresh, happened, several } from './contract-events.ts';

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
