/** The sweep behind moves: a proposal that nobody answered, and one that was agreed to and went no further. Rule SW10. */
import { recogniseAs } from '#events/handling/registry.ts';
import type { BookingState } from '#events/booking/events.ts';
import type { EventStore } from '#events/store/event-store.ts';
import type { Database } from '#platform/database/database.ts';
import { moveSeat, reasonOf } from '../processes/move-lesson.ts';
import type { Intent } from '../processes/process.ts';
import { streamsOf } from './streams.server.ts';

export interface MoveSweepSettings {
  readonly db: Database;
  readonly store: EventStore;
  readonly now: () => number;
  /** Business ms that timers and processes get before the sweeper steps in. */
  readonly slackMs: number;
  readonly atATime: number;
  readonly ask: (what: string, id: string, intent: Intent) => Promise<void>;
}

export function createMoveSweep({ db, store, now, slackMs, atATime, ask }: MoveSweepSettings): {
  run(): Promise<void>;
} {
  const streams = streamsOf(store);

  /** What the calendar answered; null: it was never asked. */
  async function answerOf(tutorId: string, proposalId: string) {
    const events = (await store.read(`calendar-${tutorId}`)).flatMap((event) => recogniseAs(event, 'calendar') ?? []);
    for (const event of events)
      if ((event.type === 'SeatMoved' || event.type === 'SeatMoveRefused') && event.data.proposalId === proposalId)
        return event;
    return null;
  }

  async function goOn({ terms, proposal }: Extract<BookingState, { kind: 'confirmed' }>): Promise<void> {
    if (!proposal) return;
    const { bookingId } = terms;
    const { proposalId, agreedAt, answerBy } = proposal;
    // Each proposal for itself: the sweeper's commands are known by what they are about.
    if (agreedAt === null) {
      if (answerBy + slackMs < now())
        await ask('lapse-move', proposalId, { type: 'LapseReschedule', data: { bookingId, proposalId } });
      return;
    }
    if (agreedAt + slackMs >= now()) return;
    const answer = await answerOf(terms.tutorId, proposalId);
    if (answer === null) await ask('move-seat', proposalId, moveSeat(terms, proposal));
    else if (answer.type === 'SeatMoved') {
      const { lessonId, startsAt } = answer.data;
      await ask('complete-move', proposalId, {
        type: 'CompleteReschedule',
        data: { bookingId, proposalId, lessonId, startsAt },
      });
    } else {
      const reason = reasonOf(answer.data.reason);
      await ask('refuse-move', proposalId, { type: 'RefuseReschedule', data: { bookingId, proposalId, reason } });
    }
  }

  return {
    async run() {
      const rows = await db.query<{ id: string }>(
        `SELECT booking_id AS id FROM read_model.booking
         WHERE state = 'confirmed' AND move_id IS NOT NULL AND (move_agreed OR move_answer_by < $1)
         ORDER BY move_answer_by LIMIT ${atATime}`,
        [now() - slackMs],
      );
      for (const { id } of rows) {
        const state = await streams.booking(id);
        if (state.kind === 'confirmed') await goOn(state);
      }
    },
  };
}
