/**
 * The sweeps behind disputes, pauses and failed reversals. Rules SW5–SW9 of SPEC.md. A read model only says where to look;
 * what is missing is told by the streams themselves, folded as their deciders fold them.
 */
import { reviewIdOf, type DisputeState } from '#events/dispute/events.ts';
import { reversalFor } from '#events/payout/dispute.ts';
import { reversedOf, type PayoutState } from '#events/payout/events.ts';
import type { EventStore } from '#events/store/event-store.ts';
import type { Database } from '#platform/database/database.ts';
import { reversalAgainId } from '../processes/payout-case.ts';
import type { Intent } from '../processes/process.ts';
import { MAX_REVERSAL_ATTEMPTS } from '../processes/release-payout.ts';
import { disputeRefundId, disputeReversalId } from '../processes/resolve-dispute.ts';
import { streamsOf } from './streams.server.ts';

/** After a failed reversal its own timer waits up to this long, business ms. */
const REVERSAL_WAITS_MS = 90 * 60_000;

export interface DisputeSweepSettings {
  readonly db: Database;
  readonly store: EventStore;
  readonly now: () => number;
  /** Business ms that timers and processes get before the sweeper steps in. */
  readonly slackMs: number;
  readonly atATime: number;
  readonly ask: (what: string, id: string, intent: Intent) => Promise<void>;
}

type Undisputed = Exclude<PayoutState, { kind: 'none' | 'disputed' }>;

