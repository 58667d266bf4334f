/** Many bookings made from a few lives: the facts of each life under new ids, as events to append to any store. */
import { idFrom } from '#events/shared/ids.ts';
import type { NewEvent } from '#events/store/event-store.ts';
import type { Fact } from '../fact.ts';

export interface PastStream {
  readonly stream: string;
  readonly events: readonly NewEvent[];
}

/** What would be the same thing in two copies of one life. */
const SHARED = /^(tutor|student|ops\d?|acc_\w+|single)$/;

/**
 * The `copy`-th copy of a life, one entry an append, in the order of the life. Ids of bookings, lessons, payments and the like
 * get the copy's number; people, and the tutor's calendar, stay out of it.
 */
export function copyOf(facts: readonly Fact[], copy: number): readonly PastStream[] {
  const ids = new Map<string, string>();
  for (const { data } of facts)
    for (const [name, value] of Object.entries(data))
      if (/Id$/.test(name) && typeof value === 'string' && value !== '' && !SHARED.test(value))
        ids.set(value, idFrom('past', value, copy));
  const renamed = (value: unknown): unknown => {
    if (typeof value === 'string') return ids.get(value) ?? value;
    if (Array.isArray(value)) return value.map(renamed);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, renamed(inner)]));
  };
  const streams: { stream: string; events: NewEvent[] }[] = [];
  for (const fact of facts) {
    if (fact.category === 'calendar' || fact.category === 'tutor') continue;
    const old = fact.stream.slice(fact.category.length + 1);
    const stream = `${fact.category}-${ids.get(old) ?? old}`;
    const data = Object.fromEntries(Object.entries(fact.data).map(([name, value]) => [name, renamed(value)]));
    const id = idFrom('past', fact.position, fact.id, copy);
    const meta = { ...fact.meta, commandId: idFrom('past', fact.meta.commandId, copy) };
    const last = streams.at(-1);
    const event = { id, type: fact.type, data, meta };
    if (last?.stream === stream) last.events.push(event);
    else streams.push({ stream, events: [event] });
  }
  return streams;
}
