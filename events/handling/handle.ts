import { isWritable } from '../shared/check.ts';
import type { Command } from '../shared/command.ts';
import { fold, type Decider } from '../shared/decider.ts';
import { idFrom } from '../shared/ids.ts';
import { isRefusal, REQUEST_ID_REUSED, textInvalid, type Refusal } from '../shared/refusal.ts';
import type { EventStore, NewEvent, RecordedEvent } from '../store/event-store.ts';
import { EVENTS, recogniseAs, UnknownEvent, type Category, type EventOf } from './registry.ts';
import type { Accepted, CommandContext } from './submit.ts';

/** A stream that many write to at once; the caller may try again. Nothing was changed. */
export class StreamBusy extends Error {
  readonly code = 'stream-busy';

  constructor(stream: string) {
    super(`Too many writers at ${stream}.`);
    this.name = 'StreamBusy';
  }
}

const MAX_ATTEMPTS = 12;
const MAX_PAUSE_MS = 200;

/**
 * Read, fold, decide, append at exactly the revision that was read; on a conflict all of it anew. Rules HA1–HA8.
 * Throws `StreamBusy` after too many conflicts and `UnknownEvent` over a stream that it cannot read whole.
 */
export async function handle<C extends Category, State, Asked extends Command>(
  store: EventStore,
  target: { readonly category: C; readonly id: string; readonly decider: Decider<State, Asked, EventOf[C]> },
  command: Asked,
  context: CommandContext,
): Promise<Accepted | Refusal> {
  const { category, decider } = target;
  if (!isWritable(command.data)) return textInvalid();
  const stream = `${category}-${target.id}`;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const history = await store.read(stream);
    const earlier = history.filter((event) => event.meta.commandId === context.commandId);
    const decision = decider.decide(command, fold(decider, understood(history, category)));
    if (earlier.length > 0) {
      const reused = isRefusal(decision) && decision.code === REQUEST_ID_REUSED;
      return reused ? decision : accepted(stream, earlier, -1);
    }
    if (isRefusal(decision)) return decision;
    const last = history.length - 1;
    if (decision.length === 0) return accepted(stream, [], last);

    const events = decision.map((event, index) => prepared(stream, event, index, command, context));
    const result = await store.append(stream, last < 0 ? 'no-stream' : last, events);
    if (result.kind === 'appended') {
      return accepted(stream, await store.read(stream, { from: last + 1, limit: events.length }), last);
    }
    await pause(Math.min(MAX_PAUSE_MS, 2 ** attempt) * Math.random());
  }
  throw new StreamBusy(stream);
}

function understood<C extends Category>(history: readonly RecordedEvent[], category: C): readonly EventOf[C][] {
  return history.map((event) => {
    const known = recogniseAs(event, category);
    if (!known) throw new UnknownEvent(event);
    return known;
  });
}

function prepared<C extends Category>(
  stream: string,
  event: EventOf[C],
  index: number,
  command: Command,
  context: CommandContext,
): NewEvent {
  const { commandId, correlationId, causationId, actor } = context;
  const schemaVersion = EVENTS[event.type].version;
  return {
    // With the stream: one key of a client may come with commands to several streams, and whoever reacts to an event
    // makes ids of its id.
    id: idFrom(stream, commandId, index),
    type: event.type,
    data: event.data,
    meta: { commandId, correlationId, causationId, actor, occurredAt: command.now, schemaVersion },
  };
}

function accepted(stream: string, events: readonly RecordedEvent[], last: number): Accepted {
  const newest = events.at(-1);
  return {
    kind: 'accepted',
    stream,
    revision: newest?.revision ?? last,
    position: newest?.position ?? null,
    events,
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
