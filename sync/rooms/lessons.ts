/** Follows the lessons: when one is over its documents are closed for writing, and who was taken out of one is sent away. */
import type { EventStore, RecordedEvent, Subscription } from '#events/store/event-store.ts';
import type { ReadOnlyReason } from '../close-codes.ts';
import type { Log } from '../log.ts';

/** The longest that a ticket lives, wall ms (ARCHITECTURE §4). */
const TICKET_MS = 15 * 60_000;
/** Behind the end come the outcomes of each seat, and no more. */
const TAIL = 200;

const reasonOf = ({ type }: RecordedEvent): ReadOnlyReason | null =>
  type === 'LessonEnded' ? 'lesson-ended' : type === 'LessonCancelled' ? 'lesson-cancelled' : null;

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
      filter: { categories: ['lesson'], types: ['LessonEnded', 'LessonCancelled', 'ParticipantLeft'] },
      onEvents: async (events) => {
        for (const event of events) this.on(event);
      },
    });
  }

  /** Why the lesson's documents are closed, or null while they are open. */
  async ended(lessonId: string): Promise<ReadOnlyReason | null> {
    const events = await this.ports.store.read(`lesson-${lessonId}`, { direction: 'backwards', limit: TAIL });
    for (const event of events) {
      const reason = reasonOf(event);
      if (reason) return reason;
    }
    return null;
  }

  /** Whether a ticket was given before its person was taken out of the lesson. */
  isRevoked(lessonId: string, personId: string, ticketExpiresAt: number): boolean {
    return ticketExpiresAt <= (this.revoked.get(`${lessonId} ${personId}`) ?? -1);
  }

  /** Every ticket that the person has by now stops working. */
  revoke(lessonId: string, personId: string): void {
    const now = this.ports.wall();
    for (const [key, until] of this.revoked) if (until < now) this.revoked.delete(key);
    this.revoked.set(`${lessonId} ${personId}`, now + TICKET_MS);
    this.ports.onRemoved(lessonId, personId);
  }

  async stop(): Promise<void> {
    await this.subscription?.stop();
  }

  private on(event: RecordedEvent): void {
    const { lessonId, personId, reason } = event.data;
    if (typeof lessonId !== 'string') return;
    const ended = reasonOf(event);
    if (ended) this.ports.onEnd(lessonId, ended);
    else if (reason === 'removed' && typeof personId === 'string') this.revoke(lessonId, personId);
  }
}
