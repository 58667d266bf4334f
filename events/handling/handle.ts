import { createHash } from 'node:crypto';
import { isWritable } from '../shared/check.ts';
import type { Command } from '../shared/command.ts';
import { fold, type Decider } from '../shared/decider.ts';
import { idFrom } from '../shared/ids.ts';
import { isRefusal, REQUEST_ID_REUSED, requestIdReused, textInvalid, type Refusal } from '../shared/refusal.ts';
import {
  LogBusy,
  type AppendResult,
  type EventBody,
  type EventStore,
  type NewEvent,
  type RecordedEvent,
} from '../store/event-store.ts';
import { canonicalJson } from '../store/canonical.ts';
import type { KnownStreams } from './known-streams.ts';
import { EVENTS, recogniseAs, UnknownEvent, type Category, type EventOf } from './registry.ts';
import type { Accepted, CommandContext } from './submit.ts';

/** A stream, or the whole log, that many write to at once; the caller may try again. Nothing was changed. */
export class StreamBusy extends Error {
  readonly code = 'stream-busy';

  constructor(stream: string, options?: ErrorOptions) {
    super(`Too many writers at ${stream}.`, options);
    this.name = 'StreamBusy';
  }
}

const MAX_ATTEMPTS = 12;
const MAX_PAUSE_MS = 200;

/** One stream, who decides about it, and what this process remembers of streams of its kind. */
export interface Target<C extends Category, State, Asked extends Command> {
  readonly category: C;
  readonly id: string;
  readonly decider: Decider<State, Asked, EventOf[C]>;
  readonly known: KnownStreams<State>;
}

/** The stream up to revision `last`, folded. */
interface View<State> {
  readonly last: number;
  readonly state: State;
}

/**
 * Decides over what is remembered of the stream and appends at exactly that revision. If the stream is further by now,
 * or nothing would be written, it reads, folds, decides and appends, on a conflict all of it anew. Rules HA1–HA9.
 * Throws `StreamBusy` after too many conflicts and `UnknownEvent` over a stream that it cannot read whole.
 */
export async function handle<C extends Category, State, Asked extends Command>(
  store: EventStore,
  target: Target<C, State, Asked>,
  command: Asked,
  context: CommandContext,
): Promise<Accepted | Refusal> {
  const { decider, known } = target;
  if (!isWritable(command.data)) return textInvalid();
  const stream = streamOf(target);

  const kept = known.get(stream);
  if (!kept?.given.has(context.commandId)) {
    // Without a memory the guess is a new stream: right for every command that begins one, and checked by the append.
    const guess = kept ? { last: kept.revision, state: kept.state } : { last: -1, state: decider.initial };
    const decision = decider.decide(command, guess.state);
    if (!isRefusal(decision) && decision.length > 0) {
      const answer = await write(store, target, guess, decision, command, context);
      if (answer !== null) return answer;
    }
  }

  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const { view, earlier } = await look(store, target, context.commandId);
    const decision = decider.decide(command, view.state);
    if (earlier.length > 0) {
      if (isRefusal(decision) && decision.code === REQUEST_ID_REUSED) return decision;
      return isRepeated(earlier, command, context) ? accepted(stream, earlier, -1) : requestIdReused();
    }
    if (isRefusal(decision)) return decision;
    if (decision.length === 0) return accepted(stream, [], view.last);
    const answer = await write(store, target, view, decision, command, context);
    if (answer !== null) return answer;
    await pause(Math.min(MAX_PAUSE_MS, 2 ** attempt) * Math.random());
  }
  throw new StreamBusy(stream);
}

/**
 * Whether the command is the one that made `earlier`. Only people choose their ids; what servers learn again may differ in
 * particulars that mean nothing.
 */
function isRepeated(earlier: readonly RecordedEvent[], command: Command, context: CommandContext): boolean {
  const asked = earlier[0]?.meta.asked;
  return asked === undefined || context.actor.kind !== 'person' || asked === hashOf(command);
}

