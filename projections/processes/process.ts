import type { AnyCommand } from '#events/handling/submit.ts';
import type { Fact } from '../fact.ts';
import type { ProviderCall } from '../effects/provider-call.ts';
import type { Notice } from '../notices/notice.ts';

type WithoutNow<C> = C extends AnyCommand ? Omit<C, 'now'> : never;

/** A command before business time is stamped on it, which happens when it is submitted. */
export type Intent = WithoutNow<AnyCommand>;

export type Reaction =
  /** Submitted at once. Its id is made of the event and `step`, so the same event twice is the same command. */
  | { readonly kind: 'command'; readonly step: string; readonly command: Intent }
  /** Submitted once business time reaches `dueAt`. The first timer of a key stands. */
  | { readonly kind: 'timer'; readonly key: string; readonly dueAt: number; readonly command: Intent }
  | { readonly kind: 'reminder'; readonly key: string; readonly dueAt: number; readonly notice: Notice }
  /** Whatever waits under these keys is not wanted any more. */
  | { readonly kind: 'forget'; readonly keys: readonly string[] }
  /** Put into the outbox in the transaction that moves the checkpoint; at most one for each operation id. */
  | { readonly kind: 'call'; readonly operationId: string; readonly bookingId: string; readonly call: ProviderCall }
  | { readonly kind: 'notice'; readonly notice: Notice };

/** What a process may ask beside its own state. Read before `react`, so that `react` stays pure. */
export interface Surroundings {
  /** The tutor's account at the provider, or null while there is none. */
  readonly accountId: string | null;
}

/**
 * A reaction of the product to facts: pure, and itself a fold over the facts of one key.
 * It never learns from a refusal. When a command of its own lost a race, the fact that won the race tells it so.
 */
export interface Process<State> {
  readonly name: string;
  readonly initial: State;
  /** Which state this fact belongs to; null: not for this process. */
  keyOf(fact: Fact): string | null;
  evolve(state: State, fact: Fact): State;
  /** `state` already contains `fact`. */
  react(fact: Fact, state: State, around: Surroundings): readonly Reaction[];
  /** The tutor whose account `react` needs for this fact. */
  needsAccountOf?(fact: Fact, state: State): string | null;
}

export const command = (step: string, intent: Intent): Reaction => ({ kind: 'command', step, command: intent });
