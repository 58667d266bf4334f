import { expect } from 'vitest';
import { fold, type Decider } from './decider.ts';
import { isRefusal } from './refusal.ts';

/**
 * Test helper: `given(events).when(command).then(events)`, or `.then('refusal-code')`. Every step checks what holds for
 * all deciders: the state is not changed, and a second decision from the same state is the same.
 */
export function specFor<State, Command, Event>(decider: Decider<State, Command, Event>) {
  return function given(history: readonly Event[]) {
    return {
      when(command: Command) {
        return {
          then(expected: readonly Event[] | string): void {
            const state = deepFreeze(fold(decider, history));
            const decision = decider.decide(deepFreeze(command), state);
            expect(decider.decide(command, state)).toEqual(decision);
            if (typeof expected === 'string') {
              expect(isRefusal(decision) ? decision.code : decision).toBe(expected);
              expect(isRefusal(decision) && decision.message.length > 10).toBe(true);
              return;
            }
            expect(decision).toEqual(expected);
            expect(() => fold(decider, [...history, ...expected])).not.toThrow();
          },
        };
      },
    };
  };
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of value instanceof Map ? value.values() : Object.values(value)) deepFreeze(part);
  }
  return value;
}
