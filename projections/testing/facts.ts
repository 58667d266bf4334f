/** Helpers of the tests of this folder. */
import { EVENTS, type AnyEvent } from '#events/handling/registry.ts';
import { idFrom } from '#events/shared/ids.ts';
import type { RecordedEvent } from '#events/store/event-store.ts';
import { recognise, type Fact } from '../fact.ts';
import type { Process, Reaction, Surroundings } from '../processes/process.ts';

let count = 0;

/** An event as the log gives it. `at`: business ms. */
export function recorded(event: AnyEvent, at = 0): RecordedEvent {
  count += 1;
  const { category, version } = EVENTS[event.type];
  const id = idFrom('test-event', count);
  return {
    id,
    type: event.type,
    data: event.data,
    meta: {
      commandId: id,
      correlationId: 'test',
      causationId: 'test',
      actor: { kind: 'system', id: 'test' },
      occurredAt: at,
      schemaVersion: version,
    },
    stream: `${category}-x`,
    category,
    revision: count,
    position: String(count).padStart(16, '0'),
    recordedAt: at,
    chain: '',
  };
}

export function fact(event: AnyEvent, at = 0): Fact {
  const known = recognise(recorded(event, at));
  if (!known) throw new Error(`No fact: ${event.type}`);
  return known;
}

/** What the last of these facts sets off, after the others. */
export function reactionsTo<State>(
  process: Process<State>,
  facts: readonly Fact[],
  around: Surroundings = { accountId: 'acc_Demo0000000001' },
): readonly Reaction[] {
  let state = process.initial;
  let reactions: readonly Reaction[] = [];
  for (const one of facts) {
    if (process.keyOf(one) === null) throw new Error(`${process.name} does not follow ${one.type}`);
    state = process.evolve(state, one);
    reactions = process.react(one, state, around);
  }
  return reactions;
}

/** The commands among them, by type. */
export const commandsIn = (reactions: readonly Reaction[]): readonly string[] =>
  reactions.flatMap((reaction) => (reaction.kind === 'command' ? [reaction.command.type] : []));
