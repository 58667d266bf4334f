/** Each check of the simulation is shown to fail: one that never failed is no check. */
import { describe, expect, it } from 'vitest';
import type { AnyEvent } from '#events/handling/registry.ts';
import { fact } from '../testing/facts.ts';
import { Checks } from './checks.ts';

const H72 = 259_200_000;
const bookingId = 'b';
const CAPTURED: AnyEvent = {
  type: 'PaymentCaptured',
  data: {
    bookingId,
    orderId: 'order_1',
    providerPaymentId: 'pay_1',
    amount: 80_000,
    fee: 1_888,
    tax: 288,
    method: 'upi',
    capturedAt: 0,
  },
};
const PLANNED: AnyEvent = {
  type: 'PayoutPlanned',
  data: {
    bookingId,
    tutorId: 'tutor',
    accountId: 'acc_1',
    providerPaymentId: 'pay_1',
    gross: 80_000,
    commission: 8_000,
    share: 72_000,
    holdMs: H72,
  },
};
const TRANSFERRED: AnyEvent = {
  type: 'TransferProcessed',
  data: { bookingId, transferId: 'trf_1', amount: 72_000, fee: 212, tax: 32 },
};
const HOLD: AnyEvent = { type: 'HoldStarted', data: { bookingId, t0: 0, endsAt: H72 } };
const RELEASED = (at: number): AnyEvent => ({ type: 'ReleaseAuthorized', data: { bookingId, operationId: 'r', at } });
const DISPUTED: AnyEvent = {
  type: 'PayoutDisputed',
  data: {
    bookingId,
    disputeId: 'd',
    kind: 'in-app',
    openedBy: 's',
    cause: 'cut-short',
    text: '',
    wants: null,
    at: 0,
  },
};
const REFUND: AnyEvent = {
  type: 'RefundRequested',
  data: { bookingId, refundId: 'rf', providerPaymentId: 'pay_1', amount: 80_000, reason: 'grace' },
};

/** What the last of these events gives; the ones before must be in order. */
function last(...events: readonly AnyEvent[]): string | null {
  const checks = new Checks();
  let said: string | null = null;
  for (const event of events) {
    expect(said).toBeNull();
    said = checks.see(fact(event));
  }
  return said;
}

describe('the checks of a simulated life', () => {
  it('pass what is in order', () => {
    expect(last(CAPTURED, PLANNED, TRANSFERRED, HOLD, RELEASED(H72))).toBeNull();
  });

  it.each<[string, AnyEvent[]]>([
    ['a second capture', [CAPTURED, CAPTURED]],
    ['a second transfer', [CAPTURED, PLANNED, TRANSFERRED, TRANSFERRED]],
    ['not 72 hours', [{ type: 'HoldStarted', data: { bookingId, t0: 0, endsAt: H72 - 1 } }]],
    ['before the end of the hold', [CAPTURED, PLANNED, TRANSFERRED, HOLD, RELEASED(H72 - 1)]],
    ['before the end of the hold', [CAPTURED, PLANNED, TRANSFERRED, RELEASED(H72)]],
    ['a second release', [CAPTURED, PLANNED, TRANSFERRED, HOLD, RELEASED(H72), RELEASED(H72)]],
    ['a release with an open dispute', [CAPTURED, PLANNED, TRANSFERRED, HOLD, DISPUTED, RELEASED(H72)]],
    ['a dispute after the release', [CAPTURED, PLANNED, TRANSFERRED, HOLD, RELEASED(H72), DISPUTED]],
    [
      'a release of a paused payout',
      [HOLD, { type: 'PayoutPaused', data: { bookingId, reason: 'chargeback', until: null, at: 0 } }, RELEASED(H72)],
    ],
    ['a refund before the tutor’s part came back', [CAPTURED, PLANNED, TRANSFERRED, REFUND]],
    [
      'more was taken back than transferred',
      [
        CAPTURED,
        PLANNED,
        TRANSFERRED,
        { type: 'TransferReversed', data: { bookingId, operationId: 'o', reversalId: 'r', amount: 72_001 } },
      ],
    ],
    [
      'more went back than was paid',
      [{ type: 'RefundProcessed', data: { bookingId, refundId: 'rf', providerRefundId: 'r', amount: 1 } }],
    ],
  ])('find %s', (words, events) => {
    expect(last(...events)).toContain(words);
  });

  it('find a liability below zero', () => {
    const asked: AnyEvent = { ...REFUND, data: { ...REFUND.data, amount: 10_000 } };
    const gone: AnyEvent = {
      type: 'RefundProcessed',
      data: { bookingId, refundId: 'rf', providerRefundId: 'r', amount: 20_000 },
    };
    expect(last(CAPTURED, asked, gone)).toContain('is negative');
  });
});
