/** Follows the lessons: when one is over its documents are closed for writing, and who was taken out of one is sent away. */
import type { EventStore, RecordedEvent, Subscription } from '#events/store/event-store.ts';
import type { ReadOnlyReason } from '../close-codes.ts';
import type { Log } from '../log.ts';

/** The longest that a ticket lives, wall ms (ARCHITECTURE §4). */
const TICKET_MS = 15 * 60_000;
/** Events a page. Behind a lesson's end come the outcomes of each seat, and no more: the first page has it. */
const PAGE = 200;

const reasonOf = ({ type }: RecordedEvent): ReadOnlyReason | null =>
  type === 'LessonEnded' ? 'lesson-ended' : type === 'LessonCancelled' ? 'lesson-cancelled' : null;

/** Who was taken out or let in again by this event. */
function admissionOf({ type, data }: RecordedEvent): { personId: string; out: boolean } | null {
  if (type === 'SeatTaken' || type === 'SeatGivenUp')
    return typeof data.studentId === 'string' ? { personId: data.studentId, out: type === 'SeatGivenUp' } : null;
  if (type !== 'ParticipantLeft' || data.reason !== 'removed' || typeof data.personId !== 'string') return null;
  return { personId: data.personId, out: true };
}

export interface LessonPorts {
  readonly store: EventStore;
  readonly log: Log;
  /** Wall ms. */
  readonly wall: () => number;
  readonly onEnd: (lessonId: string, reason: ReadOnlyReason) => void;
  readonly onRemoved: (lessonId: string, personId: string) => void;
}

export class Lessons {
  private readonly ports: LessonPorts;
  private subscription: Subscription | null = null;
  /** `lesson person` → tickets that end before this wall time were given before the person was taken out. */
  private readonly revoked = new Map<string, number>();

  constructor(ports: LessonPorts) {
    this.ports = ports;
  }

  /** From now on; what was before is read when a document is opened. */
  async follow(): Promise<void> {
    const { store } = this.ports;
    this.subscription = store.subscribe({
      after: (await store.head()) ?? 'start',
      filter: {
        categories: ['lesson'],
        types: ['LessonEnded', 'LessonCancelled', 'ParticipantLeft', 'SeatGivenUp', 'SeatTaken'],
      },
      onEvents: async (events) => {
        for (const event of events) this.on(event);
      },
    });
  }

  /**
   * Why the lesson's documents are closed, or null while they are open. Learns also who was taken out while this process
   * did not listen, as far back as a ticket lives.
   */
  async ended(lessonId: string): Promise<ReadOnlyReason | null> {
    const since = this.ports.wall() - TICKET_MS;
    const known = new Set<string>();
    let reason: ReadOnlyReason | null = null;
    for (let from: number | null = null; ;) {
      const page: readonly RecordedEvent[] = await this.ports.store.read(`lesson-${lessonId}`, {
        direction: 'backwards',
        limit: PAGE,
        ...(from === null ? {} : { from }),
      });
      for (const event of page) {
        reason ??= reasonOf(event);
        const change = admissionOf(event);
        // From the newest to the oldest: the first that is met is what holds.
        if (!change || known.has(change.personId)) continue;
        known.add(change.personId);
        if (change.out) this.refuseUntil(lessonId, change.personId, event.recordedAt + TICKET_MS);
      }
      const oldest = page.at(-1);
      if (!oldest || page.length < PAGE || oldest.revision === 0 || oldest.recordedAt < since) return reason;
      from = oldest.revision - 1;
    }
  }

  /** Whether a ticket was given before its person was taken out of the lesson. */
  isRevoked(lessonId: string, personId: string, ticketExpiresAt: number): boolean {
    return ticketExpiresAt <= (this.revoked.get(`${lessonId} ${personId}`) ?? -1);
  }

  /** Every ticket that the person has by now stops working. */
  revoke(lessonId: string, personId: string): void {
    const now = this.ports.wall();
    for (const [key, until] of this.revoked) if (until < now) this.revoked.delete(key);
    this.refuseUntil(lessonId, personId, now + TICKET_MS);
    this.ports.onRemoved(lessonId, personId);
  }

  async stop(): Promise<void> {
    await this.subscription?.stop();
  }

  /** @param until wall ms. */
  private refuseUntil(lessonId: string, personId: string, until: number): void {
    const key = `${lessonId} ${personId}`;
    this.revoked.set(key, Math.max(until, this.revoked.get(key) ?? 0));
  }

  private on(event: RecordedEvent): void {
    const { lessonId } = event.data;
    if (typeof lessonId !== 'string') return;
    const ended = reasonOf(event);
    if (ended) this.ports.onEnd(lessonId, ended);
    const change = admissionOf(event);
    if (change?.out) this.revoke(lessonId, change.personId);
    else if (change) this.revoked.delete(`${lessonId} ${change.personId}`);
  }
}
