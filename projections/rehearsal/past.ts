/** The past of one booking as a rehearsal reads it: what happened, in the order of the log. Nothing here can write. */
import type { AnyEvent, EventOf } from '#events/handling/registry.ts';
import type { LessonEvent } from '#events/lesson/events.ts';
import type { Fact } from '../fact.ts';

interface When {
  /** Business ms at which it was decided. */
  readonly occurredAt: number;
  /** Events of one decision share it. */
  readonly commandId: string;
}

type Past<E extends AnyEvent> = E & When;
export type PastLessonEvent = Past<LessonEvent>;
export type PastCaseEvent = Past<
  EventOf['booking'] | EventOf['payout'] | EventOf['dispute'] | EventOf['payment'] | EventOf['chargeback']
>;
type PastOutcome = Past<Extract<LessonEvent, { type: 'OutcomeDecided' }>>;

/** One booking: its own streams, and what was decided about its seat. */
export interface PastCase {
  readonly bookingId: string;
  readonly facts: readonly (PastCaseEvent | PastOutcome)[];
}

const CASE = ['booking', 'payout', 'dispute', 'payment', 'chargeback'];

/** Less than a stored event, so that ten thousand bookings fit into memory. */
export function slim(fact: Fact): PastCaseEvent | PastLessonEvent | null {
  if (fact.category !== 'lesson' && !CASE.includes(fact.category)) return null;
  const { type, data, meta } = fact;
  // A pair that was recognised together stays together.
  return { type, data, occurredAt: meta.occurredAt, commandId: meta.commandId } as PastCaseEvent | PastLessonEvent;
}

/** Collects the past of bookings and lessons from the log, in its order. */
export class Pasts {
  readonly #cases = new Map<string, (PastCaseEvent | PastOutcome)[]>();
  readonly #lessons = new Map<string, PastLessonEvent[]>();

  take(fact: Fact): void {
    const past = slim(fact);
    if (past === null) return;
    if (fact.category === 'lesson' && 'lessonId' in past.data) {
      listAt(this.#lessons, past.data.lessonId).push(past as PastLessonEvent);
      if (past.type === 'OutcomeDecided') listAt(this.#cases, past.data.bookingId).push(past);
    } else if ('bookingId' in past.data && typeof past.data.bookingId === 'string')
      listAt(this.#cases, past.data.bookingId).push(past as PastCaseEvent);
  }

  /** Every booking that was asked for. */
  *cases(): Generator<PastCase> {
    for (const [bookingId, facts] of this.#cases)
      if (facts.some(({ type }) => type === 'BookingRequested')) yield { bookingId, facts };
  }

  lesson(lessonId: string): readonly PastLessonEvent[] {
    return this.#lessons.get(lessonId) ?? [];
  }
}

function listAt<T>(lists: Map<string, T[]>, key: string): T[] {
  const known = lists.get(key);
  if (known) return known;
  const fresh: T[] = [];
  lists.set(key, fresh);
  return fresh;
}
