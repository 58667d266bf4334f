import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../shared/decider.ts';
import { specFor } from '../shared/given.ts';
import { isRefusal } from '../shared/refusal.ts';
import { decide, refundableOf, refundedOf, type PaymentCommand } from './decide.ts';
import { evolve, initial, type PaymentEvent, type PaymentState } from './events.ts';

const given = specFor({ initial, evolve, decide });
const bookingId = 'b1';
const now = 1_000;
const amount = 80_000;
type Observed = Extract<PaymentCommand, { type: 'ObservePayment' }>['data'];

const plan = (paise = amount, receipt = 'b1.1'): PaymentCommand => ({
  type: 'PlanOrder',
  data: { bookingId, amount: paise, receipt, payBy: 9_000 },
  now,
});
const order = (orderId = 'order_1', paise = amount): PaymentCommand => ({
  type: 'RecordOrder',
  data: { bookingId, orderId, amount: paise },
  now,
});
const see = (status: Observed['status'], change: Partial<Observed> = {}): PaymentCommand => ({
  type: 'ObservePayment',
  data: {
    bookingId,
    orderId: 'order_1',
    providerPaymentId: 'pay_1',
    status,
    amount,
    currency: 'INR',
    fee: 1_888,
    tax: 288,
    method: 'upi',
    reason: 'payment_timed_out',
    description: 'The bank did not answer.',
    ...change,
  },
  now,
});
const refund = (refundId: string, paise: number, providerPaymentId = 'pay_1'): PaymentCommand => ({
  type: 'RequestRefund',
  data: { bookingId, refundId, providerPaymentId, amount: paise, reason: 'cancelled' },
  now,
});
const recordRefund = (refundId: string, paise: number, providerRefundId = `rfnd_${refundId}`): PaymentCommand => ({
  type: 'RecordRefund',
  data: { bookingId, refundId, providerRefundId, amount: paise },
  now,
});
const failRefund = (refundId: string, paise: number): PaymentCommand => ({
  type: 'RecordRefundFailure',
  data: { bookingId, refundId, amount: paise, reason: 'insufficient balance' },
  now,
});

const planned: PaymentEvent = { type: 'OrderPlanned', data: { bookingId, amount, receipt: 'b1.1', payBy: 9_000 } };
const created: PaymentEvent = { type: 'OrderCreated', data: { bookingId, orderId: 'order_1', amount } };
const failed: PaymentEvent = {
  type: 'PaymentAttemptFailed',
  data: {
    bookingId,
    providerPaymentId: 'pay_1',
    method: 'upi',
    reason: 'payment_timed_out',
    description: 'The bank did not answer.',
  },
};
const authorized: PaymentEvent = {
  type: 'PaymentAuthorized',
  data: { bookingId, providerPaymentId: 'pay_1', amount, method: 'upi' },
};
const captured = (providerPaymentId = 'pay_1'): PaymentEvent => ({
  type: 'PaymentCaptured',
  data: {
    bookingId,
    orderId: 'order_1',
    providerPaymentId,
    amount,
    fee: 1_888,
    tax: 288,
    method: 'upi',
    capturedAt: now,
  },
});
const requested = (refundId: string, paise: number): PaymentEvent => ({
  type: 'RefundRequested',
  data: { bookingId, refundId, providerPaymentId: 'pay_1', amount: paise, reason: 'cancelled' },
});
const processed = (refundId: string, paise: number): PaymentEvent => ({
  type: 'RefundProcessed',
  data: { bookingId, refundId, providerRefundId: `rfnd_${refundId}`, amount: paise },
});
const refundFailed = (refundId: string, paise: number): PaymentEvent => ({
  type: 'RefundFailed',
  data: { bookingId, refundId, amount: paise, reason: 'insufficient balance' },
});
const stale = (status: string): PaymentEvent => ({
  type: 'StaleObservationRecorded',
  data: { bookingId, providerPaymentId: 'pay_1', status, at: now },
});
const voided: PaymentEvent = { type: 'PaymentVoided', data: { bookingId, providerPaymentId: 'pay_1', at: now } };
const delayRefund = (refundId: string): PaymentCommand => ({
  type: 'RecordRefundDelay',
  data: { bookingId, refundId, reason: 'no-funds' },
  now,
});
const refundDelayed = (refundId: string): PaymentEvent => ({
  type: 'RefundDelayed',
  data: { bookingId, refundId, reason: 'no-funds', at: now },
});
const freeze = (chargebackId = 'disp_1', providerPaymentId = 'pay_1'): PaymentCommand => ({
  type: 'FreezeRefunds',
  data: { bookingId, chargebackId, providerPaymentId },
  now,
});
const unfreeze = (lost: number, chargebackId = 'disp_1'): PaymentCommand => ({
  type: 'UnfreezeRefunds',
  data: { bookingId, chargebackId, lost },
  now,
});
const frozen: PaymentEvent = {
  type: 'RefundsFrozen',
  data: { bookingId, chargebackId: 'disp_1', providerPaymentId: 'pay_1' },
};
const unfrozen = (lost: number): PaymentEvent => ({
  type: 'RefundsUnfrozen',
  data: { bookingId, chargebackId: 'disp_1', providerPaymentId: 'pay_1', lost },
});
const ordered = [planned, created];
const paid = [...ordered, captured()];

