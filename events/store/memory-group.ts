import { GROUP_DEFAULTS, compete, retryDelay, type Deliveries, type Delivery } from './compete.ts';
import type { EventStore, Group, GroupOptions, ParkedEvent, Position, RecordedEvent } from './event-store.ts';
import type { Report, Tail } from './tail.ts';

interface Message {
  readonly event: RecordedEvent;
  attempt: number;
  /** Wall time, ms: when it may be lent (again). */
  dueAt: number;
  parked: ParkedEvent['reason'] | null;
}

export interface MemoryGroupState {
  cursor: Position | null;
  readonly messages: Map<Position, Message>;
}

export interface MemoryGroupContext {
  readonly name: string;
  readonly options: GroupOptions;
  readonly groups: Map<string, MemoryGroupState>;
  readonly store: Pick<EventStore, 'readAll'>;
  readonly tail: Tail;
  readonly running: Set<Promise<void>>;
  readonly log: Report;
}

export function memoryGroup({ name, options, groups, store, tail, running, log }: MemoryGroupContext): Group {
  const { filter, maxRetries, timeoutMs, retryDelayMs, from } = { ...GROUP_DEFAULTS, ...options };

  const state = async (): Promise<MemoryGroupState> => {
    const known = groups.get(name);
    if (known !== undefined) return known;
    const fresh: MemoryGroupState = { cursor: from === 'end' ? tail.past(null) : null, messages: new Map() };
    groups.set(name, fresh);
    return fresh;
  };

  const park = (message: Message, reason: ParkedEvent['reason']): void => {
    message.parked = reason;
  };

  const deliveries: Deliveries = {
    async claim(): Promise<Delivery | null> {
      const group = await state();
      const after = group.cursor;
      const fresh = await store.readAll({ ...(after !== null && { after }), limit: 100, ...(filter && { filter }) });
      for (const event of fresh) {
        // Another consumer may have read the same batch while this one waited.
        if (group.cursor !== null && event.position <= group.cursor) continue;
        group.messages.set(event.position, { event, attempt: 0, dueAt: 0, parked: null });
        group.cursor = event.position;
      }
      const now = Date.now();
      for (const message of group.messages.values()) {
        if (message.parked !== null || message.dueAt > now) continue;
        if (message.attempt > maxRetries) {
          park(message, 'retries-exhausted');
          continue;
        }
        message.attempt += 1;
        message.dueAt = now + timeoutMs;
        return { event: message.event, attempt: message.attempt };
      }
      return null;
    },

    async settle({ event, attempt }, verdict) {
      const { messages } = await state();
      const message = messages.get(event.position);
      if (message === undefined || message.attempt !== attempt || message.parked !== null) return;
      if (verdict === 'ack') messages.delete(event.position);
      else if (verdict === 'park') park(message, 'parked');
      else if (attempt > maxRetries) park(message, 'retries-exhausted');
      else message.dueAt = Date.now() + retryDelay(retryDelayMs, attempt);
    },
  };

  return {
    consume: (handler, { concurrency = 1 } = {}) =>
      compete(deliveries, handler, { name, concurrency, timeoutMs, tail, running, report: log }),

    async parked(limit = 100) {
      const { messages } = await state();
      const parked: ParkedEvent[] = [];
      for (const { event, attempt, parked: reason } of messages.values()) {
        if (reason !== null) parked.push({ event, deliveries: attempt, reason });
      }
      return parked.slice(0, limit);
    },

    async replayParked() {
      const { messages } = await state();
      let replayed = 0;
      for (const message of messages.values()) {
        if (message.parked === null) continue;
        Object.assign(message, { parked: null, attempt: 0, dueAt: 0 });
        replayed += 1;
      }
      return replayed;
    },
  };
}
