/**
 * Finds whatever a timer or a process missed and asks for it again. Rules SW1–SW11 of SPEC.md.
 * Everything it does is a command that the stream refuses when it is not due or done already, so it can only help.
 */
import type { Submit } from '#events/handling/submit.ts';
import { idFrom } from '#events/shared/ids.ts';
import { refundableOf } from '#events/payment/decide.ts';
import { reversalFor } from '#events/payout/dispute.ts';
import { reversedOf, type PayoutState } from '#events/payout/events.ts';
import type { Policy } from '#events/shared/policy.ts';
import { tutorPartOfRefund } from '#events/shared/money.ts';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import type { EventStore } from '#events/store/event-store.ts';
import type { BusinessClock } from '#platform/clock/clock.ts';
import type { Database } from '#platform/database/database.ts';
import type { Log } from '#platform/log/log.server.ts';
import { LATE_MONEY } from '../payments/late-money.ts';
import { lateRefundId } from '../processes/book-lesson.ts';
import type { Intent } from '../processes/process.ts';
import { cancelRefundId, releaseId, reversalId, transferId } from '../processes/release-payout.ts';
import { accountOf } from '../runner/account.server.ts';
import { streamsOf } from './streams.server.ts';
import { createDisputeSweeps } from './sweep-disputes.server.ts';
import { createBankSweep } from './sweep-banks.server.ts';
import { createMoveSweep } from './sweep-moves.server.ts';

/** Business ms that timers and processes get before the sweeper steps in. */
const SLACK_MS = 60_000;
const AT_A_TIME = 50;

export interface SweeperSettings {
  readonly db: Database;
  readonly store: EventStore;
  readonly submit: Submit;
  readonly clock: BusinessClock;
  readonly log: Log;
}

