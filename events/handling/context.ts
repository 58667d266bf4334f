import { idFrom } from '../shared/ids.ts';
import type { RecordedEvent } from '../store/event-store.ts';
import type { AnyCommand, CommandContext } from './submit.ts';

/**
 * A command that a person gave. `requestId` is the client's own (or a fresh id): the same command with it again changes
 * nothing. It is bound to person and command, so nobody can use up another one's, and one form may give several. It says
 * nothing of the stream: a command counts as given once in each stream, and event ids hold the stream's name (HA2).
 */
export function fromPerson(person: {
  readonly personId: string;
  readonly requestId: string;
  readonly command: AnyCommand['type'];
  readonly role?: string;
  /** A code, such as what was stuck when ops stepped in. */
  readonly reason?: string;
  /** One id for all that follows; without it the command's own. */
  readonly correlationId?: string;
}): CommandContext {
  const { personId, requestId, command, role, reason } = person;
  const commandId = idFrom('person', personId, requestId, command);
  return {
    commandId,
    correlationId: person.correlationId ?? commandId,
    causationId: commandId,
    actor: {
      kind: 'person',
      id: personId,
      ...(role === undefined ? {} : { role }),
      ...(reason === undefined ? {} : { reason }),
    },
  };
}

/** A command that a process gives because of an event. `step` tells several commands from one event apart. */
export function fromEvent(event: RecordedEvent, step: string, processName: string): CommandContext {
  return {
    commandId: idFrom(event.id, step),
    correlationId: event.meta.correlationId,
    causationId: event.id,
    actor: { kind: 'process', id: processName },
  };
}

/**
 * A fact learnt from a provider. `fact` names it, such as `pay_1 captured`: the same fact by another way (webhook,
 * fetch, return of the browser) is the same command.
 */
export function fromProvider(provider: string, fact: string, correlationId?: string): CommandContext {
  const commandId = idFrom('provider', provider, fact);
  return {
    commandId,
    correlationId: correlationId ?? commandId,
    causationId: commandId,
    actor: { kind: 'provider', id: provider },
  };
}

/** A command of our own servers (media, sync, timers, seed). `key` names the act. */
export function fromSystem(system: string, key: string, correlationId?: string): CommandContext {
  const commandId = idFrom('system', system, key);
  return {
    commandId,
    correlationId: correlationId ?? commandId,
    causationId: commandId,
    actor: { kind: 'system', id: system },
  };
}