export function createDisputeSweeps({ db, store, now, slackMs, atATime, ask }: DisputeSweepSettings): {
  run(): Promise<void>;
} {
  const streams = streamsOf(store);
  /** Where each sweep goes on: what is refused for days (a paused payout) must not keep others from being looked at. */
  const after = new Map<string, string>();

  async function inTurn(name: string, sql: string, params: readonly unknown[] = []): Promise<readonly string[]> {
    const rows = await db.query<{ id: string }>(
      `SELECT id FROM (${sql}) found WHERE id > $1 ORDER BY id LIMIT ${atATime}`,
      [after.get(name) ?? '', ...params],
    );
    after.set(name, rows.length < atATime ? '' : (rows.at(-1)?.id ?? ''));
    return rows.map(({ id }) => id);
  }

  /** A payout that waits for a dispute: is there one, is it due, is it decided? */
  async function disputed(): Promise<void> {
    const ids = await inTurn('disputed', `SELECT booking_id AS id FROM read_model.payout WHERE state = 'disputed'`);
    for (const bookingId of ids) {
      const payout = await streams.payout(bookingId);
      if (payout.kind !== 'disputed') continue;
      const dispute = await streams.dispute(bookingId);
      const isAnother = 'opened' in dispute && dispute.opened.disputeId !== payout.dispute.disputeId;
      if (dispute.kind === 'none' || isAnother) await open(bookingId, payout);
      else if (dispute.kind === 'opened' && dispute.opened.answerBy + slackMs < now())
        await ask('escalate', bookingId, { type: 'EscalateDispute', data: { bookingId } });
      else if (dispute.kind === 'resolved' || dispute.kind === 'withdrawn') await close(bookingId, payout, dispute);
    }
  }

  type Disputed = Extract<PayoutState, { kind: 'disputed' }>;

  async function open(bookingId: string, { dispute, from }: Disputed): Promise<void> {
    const booking = await streams.booking(bookingId);
    if (booking.kind === 'none' || dispute.at + slackMs > now()) return;
    const { studentId, bookedBy, tutorId, policy } = booking.terms;
    const { at: openedAt, ...said } = dispute;
    const { gross, share } = from;
    const times = { answerWithinMs: policy.disputeAnswerMs, decideWithinMs: policy.disputeDecideMs };
    const parties = { tutorId, studentId, bookedBy };
    await ask(`open-dispute-${dispute.disputeId}`, bookingId, {
      type: 'OpenDispute',
      data: { bookingId, ...said, ...parties, gross, share, openedAt, ...times },
    });
  }

  async function close(
    bookingId: string,
    { from }: Disputed,
    dispute: Extract<DisputeState, { kind: 'resolved' | 'withdrawn' }>,
  ): Promise<void> {
    const { disputeId } = dispute.opened;
    const { outcome, refund } =
      dispute.kind === 'resolved' ? dispute.resolution : ({ outcome: 'withdrawn', refund: 0 } as const);
    const reversed = 'reversals' in from ? reversedOf(from) : 0;
    const reversal = reversalFor(from, refund, reversed);
    const operationId = disputeReversalId(disputeId);
    await ask(`close-dispute-${disputeId}`, bookingId, {
      type: 'ClosePayoutDispute',
      data: { bookingId, disputeId, outcome, refund, reversal, operationId },
    });
  }

  /** A booking under review whose payout nobody asked about, or whose decision it has not heard of. */
  async function reviews(): Promise<void> {
    const ids = await inTurn(
      'reviews',
      `SELECT b.booking_id AS id FROM read_model.booking b JOIN read_model.payout p USING (booking_id)
       WHERE b.state = 'under-review' AND p.state <> 'disputed' AND b.starts_at < $2`,
      [now() - slackMs],
    );
    for (const bookingId of ids) {
      const booking = await streams.booking(bookingId);
      const payout = await streams.payout(bookingId);
      if (booking.kind !== 'under-review' || payout.kind === 'none' || payout.kind === 'disputed') continue;
      const dispute = await streams.dispute(bookingId);
      if (dispute.kind === 'resolved') {
        const { refund, reason } = dispute.resolution;
        await ask('decide-reviewed', bookingId, { type: 'DecideReviewedBooking', data: { bookingId, refund, reason } });
        continue;
      }
      const asked = { kind: 'review', openedBy: 'policy', text: '', wants: null, opensAt: 0 } as const;
      await ask('ask-review', bookingId, {
        type: 'DisputePayout',
        data: { bookingId, disputeId: reviewIdOf(bookingId), cause: booking.outcome, ...asked },
      });
    }
  }

  /** A dispute gave money back, its part of the transfer is back, and the payer's refund was never asked for. */
  async function refunds(): Promise<void> {
    const ids = await inTurn(
      'refunds',
      `SELECT p.booking_id AS id FROM read_model.payout p
       WHERE (p.reversed > 0 OR p.state = 'cancelled') AND NOT EXISTS (
         SELECT 1 FROM read_model.refund r WHERE r.provider_payment_id = p.provider_payment_id AND r.reason = 'dispute')
       AND NOT EXISTS (SELECT 1 FROM read_model.booking b WHERE b.booking_id = p.booking_id AND b.state = 'cancelled'
         AND b.cancel_rule <> 'review' AND b.refund >= p.gross AND EXISTS (
           SELECT 1 FROM read_model.refund r WHERE r.provider_payment_id = p.provider_payment_id))`,
    );
    for (const bookingId of ids) {
      const payout = await streams.payout(bookingId);
      if (payout.kind === 'none' || payout.kind === 'disputed' || payout.kind === 'reversing') continue;
      const refund = owedByDispute(payout);
      if (refund === 0) continue;
      const payment = await streams.payment(bookingId);
      if (payment.kind !== 'captured') continue;
      const { providerPaymentId } = payout;
      const bank = payment.bankCases.filter((one) => one.providerPaymentId === providerPaymentId);
      const amount = refund - bank.reduce((sum, { lost }) => sum + lost, 0);
      if (amount <= 0) continue;
      await ask('refund-dispute', bookingId, {
        type: 'RequestRefund',
        data: { bookingId, refundId: disputeRefundId(bookingId), providerPaymentId, amount, reason: 'dispute' },
      });
    }
  }

  /** A reversal that failed and was not tried again. */
  async function failedReversals(): Promise<void> {
    const ids = await inTurn(
      'failed-reversals',
      `SELECT DISTINCT r.booking_id AS id FROM read_model.reversal r JOIN read_model.payout p USING (booking_id)
       WHERE r.reversal_id IS NULL AND p.state IN ('held', 'hold-running', 'reversing')`,
    );
    for (const bookingId of ids) {
      const payout = await streams.payout(bookingId);
      if (payout.kind !== 'held' && payout.kind !== 'hold-running') continue;
      const last = payout.failedReversals.at(-1);
      if (!last || payout.owed === 0 || payout.failedReversals.length >= MAX_REVERSAL_ATTEMPTS) continue;
      const events = await store.read(`payout-${bookingId}`, { direction: 'backwards' });
      const failure = events.find((event) => event.type === 'ReversalFailed');
      const asked = events.find((event) => event.type === 'ReversalRequested');
      if (!failure || !asked || failure.meta.occurredAt + REVERSAL_WAITS_MS > now()) continue;
      const operationId = reversalAgainId(last.operationId);
      const reason = String(asked.data['reason']);
      await ask(`reverse-${operationId}`, bookingId, {
        type: 'RequestReversal',
        data: { bookingId, operationId, amount: last.amount, reason },
      });
    }
  }

  return {
    async run() {
      await disputed();
      await reviews();
      await refunds();
      await failedReversals();
    },
  };
}

/** Paise that a closed dispute gives back, once what has to come back first is back; else 0. */
function owedByDispute(payout: Undisputed): number {
  const refund = payout.disputes.reduce((sum, one) => sum + one.refund, 0);
  const reversal = payout.disputes.reduce((sum, one) => sum + one.reversal, 0);
  const reversed = 'reversals' in payout ? reversedOf(payout) : 0;
  return reversal > 0 && reversalFor(payout, refund, reversed) > 0 ? 0 : refund;
}