describe('the order', () => {
  it('PA1: is planned once', () => {
    given([]).when(plan()).then([planned]);
    given(paid).when(plan()).then([]);
    given([planned]).when(plan(90_000)).then('order-exists');
    given([]).when(plan(0)).then('amount-invalid');
    given([]).when(plan(10.5)).then('amount-invalid');
  });
  it('PA2: has the planned amount', () => {
    given([planned]).when(order()).then([created]);
    given([planned]).when(order('order_1', 1)).then('payment-mismatch');
    given([]).when(order()).then('order-not-planned');
  });
  it('PA3: is one', () => {
    given(ordered).when(order()).then([]);
    given(paid).when(order()).then([]);
    given(ordered).when(order('order_2')).then('order-exists');
  });
});

describe('ObservePayment', () => {
  it('PA4: other money is never taken as captured', () => {
    for (const wrong of [{ amount: 79_999 }, { currency: 'USD' }, { orderId: 'order_2' }]) {
      given(ordered).when(see('captured', wrong)).then('payment-mismatch');
      given(paid)
        .when(see('captured', { ...wrong, providerPaymentId: 'pay_2' }))
        .then('payment-mismatch');
    }
    given([planned]).when(see('captured')).then('order-unknown');
    given([]).when(see('captured')).then('order-unknown');
  });
  it('PA5: goes forward', () => {
    given(ordered).when(see('created')).then([]);
    given(ordered).when(see('authorized')).then([authorized]);
    given([...ordered, authorized])
      .when(see('captured'))
      .then([captured()]);
  });
  it('PA5: older news changes nothing', () => {
    given([...ordered, authorized])
      .when(see('authorized'))
      .then([]);
    given([...ordered, failed])
      .when(see('failed'))
      .then([]);
    for (const status of ['created', 'captured', 'refunded'] as const) given(paid).when(see(status)).then([]);
  });
  it('PA15: news that is older than the state is recorded once, and changes nothing else', () => {
    given([...ordered, authorized])
      .when(see('failed'))
      .then([stale('failed')]);
    for (const status of ['failed', 'authorized'] as const) {
      given(paid)
        .when(see(status))
        .then([stale(status)]);
      given([...paid, stale(status)])
        .when(see(status))
        .then([]);
    }
    given([...paid, stale('failed')])
      .when(see('authorized'))
      .then([stale('authorized')]);
    given([...ordered, failed, captured('pay_2')])
      .when(see('failed'))
      .then([]);
    given([...ordered, failed, captured()])
      .when(see('failed'))
      .then([stale('failed')]);
    given([...ordered, voided])
      .when(see('authorized'))
      .then([stale('authorized')]);
  });
  it('PA16: an authorized payment that the provider gave back is voided, before and after another one paid', () => {
    given([...ordered, authorized])
      .when(see('refunded', { captured: false }))
      .then([voided]);
    given([...ordered, authorized, voided])
      .when(see('refunded', { captured: false }))
      .then([]);
    given([...ordered, authorized, captured('pay_2')])
      .when(see('refunded', { captured: false }))
      .then([voided]);
    given([...ordered, authorized, voided])
      .when(see('captured', { providerPaymentId: 'pay_2' }))
      .then([captured('pay_2')]);
  });
  it('PA16: what was taken and given back without us neither confirms nor voids anything', () =>
    given(ordered)
      .when(see('refunded', { captured: true }))
      .then([stale('refunded')]));
  it('PA6: after a failure another attempt succeeds, and so may the same one', () => {
    given(ordered).when(see('failed')).then([failed]);
    given([...ordered, failed])
      .when(see('captured', { providerPaymentId: 'pay_2' }))
      .then([captured('pay_2')]);
    given([...ordered, failed])
      .when(see('authorized'))
      .then([authorized]);
    given([...ordered, failed, authorized])
      .when(see('captured'))
      .then([captured()]);
  });
  it('PA7: a capture needs no authorization seen before', () =>
    given(ordered).when(see('captured')).then([captured()]));
  it('PA8: a second capture goes back whole', () =>
    given(paid)
      .when(see('captured', { providerPaymentId: 'pay_2' }))
      .then([
        {
          type: 'SurplusPaymentDetected',
          data: { bookingId, providerPaymentId: 'pay_2', amount, fee: 1_888, tax: 288 },
        },
        {
          type: 'RefundRequested',
          data: {
            bookingId,
            refundId: 'surplus-pay_2',
            providerPaymentId: 'pay_2',
            amount,
            reason: 'surplus-payment',
          },
        },
      ]));
  it('PA9: once', () => {
    const surplus: PaymentEvent = {
      type: 'SurplusPaymentDetected',
      data: { bookingId, providerPaymentId: 'pay_2', amount, fee: 1_888, tax: 288 },
    };
    given([...paid, surplus])
      .when(see('captured', { providerPaymentId: 'pay_2' }))
      .then([]);
  });
  it('PA10: an authorization after the capture is left alone', () =>
    given(paid)
      .when(see('authorized', { providerPaymentId: 'pay_2' }))
      .then([]));
});

