/** Thirds, and 101 paise: whatever part goes back, through the deciders no paisa is lost or made. */
import { describe, expect, it } from 'vitest';
import * as payment from '#events/payment/decide.ts';
import * as paymentEvents from '#events/payment/events.ts';
import { reversalFor } from '#events/payout/dispute.ts';
import * as payout from '#events/payout/decide.ts';
import * as payoutEvents from '#events/payout/events.ts';
import type { Decider } from '#events/shared/decider.ts';
import { splitGross } from '#events/shared/money.ts';
import { isRefusal } from '#events/shared/refusal.ts';

const bookingId = 'b1';
const HOUR = 3_600_000;

/** One stream: takes commands, gives the code of a refusal or null. */
function stream<State, Command, Event>(decider: Decider<State, Command, Event>) {
  let state = decider.initial;
  return {
    state: () => state,
    give(command: Command): string | null {
      const decision = decider.decide(command, state);
      if (isRefusal(decision)) return decision.code;
      state = decision.reduce(decider.evolve, state);
      return null;
    },
  };
}

function heldPayout(gross: number) {
  const { share } = splitGross(gross, 1_000);
  const { give, state } = stream({ ...payoutEvents, decide: payout.decide });
  const terms = { tutorId: 't1', accountId: 'acc_1', providerPaymentId: 'pay_1' };
  const commands: readonly payout.PayoutCommand[] = [
    {
      type: 'PlanPayout',
      now: 0,
      data: { bookingId, ...terms, gross, commissionBps: 1_000, holdMs: 72 * HOUR },
    },
    { type: 'RequestTransfer', now: 0, data: { bookingId, operationId: 'transfer' } },
    { type: 'RecordTransfer', now: 0, data: { bookingId, transferId: 'trf_1', amount: share } },
    { type: 'StartHold', now: 0, data: { bookingId, t0: 0 } },
    {
      type: 'DisputePayout',
      now: HOUR,
      data: {
        bookingId,
        disputeId: 'd1',
        kind: 'in-app',
        openedBy: 's1',
        cause: 'cut-short',
        text: 'It was cut short.',
        wants: null,
        opensAt: 0,
      },
    },
  ];
  for (const command of commands) expect(give(command)).toBeNull();
  return { give, state, share };
}

/** What of a price of `gross` goes where when `refund` of it goes back after a dispute. */
function decided(gross: number, refund: number): { released: number; reversed: number } {
  const { give, state, share } = heldPayout(gross);
  const outcome = refund === gross ? 'student' : refund === 0 ? 'tutor' : 'split';
  const reversal = reversalFor({ gross, share }, refund, 0);
  const close = (amount: number): string | null =>
    give({
      type: 'ClosePayoutDispute',
      now: 2 * HOUR,
      data: { bookingId, disputeId: 'd1', outcome, refund, reversal: amount, operationId: 'reversal' },
    });
  // A paisa more or less than belongs to it is refused.
  expect([close(reversal + 1), close(reversal - 1)]).toEqual(['amount-mismatch', 'amount-mismatch']);
  expect(close(reversal)).toBeNull();
  if (reversal > 0)
    expect(
      give({
        type: 'RecordReversal',
        now: 3 * HOUR,
        data: { bookingId, operationId: 'reversal', reversalId: 'rv_1', amount: reversal },
      }),
    ).toBeNull();
  if (reversal === share) return { released: 0, reversed: reversal };
  expect(give({ type: 'AuthorizeRelease', now: 72 * HOUR, data: { bookingId, operationId: 'release' } })).toBeNull();
  const left = share - reversal;
  const lift = (amount: number): string | null =>
    give({ type: 'RecordHoldLifted', now: 72 * HOUR, data: { bookingId, transferId: 'trf_1', amount } });
  expect(lift(left + 1)).not.toBeNull();
  expect(lift(left)).toBeNull();
  expect(state().kind).toBe('released');
  return { released: left, reversed: reversal };
}

describe('PO26, DI16: of what is given back after a dispute', () => {
  it.each([101, 111])('each paisa of %i has one place, whatever the part', (gross) => {
    const { share, commission } = splitGross(gross, 1_000);
    for (let refund = 0; refund <= gross; refund += 1) {
      const { released, reversed } = decided(gross, refund);
      const kept = gross - refund - released;
      expect(released + reversed, `${refund} of ${gross}`).toBe(share);
      expect(kept, `${refund} of ${gross}`).toBeGreaterThanOrEqual(0);
      expect(kept, `${refund} of ${gross}`).toBeLessThanOrEqual(commission);
    }
  });

  it.each([101, 100_000, 80_001, 33_333])('a third and two thirds of %i', (gross) => {
    for (const refund of [Math.floor(gross / 3), Math.ceil(gross / 3), gross - Math.floor(gross / 3)]) {
      const { released } = decided(gross, refund);
      const kept = gross - refund - released;
      // The tutor has nine tenths of what was not given back, to the paisa.
      expect(Math.abs(released - (gross - refund) * 0.9)).toBeLessThan(1.5);
      expect(refund + released + kept).toBe(gross);
    }
  });
});

describe('PA11: refunds of one payment', () => {
  it.each([
    [101, [33, 33, 35]],
    [101, [34, 34, 33]],
    [80_000, [26_666, 26_667, 26_667]],
    [101, Array.from({ length: 101 }, () => 1)],
  ])('of %i in parts come to exactly all of it, and not to a paisa more', (gross, parts) => {
    const { give, state } = stream({ ...paymentEvents, decide: payment.decide });
    give({ type: 'PlanOrder', now: 0, data: { bookingId, amount: gross, receipt: bookingId, payBy: HOUR } });
    give({ type: 'RecordOrder', now: 0, data: { bookingId, orderId: 'order_1', amount: gross } });
    const paid = { bookingId, orderId: 'order_1', providerPaymentId: 'pay_1', status: 'captured' } as const;
    give({
      type: 'ObservePayment',
      now: 0,
      data: { ...paid, amount: gross, currency: 'INR', fee: 2, tax: 0, method: 'upi', reason: '', description: '' },
    });
    const ask = (refundId: string, amount: number): string | null =>
      give({
        type: 'RequestRefund',
        now: 0,
        data: { bookingId, refundId, providerPaymentId: 'pay_1', amount, reason: 'test' },
      });
    for (const [n, amount] of parts.entries()) {
      const left = gross - parts.slice(0, n).reduce((sum, part) => sum + part, 0);
      expect(ask(`too-much-${n}`, left + 1)).toBe('refund-too-large');
      expect(ask(`refund-${n}`, amount)).toBeNull();
    }
    expect(ask('one-more', 1)).toBe('refund-too-large');
    const captured = state();
    if (captured.kind !== 'captured') throw new Error(captured.kind);
    expect(captured.refunds.reduce((sum, refund) => sum + refund.amount, 0)).toBe(gross);
  });
});