/** 32 bits: enough to notice another content, too little to find out from it what somebody wrote. */
const hashOf = ({ type, data }: Command): string =>
  createHash('sha256')
    .update(canonicalJson(JSON.parse(JSON.stringify({ type, data }))))
    .digest('hex')
    .slice(0, 8);

const streamOf = ({ category, id }: { readonly category: Category; readonly id: string }): string =>
  `${category}-${id}`;

/** The stream as it is in the log now, and what this command made there before. */
async function look<C extends Category, State, Asked extends Command>(
  store: EventStore,
  target: Target<C, State, Asked>,
  commandId: string,
): Promise<{ view: View<State>; earlier: readonly RecordedEvent[] }> {
  const { category, decider, known } = target;
  const stream = streamOf(target);
  const kept = known.get(stream);
  if (kept !== null && !kept.given.has(commandId)) {
    // From the last event that is known: a log that was set back to a backup may be shorter, or go on differently.
    const [last, ...news] = await store.read(stream, { from: kept.revision });
    if (last?.id === kept.lastId && !news.some((event) => event.meta.commandId === commandId)) {
      const state = understood(news, category).reduce(decider.evolve, kept.state);
      known.learn(stream, kept.revision, news, state);
      return { view: { last: kept.revision + news.length, state }, earlier: [] };
    }
  }
  const history = await store.read(stream);
  const state = fold(decider, understood(history, category));
  known.learn(stream, -1, history, state);
  const earlier = history.filter((event) => event.meta.commandId === commandId);
  return { view: { last: history.length - 1, state }, earlier };
}

/** Appends what was decided over `view`. Null when the stream is further by now, be it only by this very command. */
async function write<C extends Category, State, Asked extends Command>(
  store: EventStore,
  target: Target<C, State, Asked>,
  view: View<State>,
  decision: readonly EventOf[C][],
  command: Command,
  context: CommandContext,
): Promise<Accepted | null> {
  const { category, decider, known } = target;
  const stream = streamOf(target);
  const events = decision.map((event, index) => prepared(stream, event, index, command, context));
  const drafts = events.map((event, index) => draft(event, stream, category, view.last + 1 + index));
  // Folded before it is written: what this program itself cannot take must never get into the log.
  const state = understood(drafts, category).reduce(decider.evolve, view.state);
  const result = await append(store, stream, view.last, events);
  if (result.kind !== 'appended' || result.duplicate) {
    known.forget(stream);
    return null;
  }
  known.learn(stream, view.last, events, state);
  const { placed = [] } = result;
  const written = drafts.flatMap((event, index) => {
    const place = placed[index];
    return place ? [{ ...event, ...place }] : [];
  });
  if (written.length === events.length) return accepted(stream, written, view.last);
  return accepted(stream, await store.read(stream, { from: view.last + 1, limit: events.length }), view.last);
}

async function append(
  store: EventStore,
  stream: string,
  last: number,
  events: readonly NewEvent[],
): Promise<AppendResult> {
  try {
    return await store.append(stream, last < 0 ? 'no-stream' : last, events);
  } catch (error) {
    throw error instanceof LogBusy ? new StreamBusy(stream, { cause: error }) : error;
  }
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
  const meta = { commandId, correlationId, causationId, actor, occurredAt: command.now, schemaVersion };
  return {
    // With the stream: one key of a client may come with commands to several streams, and whoever reacts to an event
    // makes ids of its id.
    id: idFrom(stream, commandId, index),
    type: event.type,
    data: event.data,
    meta: actor.kind === 'person' ? { ...meta, asked: hashOf(command) } : meta,
  };
}

/** The event as it will be read, but for what the store adds. */
function draft(event: NewEvent, stream: string, category: Category, revision: number): RecordedEvent {
  // What is remembered must be what another process reads, and may share nothing with the command.
  const data: EventBody['data'] = JSON.parse(JSON.stringify(event.data));
  return { ...event, data, stream, category, revision, position: '', recordedAt: 0, chain: '' };
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