describe('refunds', () => {
  it('PA11: never exceed what was captured', () => {
    given(paid)
      .when(refund('r1', 80_000))
      .then([requested('r1', 80_000)]);
    given(paid).when(refund('r1', 80_001)).then('refund-too-large');
    given([...paid, requested('r1', 50_000)])
      .when(refund('r2', 30_001))
      .then('refund-too-large');
    given([...paid, requested('r1', 50_000)])
      .when(refund('r2', 30_000))
      .then([requested('r2', 30_000)]);
    given([...paid, requested('r1', 80_000), processed('r1', 80_000)])
      .when(refund('r2', 1))
      .then('refund-too-large');
  });
  it('PA11: only of money that is ours', () => {
    given(ordered).when(refund('r1', 1)).then('not-captured');
    given(paid)
      .when(refund('r1', 1, 'pay_9'))
      .then('payment-unknown');
    given(paid).when(refund('r1', 0)).then('amount-invalid');
  });
  it('PA12: a refund id means one refund', () => {
    given([...paid, requested('r1', 40_000)])
      .when(refund('r1', 40_000))
      .then([]);
    given([...paid, requested('r1', 40_000)])
      .when(refund('r1', 39_999))
      .then('refund-id-reused');
    given([...paid, requested('r1', 40_000), refundFailed('r1', 40_000)])
      .when(refund('r1', 40_000))
      .then('refund-failed');
  });
  it('PA13: is recorded once, with its amount', () => {
    const asked = [...paid, requested('r1', 40_000)];
    given(asked)
      .when(recordRefund('r1', 40_000))
      .then([processed('r1', 40_000)]);
    given([...asked, processed('r1', 40_000)])
      .when(recordRefund('r1', 40_000))
      .then([]);
    given([...asked, processed('r1', 40_000)])
      .when(recordRefund('r1', 40_000, 'rfnd_x'))
      .then('refund-mismatch');
    given(asked).when(recordRefund('r1', 39_999)).then('refund-mismatch');
    given(asked).when(recordRefund('r9', 40_000)).then('refund-unknown');
    given(ordered).when(recordRefund('r1', 40_000)).then('not-captured');
  });
  it('PA13: one thought failed may turn out done, as long as its money is still there', () => {
    const history = [...paid, requested('r1', 80_000), refundFailed('r1', 80_000)];
    given(history)
      .when(recordRefund('r1', 80_000))
      .then([processed('r1', 80_000)]);
    given([...history, requested('r2', 80_000)])
      .when(recordRefund('r1', 80_000))
      .then('refund-too-large');
  });
  it('PA14: a failed one frees its amount; a done one cannot fail', () => {
    const asked = [...paid, requested('r1', 80_000)];
    given(asked)
      .when(failRefund('r1', 80_000))
      .then([refundFailed('r1', 80_000)]);
    given([...asked, refundFailed('r1', 80_000)])
      .when(failRefund('r1', 80_000))
      .then([]);
    given([...asked, refundFailed('r1', 80_000)])
      .when(refund('r2', 80_000))
      .then([requested('r2', 80_000)]);
    given([...asked, processed('r1', 80_000)])
      .when(failRefund('r1', 80_000))
      .then('refund-processed');
    given(asked).when(failRefund('r1', 1)).then('refund-mismatch');
    given(asked).when(failRefund('r9', 1)).then('refund-unknown');
    given(ordered).when(failRefund('r1', 1)).then('not-captured');
  });
});