export function createSweeper({ db, store, submit, clock, log }: SweeperSettings): { run(): Promise<boolean> } {
  async function ask(what: string, id: string, intent: Intent): Promise<void> {
    const outcome = await submit(
      { ...intent, now: clock.now() },
      {
        commandId: idFrom('sweep', what, id),
        correlationId: id,
        causationId: id,
        actor: { kind: 'process', id: 'sweeper' },
      },
    );
    if (isRefusal(outcome)) log.debug({ what, id, code: outcome.code }, 'the sweeper was refused');
    else if (outcome.events.length > 0) log.warn({ what, id }, 'the sweeper did what had been missed');
  }

  const streams = streamsOf(store);
  const parts = { db, store, now: () => clock.now(), slackMs: SLACK_MS, atATime: AT_A_TIME, ask };
  const disputes = createDisputeSweeps(parts);
  const moves = createMoveSweep(parts);
  const banks = createBankSweep(parts);
  /** Up to here the overdue releases have been looked at. */
  let released = '';

  const overdue = (sql: string): Promise<{ id: string }[]> =>
    db.query<{ id: string }>(`${sql} LIMIT ${AT_A_TIME}`, [clock.now() - SLACK_MS]);

  async function bookings(): Promise<void> {
    const unpaid = await overdue(
      `SELECT booking_id AS id FROM read_model.booking WHERE state = 'awaiting-payment' AND pay_by < $1`,
    );
    for (const { id } of unpaid) await ask('expire', id, { type: 'ExpireBooking', data: { bookingId: id } });
    const unanswered = await overdue(
      `SELECT booking_id AS id FROM read_model.booking WHERE state = 'requested' AND least(starts_at,
         requested_at + (policy->>(CASE WHEN mode = 'accept' THEN 'acceptWithinMs' ELSE 'payWithinMs' END))::int8) < $1`,
    );
    for (const { id } of unanswered)
      await ask('lapse', id, { type: 'DeclineBooking', data: { bookingId: id, reason: 'lapsed' } });
    const paid = await overdue(
      `SELECT b.booking_id AS id FROM read_model.booking b JOIN read_model.capture c USING (booking_id)
       WHERE b.state = 'awaiting-payment' AND NOT c.surplus AND c.captured_at < $1`,
    );
    for (const { id } of paid) {
      const [row] = await db.query<{ amount: number }>(
        'SELECT amount FROM read_model.capture WHERE booking_id = $1 AND NOT surplus',
        [id],
      );
      if (row) await ask('confirm', id, { type: 'ConfirmBooking', data: { bookingId: id, amount: row.amount } });
    }
  }

  async function lessons(): Promise<void> {
    const rows = await db.query<{ id: string; policy: Policy | null }>(
      `SELECT l.lesson_id AS id, (SELECT b.policy FROM read_model.booking b WHERE b.lesson_id = l.lesson_id
                                  ORDER BY b.booking_id LIMIT 1) AS policy
       FROM read_model.lesson l WHERE l.state IN ('scheduled', 'live')
         AND l.starts_at + l.minutes * 60000 < $1 ORDER BY l.starts_at LIMIT ${AT_A_TIME}`,
      [clock.now() - SLACK_MS - POLICY_2026_11.closesAfterMs],
    );
    for (const { id, policy } of rows)
      await ask('end-lesson', id, {
        type: 'EndLesson',
        data: { lessonId: id, by: 'time', policy: policy ?? POLICY_2026_11 },
      });
    // An outcome that its booking has not heard of.
    const decided = await db.query<{ id: string; outcome: string; t0: number | null; lesson_id: string }>(
      `SELECT o.booking_id AS id, o.outcome, o.t0, o.lesson_id FROM read_model.outcome o JOIN read_model.booking b USING (booking_id)
       WHERE b.state IN ('confirmed', 'in-progress') AND o.decided_at < $1 LIMIT ${AT_A_TIME}`,
      [clock.now() - SLACK_MS],
    );
    for (const { id: bookingId, outcome, t0, lesson_id: lessonId } of decided) {
      if ((outcome === 'held' || outcome === 'student-no-show') && t0 !== null)
        await ask('complete', bookingId, { type: 'CompleteBooking', data: { bookingId, outcome, t0, lessonId } });
      if (outcome === 'tutor-no-show' || outcome === 'nobody')
        await ask('untaught', bookingId, { type: 'CancelUntaughtBooking', data: { bookingId, outcome, lessonId } });
      if (outcome === 'unclear' || outcome === 'failed-technically')
        await ask('review', bookingId, { type: 'ReviewBooking', data: { bookingId, outcome, lessonId } });
    }
  }

  async function payouts(): Promise<void> {
    const unplanned = await db.query<{ id: string; tutor_id: string; policy: Policy; payment: string; gross: number }>(
      `SELECT b.booking_id AS id, b.tutor_id, b.policy, c.provider_payment_id AS payment, c.amount AS gross
       FROM read_model.booking b JOIN read_model.capture c ON c.booking_id = b.booking_id AND NOT c.surplus
       LEFT JOIN read_model.payout p ON p.booking_id = b.booking_id
       WHERE p.booking_id IS NULL AND b.state IN ('confirmed', 'in-progress', 'completed', 'under-review')
         AND b.confirmed_at < $1 LIMIT ${AT_A_TIME}`,
      [clock.now() - SLACK_MS],
    );
    for (const { id: bookingId, tutor_id: tutorId, policy, payment, gross } of unplanned) {
      const accountId = await accountOf(store, tutorId);
      if (accountId === null) continue;
      const { commissionBps, holdMs } = policy;
      await ask('plan-payout', bookingId, {
        type: 'PlanPayout',
        data: { bookingId, tutorId, accountId, providerPaymentId: payment, gross, commissionBps, holdMs },
      });
    }
    const unasked = await overdue(
      `SELECT p.booking_id AS id FROM read_model.payout p JOIN read_model.booking b USING (booking_id)
       WHERE p.state = 'planned' AND p.planned_at < $1 AND (b.state <> 'cancelled' OR b.refund < p.gross)`,
    );
    for (const { id } of unasked)
      await ask('request-transfer', id, {
        type: 'RequestTransfer',
        data: { bookingId: id, operationId: transferId(id, 1) },
      });
    const unstarted = await db.query<{ id: string; t0: number }>(
      `SELECT b.booking_id AS id, b.t0 FROM read_model.booking b JOIN read_model.payout p USING (booking_id)
       WHERE b.state = 'completed' AND p.state = 'held' AND b.t0 < $1 LIMIT ${AT_A_TIME}`,
      [clock.now() - SLACK_MS],
    );
    for (const { id, t0 } of unstarted) await ask('start-hold', id, { type: 'StartHold', data: { bookingId: id, t0 } });
    // In turn: those that are paused are refused for days, and must not keep others from being looked at.
    const due = await db.query<{ id: string }>(
      `SELECT booking_id AS id FROM read_model.payout WHERE state = 'hold-running' AND release_at < $1 AND booking_id > $2
       ORDER BY booking_id LIMIT ${AT_A_TIME}`,
      [clock.now() - SLACK_MS, released],
    );
    released = due.length < AT_A_TIME ? '' : (due.at(-1)?.id ?? '');
    for (const { id } of due)
      await ask('release', id, {
        type: 'AuthorizeRelease',
        data: { bookingId: id, operationId: releaseId(id) },
      });
  }

  /** Cancelled, and the tutor's account still holds what belongs to the payer: that comes back first. */
  async function reversals(): Promise<void> {
    const rows = await db.query<{
      id: string;
      refund: number;
      rule: string;
      gross: number;
      share: number;
      reversed: number;
      t0: number;
    }>(
      `SELECT b.booking_id AS id, b.refund, b.cancel_rule AS rule, p.gross, p.share, p.reversed, b.cancelled_at AS t0
       FROM read_model.booking b JOIN read_model.payout p USING (booking_id)
       WHERE b.state = 'cancelled' AND b.cancelled_at < $1 AND p.state = 'held' LIMIT ${AT_A_TIME}`,
      [clock.now() - SLACK_MS],
    );
    for (const { id: bookingId, refund, rule, gross, share, reversed, t0 } of rows) {
      const amount = (refund >= gross ? share : tutorPartOfRefund(refund, share, gross)) - reversed;
      if (amount <= 0) await ask('start-hold', bookingId, { type: 'StartHold', data: { bookingId, t0 } });
      // What people decided is taken back by the dispute's own way.
      else if (rule !== 'review') {
        const operationId = reversalId(bookingId);
        await ask('reverse', bookingId, {
          type: 'RequestReversal',
          data: { bookingId, operationId, amount, reason: rule },
        });
      }
    }
    const unneeded = await db.query<{ id: string; rule: string }>(
      `SELECT b.booking_id AS id, b.cancel_rule AS rule FROM read_model.booking b JOIN read_model.payout p USING (booking_id)
       WHERE b.state = 'cancelled' AND b.cancelled_at < $1 AND b.refund >= p.gross AND p.state IN ('planned', 'failed')
       LIMIT ${AT_A_TIME}`,
      [clock.now() - SLACK_MS],
    );
    for (const { id, rule } of unneeded)
      await ask('cancel-payout', id, { type: 'CancelPayout', data: { bookingId: id, reason: rule } });
  }

  /** Cancelled, money due, and nothing (any more) at the tutor's account that would have to come back first. */
  async function refunds(): Promise<void> {
    const rows = await db.query<{ id: string; refund: number; rule: string; payment: string }>(
      `SELECT b.booking_id AS id, b.refund, b.cancel_rule AS rule, c.provider_payment_id AS payment
       FROM read_model.booking b JOIN read_model.capture c ON c.booking_id = b.booking_id AND NOT c.surplus
       LEFT JOIN read_model.payout p ON p.booking_id = b.booking_id
       WHERE b.state = 'cancelled' AND b.refund > 0 AND b.cancelled_at < $1 AND b.cancel_rule <> 'review'
         AND (p.booking_id IS NULL OR p.state IN ('reversed', 'cancelled') OR p.reversed > 0)
         AND NOT EXISTS (SELECT 1 FROM read_model.refund r WHERE r.provider_payment_id = c.provider_payment_id)
       LIMIT ${AT_A_TIME}`,
      [clock.now() - 5 * SLACK_MS],
    );
    for (const { id: bookingId, refund, rule, payment } of rows) {
      const amount = dueOf(await streams.payout(bookingId), refund);
      if (amount === 0) continue;
      const refundId = cancelRefundId(bookingId);
      await ask('refund', bookingId, {
        type: 'RequestRefund',
        data: { bookingId, refundId, providerPaymentId: payment, amount, reason: rule },
      });
    }
  }

  /** Captured for a booking that was over unpaid: the payment came too late, and its refund was missed. */
  async function lateMoney(): Promise<void> {
    const rows = await db.query<{ id: string; payment: string }>(
      `SELECT b.booking_id AS id, c.provider_payment_id AS payment ${LATE_MONEY} LIMIT ${AT_A_TIME}`,
      [clock.now() - SLACK_MS],
    );
    for (const { id: bookingId, payment } of rows) {
      // Less than was paid when the payer's bank took some of it.
      const amount = refundableOf(await streams.payment(bookingId), payment);
      if (amount === 0) continue;
      await ask('refund-late', bookingId, {
        type: 'RequestRefund',
        data: {
          bookingId,
          refundId: lateRefundId(bookingId),
          providerPaymentId: payment,
          amount,
          reason: 'paid-too-late',
        },
      });
    }
  }

  /** Still held in the calendar by bookings that are over: nobody else could have that time. */
  async function seats(): Promise<void> {
    const rows = await db.query<{ id: string; tutor_id: string; lesson_id: string | null }>(
      `SELECT b.booking_id AS id, s.tutor_id, l.lesson_id
       FROM read_model.seat s JOIN read_model.booking b ON b.booking_id = s.booking_id
       LEFT JOIN read_model.lesson_seat l ON l.booking_id = b.booking_id
       WHERE b.state IN ('cancelled', 'expired', 'declined')
         AND coalesce(b.cancel_rule, '') NOT IN ('tutor-no-show', 'nobody', 'review')
         AND coalesce(b.cancelled_at, b.pay_by, b.requested_at) < $1 LIMIT ${AT_A_TIME}`,
      [clock.now() - SLACK_MS],
    );
    for (const { id: bookingId, tutor_id: tutorId, lesson_id: lessonId } of rows) {
      if (lessonId !== null)
        await ask('give-up-seat', bookingId, { type: 'GiveUpSeat', data: { lessonId, bookingId } });
      await ask('release-seat', bookingId, { type: 'ReleaseSeat', data: { tutorId, bookingId } });
    }
  }

  return {
    async run() {
      await bookings();
      await lessons();
      await payouts();
      await reversals();
      await refunds();
      await lateMoney();
      await seats();
      await moves.run();
      await banks.run();
      await disputes.run();
      return false;
    },
  };
}

/** Paise of a cancellation's refund that nobody else gives back; 0 while the tutor's part of it is not back. */
function dueOf(payout: PayoutState, refund: number): number {
  if (payout.kind === 'none') return refund;
  if (payout.kind === 'disputed' || payout.kind === 'reversing') return 0;
  if ('reversals' in payout && reversalFor(payout, refund, reversedOf(payout)) > 0) return 0;
  return Math.max(0, refund - payout.disputes.reduce((sum, one) => sum + one.refund, 0));
}
