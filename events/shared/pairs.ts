import { expect } from 'vitest';
import { fold, type Decider } from './decider.ts';
import { isRefusal } from './refusal.ts';

/** What a pair gives: the events' types joined by `+`, the code of a refusal, or `nothing`. */
export function outcomeOf<State, Command, Event extends { readonly type: string }>(
  decider: Decider<State, Command, Event>,
  history: readonly Event[],
  command: Command,
): string {
  const decision = decider.decide(command, fold(decider, history));
  if (isRefusal(decision)) return decision.code;
  // What it gives can also follow there.
  fold(decider, [...history, ...decision]);
  return decision.length === 0 ? 'nothing' : decision.map((event) => event.type).join('+');
}

/**
 * Test helper: every (state, command) pair gives what `table` says. `table` holds for each command `outcome: 'state
 * state …'`; a pair that is missing in it, or stands there twice, fails.
 */
export function checkPairs<State, Command, Event extends { readonly type: string }>(
  decider: Decider<State, Command, Event>,
  states: Readonly<Record<string, readonly Event[]>>,
  commands: Readonly<Record<string, Command>>,
  table: Readonly<Record<string, Readonly<Record<string, string>>>>,
): void {
  expect(Object.keys(table).toSorted()).toEqual(Object.keys(commands).toSorted());
  for (const [name, command] of Object.entries(commands)) {
    const said = Object.entries(table[name] ?? {}).flatMap(([outcome, where]) =>
      where
        .trim()
        .split(/\s+/)
        .map((state) => [state, outcome] as const),
    );
    expect(said.map(([state]) => state).toSorted(), `${name} says what each state gives, once`).toEqual(
      Object.keys(states).toSorted(),
    );
    const expected = new Map(said);
    for (const [state, history] of Object.entries(states))
      expect(outcomeOf(decider, history, command), `${name} in ${state}`).toBe(expected.get(state));
  }
}