describe('a refund without funds', () => {
  const asked = [...paid, requested('r1', 80_000)];
  it('PA17: is delayed once and goes on counting as asked for', () => {
    given(asked)
      .when(delayRefund('r1'))
      .then([refundDelayed('r1')]);
    given([...asked, refundDelayed('r1')])
      .when(delayRefund('r1'))
      .then([]);
    given([...asked, refundDelayed('r1')])
      .when(refund('r2', 1))
      .then('refund-too-large');
    given([...asked, refundDelayed('r1')])
      .when(refund('r1', 80_000))
      .then([]);
  });
  it('PA17: goes through or fails later', () => {
    given([...asked, refundDelayed('r1')])
      .when(recordRefund('r1', 80_000))
      .then([processed('r1', 80_000)]);
    given([...asked, refundDelayed('r1')])
      .when(failRefund('r1', 80_000))
      .then([refundFailed('r1', 80_000)]);
  });
  it('PA17: what is over is not delayed', () => {
    given([...asked, processed('r1', 80_000)])
      .when(delayRefund('r1'))
      .then('refund-processed');
    given([...asked, refundFailed('r1', 80_000)])
      .when(delayRefund('r1'))
      .then('refund-failed');
    given(asked).when(delayRefund('r9')).then('refund-unknown');
    given(ordered).when(delayRefund('r1')).then('not-captured');
  });
});

