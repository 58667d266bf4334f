/** Awareness states on the wire (y-protocols/awareness). */
import { Malformed, Reader } from './reader.ts';
import { Writer } from './writer.ts';

export interface PresenceState {
  readonly client: number;
  readonly clock: number;
  /** JSON; 'null' says that the client is gone. */
  readonly json: string;
}

/** Most states in one message: a stock client repeats those of its peers, whole rooms of them. */
const MOST_STATES = 1_000;

export function readStates(bytes: Uint8Array): PresenceState[] {
  const reader = new Reader(bytes);
  const count = reader.varUint();
  if (count > MOST_STATES) throw new Malformed('too many states');
  const states: PresenceState[] = [];
  for (let i = 0; i < count; i += 1)
    states.push({ client: reader.varUint(), clock: reader.varUint(), json: reader.varString() });
  if (reader.left > 0) throw new Malformed('bytes behind the end');
  return states;
}

export function writeStates(states: readonly PresenceState[]): Buffer {
  const writer = new Writer().varUint(states.length);
  for (const { client, clock, json } of states) writer.varUint(client).varUint(clock).varString(json);
  return writer.finish();
}

/** The longest state, in characters of JSON. */
const MOST_JSON = 4_096;

/**
 * A client's own state, with who it is written over by what the ticket says. Null when it is no state at all.
 */
export function ownState(json: string, person: { personId: string; name: string }): string | null {
  if (json === 'null') return json;
  if (json.length > MOST_JSON) return null;
  let state: unknown;
  try {
    state = JSON.parse(json);
  } catch (cause) {
    throw new Malformed('not JSON', { cause });
  }
  if (typeof state !== 'object' || state === null || Array.isArray(state)) return null;
  const user = 'user' in state && typeof state.user === 'object' && state.user !== null ? state.user : {};
  return JSON.stringify({ ...state, user: { ...user, personId: person.personId, name: person.name } });
}
