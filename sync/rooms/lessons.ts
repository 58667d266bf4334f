/**
 * Follows lessons and conversations: when a lesson is over its documents are closed for writing, who was taken out of
 * one is sent away, and whose rights in a conversation changed comes again with a fresh ticket.
 */
import { isConversationId } from '#events/conversation/names.ts';
import type { EventStore, RecordedEvent, Subscription } from '#events/store/event-store.ts';
import { CLOSE, type Close, type ReadOnlyReason } from '../close-codes.ts';
import type { Log } from '../log.ts';
import { admissionsOf, FOLLOWED, placeOf } from './admissions.ts';

/** The longest that a ticket lives, wall ms (ARCHITECTURE §4). */
const TICKET_MS = 15 * 60_000;
/** Events a page. Behind a lesson's end come the outcomes of each seat, and no more: the first page has it. */
const PAGE = 200;

const reasonOf = ({ type }: RecordedEvent): ReadOnlyReason | null =>
  type === 'LessonEnded' ? 'lesson-ended' : type === 'LessonCancelled' ? 'lesson-cancelled' : null;

export interface LessonPorts {
  readonly store: EventStore;
  readonly log: Log;
  /** Wall ms. */
  readonly wall: () => number;
  readonly onEnd: (lessonId: string, reason: ReadOnlyReason) => void;
  /** Whoever they are, wherever they have it open: they go, and come back if they still may. */
  readonly onSentAway: (lessonId: string, personId: string, close: Close) => void;
}

export class Lessons {
  private readonly ports: LessonPorts;
  private subscription: Subscription | null = null;
  /** `lesson person` → tickets that end before this wall time were given before the person was taken out. */
  private readonly refused = new Map<string, { readonly until: number; readonly close: Close }>();

  constructor(ports: LessonPorts) {
    this.ports = ports;
  }

  /** From now on; what was before is read when a document is opened. */
  async follow(): Promise<void> {
    const { store } = this.ports;
    this.subscription = store.subscribe({
      after: (await store.head()) ?? 'start',
      filter: FOLLOWED,
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
    const stream = isConversationId(lessonId) ? `conversation-${lessonId}` : `lesson-${lessonId}`;
    for (let from: number | null = null; ;) {
      const page: readonly RecordedEvent[] = await this.ports.store.read(stream, {
        direction: 'backwards',
        limit: PAGE,
        ...(from === null ? {} : { from }),
      });
      for (const event of page) {
        reason ??= reasonOf(event);
        for (const { personId, now } of admissionsOf(event)) {
          // From the newest to the oldest: the first that is met is what holds. To may more takes nothing back.
          if (known.has(personId) || now === 'more') continue;
          known.add(personId);
          if (now !== 'in') this.refuseUntil(lessonId, personId, event.recordedAt + TICKET_MS, closeFor(now));
        }
      }
      const oldest = page.at(-1);
      if (!oldest || page.length < PAGE || oldest.revision === 0 || oldest.recordedAt < since) return reason;
      from = oldest.revision - 1;
    }
  }

  /** How to send away who comes with a ticket from before they were taken out, or might do less; null for any other. */
  revoked(lessonId: string, personId: string, ticketExpiresAt: number): Close | null {
    const refused = this.refused.get(`${lessonId} ${personId}`);
    return refused && ticketExpiresAt <= refused.until ? refused.close : null;
  }

  /** Every ticket that the person has by now stops working. */
  revoke(lessonId: string, personId: string, close: Close = CLOSE.removed): void {
    const now = this.ports.wall();
    for (const [key, { until }] of this.refused) if (until < now) this.refused.delete(key);
    this.refuseUntil(lessonId, personId, now + TICKET_MS, close);
    this.ports.onSentAway(lessonId, personId, close);
  }

  async stop(): Promise<void> {
    await this.subscription?.stop();
  }

  /** @param until wall ms. */
  private refuseUntil(lessonId: string, personId: string, until: number, close: Close): void {
    const key = `${lessonId} ${personId}`;
    this.refused.set(key, { until: Math.max(until, this.refused.get(key)?.until ?? 0), close });
  }

  private on(event: RecordedEvent): void {
    const place = placeOf(event);
    if (place === null) return;
    const ended = reasonOf(event);
    if (ended) this.ports.onEnd(place, ended);
    for (const { personId, now } of admissionsOf(event)) {
      if (now === 'in') this.refused.delete(`${place} ${personId}`);
      else if (now === 'more') this.ports.onSentAway(place, personId, CLOSE.ticketExpired);
      else this.revoke(place, personId, closeFor(now));
    }
  }
}

/** Who may do less is told to come again, with a fresh ticket. */
const closeFor = (now: 'out' | 'less'): Close => (now === 'out' ? CLOSE.removed : CLOSE.ticketExpired);