describe('while the bank takes a payment back', () => {
  const surplus: PaymentEvent = {
    type: 'SurplusPaymentDetected',
    data: { bookingId, providerPaymentId: 'pay_2', amount, fee: 0, tax: 0 },
  };
  it('PA18: nothing of it is refunded, and another payment is', () => {
    given([...paid, frozen])
      .when(refund('r1', 1))
      .then('chargeback-open');
    given([...paid, surplus, frozen])
      .when(refund('r1', 1, 'pay_2'))
      .then([
        {
          type: 'RefundRequested',
          data: { bookingId, refundId: 'r1', providerPaymentId: 'pay_2', amount: 1, reason: 'cancelled' },
        },
      ]);
  });
  it('PA18: what was asked for before is still recorded', () =>
    given([...paid, requested('r1', 40_000), frozen])
      .when(recordRefund('r1', 40_000))
      .then([processed('r1', 40_000)]));
  it('PA19: frozen once for a case, and only what is ours', () => {
    given(paid).when(freeze()).then([frozen]);
    given([...paid, frozen])
      .when(freeze())
      .then([]);
    given([...paid, surplus, frozen])
      .when(freeze('disp_1', 'pay_2'))
      .then('payment-unknown');
    given(paid).when(freeze('disp_1', 'pay_9')).then('payment-unknown');
    given(ordered).when(freeze()).then('not-captured');
  });
  it('PA19: a case that was won may be reopened, one that is lost may not', () => {
    given([...paid, frozen, unfrozen(0)])
      .when(freeze())
      .then([frozen]);
    given([...paid, frozen, unfrozen(80_000)])
      .when(freeze())
      .then('chargeback-over');
  });
  it('PA20: ends once, with what was lost', () => {
    given([...paid, frozen])
      .when(unfreeze(0))
      .then([unfrozen(0)]);
    given([...paid, frozen, unfrozen(0)])
      .when(unfreeze(0))
      .then([]);
    given([...paid, frozen, unfrozen(0)])
      .when(unfreeze(80_000))
      .then('chargeback-over');
    given(paid).when(unfreeze(0)).then('refunds-not-frozen');
    given([...paid, frozen])
      .when(unfreeze(-1))
      .then('amount-invalid');
    given(ordered).when(unfreeze(0)).then('not-captured');
  });
  it('PA21: what the bank took is never refunded as well', () => {
    given([...paid, frozen, unfrozen(0)])
      .when(refund('r1', 80_000))
      .then([requested('r1', 80_000)]);
    given([...paid, frozen, unfrozen(30_000)])
      .when(refund('r1', 50_001))
      .then('refund-too-large');
    given([...paid, frozen, unfrozen(30_000)])
      .when(refund('r1', 50_000))
      .then([requested('r1', 50_000)]);
    // Refunded and taken by the bank at the same time: nothing is left, and never less than nothing.
    const twice = [...paid, requested('r1', 80_000), processed('r1', 80_000), frozen, unfrozen(80_000)];
    expect(refundableOf(fold({ initial, evolve }, twice), 'pay_1')).toBe(0);
  });
});

it('PA4–PA21: in any order of news, one capture pays and no more goes back than came', () => {
  const payment = fc.constantFrom('pay_1', 'pay_2', 'pay_3');
  const refundId = fc.constantFrom('r1', 'r2', 'r3', 'r4', 'surplus-pay_1', 'surplus-pay_2', 'surplus-pay_3');
  const paise = fc.constantFrom(101, 40_000, 80_000);
  const command: fc.Arbitrary<PaymentCommand> = fc.oneof(
    fc.constant(plan()),
    fc.constant(order()),
    fc
      .tuple(fc.constantFrom('created', 'authorized', 'captured', 'refunded', 'failed'), payment)
      .map(([status, providerPaymentId]) => see(status, { providerPaymentId })),
    fc.tuple(refundId, paise, payment).map(([id, value, of]) => refund(id, value, of)),
    fc.tuple(refundId, paise).map(([id, value]) => recordRefund(id, value)),
    fc.tuple(refundId, paise).map(([id, value]) => failRefund(id, value)),
    refundId.map(delayRefund),
    payment.map((of) => freeze(`disp_${of}`, of)),
    fc.tuple(payment, fc.constantFrom(0, 101, 80_000)).map(([of, lost]) => unfreeze(lost, `disp_${of}`)),
  );
  let refundsDone = 0;
  let surplusSeen = 0;
  fc.assert(
    fc.property(fc.array(command, { minLength: 30, maxLength: 80, size: 'max' }), (commands) => {
      let state: PaymentState = initial;
      let captures = 0;
      for (const next of [plan(), order(), ...commands]) {
        const decision = decide(next, state);
        if (isRefusal(decision)) continue;
        for (const event of decision) {
          state = evolve(state, event);
          if (event.type === 'PaymentCaptured') captures += 1;
          if (event.type === 'RefundProcessed') refundsDone += 1;
          if (event.type === 'SurplusPaymentDetected') surplusSeen += 1;
        }
        expect(captures).toBeLessThanOrEqual(1);
        if (state.kind !== 'captured') continue;
        const all = [state.capture, ...state.surplus];
        expect(new Set(all.map((capture) => capture.providerPaymentId)).size).toBe(all.length);
        for (const capture of all) expect(refundableOf(state, capture.providerPaymentId)).toBeGreaterThanOrEqual(0);
        expect(refundedOf(state)).toBeLessThanOrEqual(all.length * amount);
      }
    }),
    { seed: 20261121, numRuns: 400 },
  );
  expect(refundsDone).toBeGreaterThan(20);
  expect(surplusSeen).toBeGreaterThan(20);
});
