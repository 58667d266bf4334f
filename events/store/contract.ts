/**
 * What every event store must do, whatever it is built on (eventstore.md §1 and §7). Registered for each adapter in
 * event-store.unit.test.ts and event-store.int.test.ts.
 */
import { describe } from 'vitest';
import type { ChainedStore } from './chain.ts';
import { appendContract } from './contract-append.ts';
import { chainContract } from './contract-chain.ts';
import { groupContract } from './contract-group.ts';
import { readContract } from './contract-read.ts';
import { subscribeContract } from './contract-subscribe.ts';
import { togetherContract } from './contract-together.ts';
import type { EventStore, NewEvent } from './event-store.ts';

export interface OpenedStore {
  readonly store: EventStore & ChainedStore;
  /** Another handle on the same log, as another process would have; in memory the same one. */
  another(): Promise<EventStore & ChainedStore>;
  /** Makes an append that writes and is then undone. */
  rollBackAppend(stream: string, events: readonly NewEvent[]): Promise<void>;
  close(): Promise<void>;
  /** The chain is kept beside the log: `chainRecords` has it, and events that are read do not. */
  readonly chainsBeside?: boolean;
}

/** `open` gives an empty log. */
export function eventStoreContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`event store contract: ${name}`, () => {
    appendContract(open);
    togetherContract(open);
    readContract(open);
    subscribeContract(open);
    groupContract(open);
    chainContract(open);
  });
}
