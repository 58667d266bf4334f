/** Facts of one booking, for the tests of the processes: 80,000 paise, 72,000 of them the tutor's. */
import type { AnyEvent } from '#events/handling/registry.ts';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import type { Fact } from '../fact.ts';
import { fact } from '../testing/facts.ts';

export const HOUR = 3_600_000;
export const START = Date.UTC(2026, 11, 1, 11, 30);
export const END = START + HOUR;
export const BOOKING = 'b1';
export const LESSON = 'l1';
const bookingId = BOOKING;
const lessonId = LESSON;

const made = (event: AnyEvent, at: number): Fact => fact(event, at);

export const requested = (mode: 'instant' | 'accept' = 'instant'): Fact =>
  made(
    {
      type: 'BookingRequested',
      data: {
        bookingId,
        tutorId: 't1',
        studentId: 's1',
        bookedBy: 's1',
        offerId: 'o1',
        subject: 'Mathematics',
        startsAt: START,
        minutes: 60,
        seats: 1,
        price: 80_000,
        mode,
        policy: POLICY_2026_11,
        note: '',
        requestedAt: START - 48 * HOUR,
      },
    },
    START - 48 * HOUR,
  );

export const seatHeld = (): Fact =>
  made(
    {
      type: 'SeatHeld',
      data: {
        tutorId: 't1',
        bookingId,
        studentId: 's1',
        lessonId,
        offerId: 'o1',
        startsAt: START,
        minutes: 60,
        seats: 1,
      },
    },
    START - 48 * HOUR,
  );

export const PAY_BY = START - 48 * HOUR + 600_000;
export const accepted = (): Fact => made({ type: 'BookingAccepted', data: { bookingId, lessonId, payBy: PAY_BY } }, 0);
export const captured = (): Fact =>
  made(
    {
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
    },
    0,
  );
export const confirmed = (at = START - 48 * HOUR): Fact =>
  made({ type: 'BookingConfirmed', data: { bookingId, lessonId, confirmedAt: at } }, at);
export const expired = (): Fact => made({ type: 'BookingExpired', data: { bookingId } }, PAY_BY);

export const cancelled = (refund: number, rule = 'tier-4h', at = START - 5 * HOUR): Fact =>
  made(
    {
      type: 'BookingCancelled',
      data: {
        bookingId,
        by: 'student',
        reason: '',
        rule,
        refundPct: (refund * 100) / 80_000,
        refund,
        cancelledAt: at,
      },
    },
    at,
  );

export const planned = (): Fact =>
  made(
    {
      type: 'PayoutPlanned',
      data: {
        bookingId,
        tutorId: 't1',
        accountId: 'acc_1',
        providerPaymentId: 'pay_1',
        gross: 80_000,
        commission: 8_000,
        share: 72_000,
        holdMs: 72 * HOUR,
      },
    },
    0,
  );
export const transferRequested = (attempt = 1): Fact =>
  made({ type: 'TransferRequested', data: { bookingId, operationId: `op-${attempt}`, attempt } }, 0);
export const transferred = (): Fact =>
  made({ type: 'TransferProcessed', data: { bookingId, transferId: 'trf_1', amount: 72_000, fee: 213, tax: 33 } }, 0);
export const transferFailed = (): Fact =>
  made({ type: 'TransferFailed', data: { bookingId, reason: 'insufficient_balance' } }, 0);
export const reversed = (amount: number): Fact =>
  made(
    { type: 'TransferReversed', data: { bookingId, operationId: 'rev', reversalId: 'rvrsl_1', amount } },
    START - 5 * HOUR,
  );
export const completed = (): Fact =>
  made({ type: 'BookingCompleted', data: { bookingId, outcome: 'held', t0: END } }, END);
export const holdStarted = (t0 = END): Fact =>
  made({ type: 'HoldStarted', data: { bookingId, t0, endsAt: t0 + 72 * HOUR } }, t0);
export const releaseAuthorized = (): Fact =>
  made({ type: 'ReleaseAuthorized', data: { bookingId, operationId: 'rel', at: END + 72 * HOUR } }, END + 72 * HOUR);
export const holdLifted = (amount = 72_000): Fact =>
  made({ type: 'HoldLifted', data: { bookingId, transferId: 'trf_1', amount } }, END + 72 * HOUR);
export const payoutCancelled = (): Fact => made({ type: 'PayoutCancelled', data: { bookingId, reason: 'grace' } }, 0);
/** The payer's bank has had its last word, and took `lost`. */
export const unfrozen = (lost: number, chargebackId = 'disp_1', providerPaymentId = 'pay_1'): Fact =>
  made({ type: 'RefundsUnfrozen', data: { bookingId, chargebackId, providerPaymentId, lost } }, 0);
