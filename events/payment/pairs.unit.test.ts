/** Every state of a payment with every command: what comes of it stands in the table, and a missing pair fails. */
import { expect, it } from 'vitest';
import { fold } from '../shared/decider.ts';
import { checkPairs } from '../shared/pairs.ts';
import { decide, type PaymentCommand } from './decide.ts';
import { evolve, initial, type PaymentEvent } from './events.ts';

const bookingId = 'b1';
const providerPaymentId = 'pay_1';
const chargebackId = 'disp_1';
const amount = 80_000;
const now = 1_000;
const figures = { fee: 1_888, tax: 288, method: 'upi' };

const Planned: PaymentEvent = { type: 'OrderPlanned', data: { bookingId, amount, receipt: 'b1', payBy: 9_000 } };
const Created: PaymentEvent = { type: 'OrderCreated', data: { bookingId, orderId: 'order_1', amount } };
const Failed: PaymentEvent = {
  type: 'PaymentAttemptFailed',
  data: { bookingId, providerPaymentId, method: 'upi', reason: '', description: '' },
};
const Authorized: PaymentEvent = {
  type: 'PaymentAuthorized',
  data: { bookingId, providerPaymentId, amount, method: 'upi' },
};
const Voided: PaymentEvent = { type: 'PaymentVoided', data: { bookingId, providerPaymentId, at: now } };
const Captured: PaymentEvent = {
  type: 'PaymentCaptured',
  data: { bookingId, orderId: 'order_1', providerPaymentId, amount, ...figures, capturedAt: now },
};
const Requested: PaymentEvent = {
  type: 'RefundRequested',
  data: { bookingId, refundId: 'r1', providerPaymentId, amount: 40_000, reason: 'cancelled' },
};
const Delayed: PaymentEvent = {
  type: 'RefundDelayed',
  data: { bookingId, refundId: 'r1', reason: 'no-funds', at: now },
};
const RefundFailed: PaymentEvent = {
  type: 'RefundFailed',
  data: { bookingId, refundId: 'r1', amount: 40_000, reason: '' },
};
const Processed: PaymentEvent = {
  type: 'RefundProcessed',
  data: { bookingId, refundId: 'r1', providerRefundId: 'rfnd_1', amount: 40_000 },
};
const Frozen: PaymentEvent = { type: 'RefundsFrozen', data: { bookingId, chargebackId, providerPaymentId } };
const Unfrozen = (lost: number): PaymentEvent => ({
  type: 'RefundsUnfrozen',
  data: { bookingId, chargebackId, providerPaymentId, lost },
});

const ordered = [Planned, Created];
const paid = [...ordered, Captured];
const STATES: Readonly<Record<string, readonly PaymentEvent[]>> = {
  none: [],
  planned: [Planned],
  ordered,
  failed: [...ordered, Failed],
  authorized: [...ordered, Authorized],
  voided: [...ordered, Authorized, Voided],
  captured: paid,
  'refund-requested': [...paid, Requested],
  'refund-delayed': [...paid, Requested, Delayed],
  'refund-failed': [...paid, Requested, RefundFailed],
  'refund-processed': [...paid, Requested, Processed],
  frozen: [...paid, Frozen],
  won: [...paid, Frozen, Unfrozen(0)],
  lost: [...paid, Frozen, Unfrozen(80_000)],
};

type Observed = Extract<PaymentCommand, { type: 'ObservePayment' }>['data'];
const see = (status: Observed['status'], paymentId = providerPaymentId): PaymentCommand => ({
  type: 'ObservePayment',
  data: {
    bookingId,
    orderId: 'order_1',
    providerPaymentId: paymentId,
    status,
    amount,
    currency: 'INR',
    ...figures,
    reason: '',
    description: '',
    captured: false,
  },
  now,
});
const COMMANDS: Readonly<Record<string, PaymentCommand>> = {
  PlanOrder: { type: 'PlanOrder', data: { bookingId, amount, receipt: 'b1', payBy: 9_000 }, now },
  RecordOrder: { type: 'RecordOrder', data: { bookingId, orderId: 'order_1', amount }, now },
  SeeCreated: see('created'),
  SeeFailed: see('failed'),
  SeeAuthorized: see('authorized'),
  SeeCaptured: see('captured'),
  SeeOtherCaptured: see('captured', 'pay_2'),
  SeeGivenBack: see('refunded'),
  RequestRefund: {
    type: 'RequestRefund',
    data: { bookingId, refundId: 'r1', providerPaymentId, amount: 40_000, reason: 'cancelled' },
    now,
  },
  RequestAnother: {
    type: 'RequestRefund',
    data: { bookingId, refundId: 'r2', providerPaymentId, amount: 80_000, reason: 'cancelled' },
    now,
  },
  RecordRefund: {
    type: 'RecordRefund',
    data: { bookingId, refundId: 'r1', providerRefundId: 'rfnd_1', amount: 40_000 },
    now,
  },
  RecordRefundFailure: {
    type: 'RecordRefundFailure',
    data: { bookingId, refundId: 'r1', amount: 40_000, reason: '' },
    now,
  },
  RecordRefundDelay: { type: 'RecordRefundDelay', data: { bookingId, refundId: 'r1', reason: 'no-funds' }, now },
  FreezeRefunds: { type: 'FreezeRefunds', data: { bookingId, chargebackId, providerPaymentId }, now },
  UnfreezeRefunds: { type: 'UnfreezeRefunds', data: { bookingId, chargebackId, lost: 0 }, now },
};

