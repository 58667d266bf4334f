/** Which records belong to a part of the log. */
import type { ChainRecord } from '../chain.ts';
import type { EventStore } from '../event-store.ts';
import type { Scope } from './format.ts';

export interface Selection {
  takes(record: ChainRecord): boolean;
  /** Whether all of a stream is in it. */
  isWhole(stream: string): boolean;
}

/** Streams that are named after a booking and tell of nothing else. */
const OWN = ['booking', 'payment', 'payout', 'dispute', 'review'] as const;

export async function selectionFor(scope: Scope, store: Pick<EventStore, 'read'>): Promise<Selection> {
  switch (scope.kind) {
    case 'whole':
      return { takes: () => true, isWhole: () => true };
    case 'stream':
      return { takes: ({ stream }) => stream === scope.id, isWhole: () => true };
    case 'booking':
      return bookingSelection(scope.id, await store.read(`booking-${scope.id}`));
  }
}

/**
 * A booking's own streams and its chargebacks whole; of its lessons and of the tutor's calendar only what concerns it,
 * so that another student of the same lesson does not come along.
 */
function bookingSelection(bookingId: string, booking: readonly { readonly data: Data }[]): Selection {
  const whole = new Set<string>(OWN.map((category) => `${category}-${bookingId}`));
  const lessons = new Set<string>();
  const people = new Set<unknown>();
  for (const { data } of booking) {
    if (typeof data.lessonId === 'string') lessons.add(`lesson-${data.lessonId}`);
    for (const person of [data.tutorId, data.studentId]) if (person !== undefined) people.add(person);
  }

  function takes({ stream, data }: ChainRecord): boolean {
    if (whole.has(stream)) return true;
    const category = stream.slice(0, stream.indexOf('-'));
    if (category === 'lesson') return lessons.has(stream) && concerns(JSON.parse(data));
    // Most records of other streams do not even name the booking.
    if ((category !== 'calendar' && category !== 'chargeback') || !data.includes(bookingId)) return false;
    const ours = dataOf(JSON.parse(data)).bookingId === bookingId;
    // The first event of a chargeback names its booking; the later ones need not.
    if (ours && category === 'chargeback') whole.add(stream);
    return ours;
  }

  /** In a lesson: its frame (schedule, start, end), and what is about this seat or the two people of it. */
  function concerns(parsed: unknown): boolean {
    const data = dataOf(parsed);
    if (data.bookingId !== undefined) return data.bookingId === bookingId;
    const person = data.personId ?? data.studentId;
    return person === undefined || people.has(person);
  }

  return { takes, isWhole: (stream) => whole.has(stream) };
}

type Data = Readonly<Record<string, unknown>>;

const dataOf = (value: unknown): Data =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
