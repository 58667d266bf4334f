import type { Refusal } from './refusal.ts';

/** The three pure parts of one kind of stream. `decide` gives no events when the thing asked for is already so. */
export interface Decider<State, Command, Event> {
  readonly initial: State;
  readonly evolve: (state: State, event: Event) => State;
  readonly decide: (command: Command, state: State) => readonly Event[] | Refusal;
}

/** The state after `events`. */
export function fold<State, Event>(
  decider: { readonly initial: State; readonly evolve: (state: State, event: Event) => State },
  events: readonly Event[],
): State {
  return events.reduce(decider.evolve, decider.initial);
}