const NO_ORDER = 'none planned';
const UNPAID = 'ordered failed authorized voided';
const REFUNDS = 'refund-requested refund-delayed refund-failed refund-processed';
const PAID = `captured ${REFUNDS} frozen won lost`;
const TABLE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  PlanOrder: { OrderPlanned: 'none', nothing: `planned ${UNPAID} ${PAID}` },
  RecordOrder: { 'order-not-planned': 'none', OrderCreated: 'planned', nothing: `${UNPAID} ${PAID}` },
  SeeCreated: { 'order-unknown': NO_ORDER, nothing: `${UNPAID} ${PAID}` },
  SeeFailed: {
    'order-unknown': NO_ORDER,
    PaymentAttemptFailed: 'ordered',
    nothing: 'failed',
    StaleObservationRecorded: `authorized voided ${PAID}`,
  },
  SeeAuthorized: {
    'order-unknown': NO_ORDER,
    PaymentAuthorized: 'ordered failed',
    nothing: 'authorized',
    StaleObservationRecorded: `voided ${PAID}`,
  },
  SeeCaptured: { 'order-unknown': NO_ORDER, PaymentCaptured: UNPAID, nothing: PAID },
  SeeOtherCaptured: {
    'order-unknown': NO_ORDER,
    PaymentCaptured: UNPAID,
    'SurplusPaymentDetected+RefundRequested': PAID,
  },
  SeeGivenBack: {
    'order-unknown': NO_ORDER,
    PaymentVoided: 'ordered failed authorized',
    nothing: `voided ${PAID}`,
  },
  RequestRefund: {
    'not-captured': `${NO_ORDER} ${UNPAID}`,
    RefundRequested: 'captured won',
    nothing: 'refund-requested refund-delayed refund-processed',
    'refund-failed': 'refund-failed',
    'chargeback-open': 'frozen',
    'refund-too-large': 'lost',
  },
  RequestAnother: {
    'not-captured': `${NO_ORDER} ${UNPAID}`,
    RefundRequested: 'captured refund-failed won',
    'refund-too-large': 'refund-requested refund-delayed refund-processed lost',
    'chargeback-open': 'frozen',
  },
  RecordRefund: {
    'not-captured': `${NO_ORDER} ${UNPAID}`,
    'refund-unknown': 'captured frozen won lost',
    RefundProcessed: 'refund-requested refund-delayed refund-failed',
    nothing: 'refund-processed',
  },
  RecordRefundFailure: {
    'not-captured': `${NO_ORDER} ${UNPAID}`,
    'refund-unknown': 'captured frozen won lost',
    RefundFailed: 'refund-requested refund-delayed',
    nothing: 'refund-failed',
    'refund-processed': 'refund-processed',
  },
  RecordRefundDelay: {
    'not-captured': `${NO_ORDER} ${UNPAID}`,
    'refund-unknown': 'captured frozen won lost',
    RefundDelayed: 'refund-requested',
    nothing: 'refund-delayed',
    'refund-failed': 'refund-failed',
    'refund-processed': 'refund-processed',
  },
  FreezeRefunds: {
    'not-captured': `${NO_ORDER} ${UNPAID}`,
    RefundsFrozen: `captured ${REFUNDS} won`,
    nothing: 'frozen',
    'chargeback-over': 'lost',
  },
  UnfreezeRefunds: {
    'not-captured': `${NO_ORDER} ${UNPAID}`,
    'refunds-not-frozen': `captured ${REFUNDS}`,
    RefundsUnfrozen: 'frozen',
    nothing: 'won',
    'chargeback-over': 'lost',
  },
};

const decider = { initial, evolve, decide };

it('PA1–PA21: each state with each command', () => checkPairs(decider, STATES, COMMANDS, TABLE));

it('every kind of state and every kind of command is among them', () => {
  const kinds = new Set(Object.values(STATES).map((history) => fold(decider, history).kind));
  expect([...kinds].toSorted()).toEqual(['captured', 'none', 'ordered', 'planned']);
  const types: Readonly<Record<PaymentCommand['type'], true>> = {
    PlanOrder: true,
    RecordOrder: true,
    ObservePayment: true,
    RequestRefund: true,
    RecordRefund: true,
    RecordRefundFailure: true,
    RecordRefundDelay: true,
    FreezeRefunds: true,
    UnfreezeRefunds: true,
  };
  expect([...new Set(Object.values(COMMANDS).map(({ type }) => type))].toSorted()).toEqual(
    Object.keys(types).toSorted(),
  );
});
