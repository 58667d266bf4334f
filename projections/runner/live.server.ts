/** Tells people's open pages that something is new. Fleeting: whoever misses it sees the rows at the next load. */
import { CONVERSATION_NEWS } from '#events/conversation/names.ts';
import type { Bus } from '#platform/bus/bus.ts';
import type { Database } from '#platform/database/database.ts';
import type { Log } from '#platform/log/log.server.ts';
import type { Fact } from '../fact.ts';
import type { Posted } from '../notices/post.server.ts';

/** Wall ms. Facts older than this come from catching up; nobody is waiting for them. */
const NEWS_MS = 60_000;

export interface Live {
  committed(facts: readonly Fact[]): void;
  posted(posted: readonly Posted[]): void;
  /** Resolves once everything handed over so far is out. */
  idle(): Promise<void>;
}

/** The booking whose row a fact changed, or null. */
function bookingOf({ category, data }: Fact): string | null {
  if (!['booking', 'payment', 'payout', 'calendar', 'dispute', 'chargeback'].includes(category)) return null;
  return 'bookingId' in data && typeof data.bookingId === 'string' ? data.bookingId : null;
}

/** People whom facts about a conversation concern: they may have just stopped being members. */
function conversationsIn(facts: readonly Fact[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const { category, data } of facts) {
    const fields: Readonly<Record<string, unknown>> = data;
    const { conversationId } = fields;
    if (category !== 'conversation' || typeof conversationId !== 'string') continue;
    const people = [fields.by, fields.personId, fields.otherId].filter((one) => typeof one === 'string');
    found.set(conversationId, [...(found.get(conversationId) ?? []), ...people]);
  }
  return found;
}

export function createLive({ db, bus, log }: { db: Database; bus: Bus; log: Log }): Live {
  let running: Promise<void> = Promise.resolve();
  const afterwards = (work: () => Promise<void>): void => {
    running = running.then(work).catch((error: unknown) => {
      log.warn({ err: error }, 'a live message could not be sent');
    });
  };

  return {
    committed(facts) {
      const news = facts.filter((fact) => Date.now() - fact.recordedAt < NEWS_MS);
      const conversations = conversationsIn(news);
      if (conversations.size > 0)
        afterwards(async () => {
          for (const [conversationId, alsoFor] of conversations)
            await bus.publish(CONVERSATION_NEWS, { conversationId, alsoFor });
        });
      const bookings = [...new Set(news.flatMap((fact) => bookingOf(fact) ?? []))];
      if (bookings.length === 0) return;
      afterwards(async () => {
        const rows = await db.query<{ booking_id: string; person_id: string }>(
          `SELECT booking_id, unnest(ARRAY[student_id, booked_by, tutor_id]) AS person_id
           FROM read_model.booking WHERE booking_id = ANY($1)
           UNION SELECT b.booking_id, g.guardian_id FROM read_model.booking b
             JOIN read_model.guardian g ON g.person_id = b.student_id WHERE b.booking_id = ANY($1)`,
          [bookings],
        );
        for (const { booking_id, person_id } of rows)
          await bus.publish(`person:${person_id}`, { type: 'booking-changed', bookingId: booking_id });
      });
    },
    posted(posted) {
      afterwards(async () => {
        for (const { personId, title, body, href, notice, tutorName } of posted) {
          const topic = `person:${personId}`;
          if (notice.lesson !== null && notice.about.kind === 'lesson-started') {
            const { code } = notice.about;
            await bus.publish(topic, { type: 'lesson-started', code, subject: notice.lesson.subject, tutorName });
          }
          await bus.publish(topic, { type: 'notice', title, body, href });
        }
      });
    },
    idle: () => running,
  };
}
