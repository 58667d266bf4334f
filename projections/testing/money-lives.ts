/**
 * Random lives of one booking's money, for the tests of the ledger: random commands, given to the real deciders. What they
 * refuse does not happen. The same seed gives the same life.
 */
import * as booking from '#events/booking/decide.ts';
import * as bookingEvents from '#events/booking/events.ts';
import * as chargeback from '#events/chargeback/decide.ts';
import * as chargebackEvents from '#events/chargeback/events.ts';
import type { AnyEvent } from '#events/handling/registry.ts';
import * as payment from '#events/payment/decide.ts';
import * as paymentEvents from '#events/payment/events.ts';
import { reversalFor } from '#events/payout/dispute.ts';
import * as payout from '#events/payout/decide.ts';
import * as payoutEvents from '#events/payout/events.ts';
import type { Decider } from '#events/shared/decider.ts';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import { HOUR, MINUTE, START } from '#events/shared/times.ts';
import { randomOf } from '#platform/random/seeded.ts';

const BOOKING = 'b1';

/** One stream: takes a command, keeps what was decided. */
function streamOf<State, Command, Event extends AnyEvent>(decider: Decider<State, Command, Event>) {
  let state = decider.initial;
  return {
    get state() {
      return state;
    },
    give(command: Command): readonly Event[] {
      const decision = decider.decide(command, state);
      if (isRefusal(decision)) return [];
      state = decision.reduce(decider.evolve, state);
      return decision;
    },
  };
}

/** Events with their business instants. */
export type Life = readonly { readonly event: AnyEvent; readonly at: number }[];

export function lifeOf(seed: number, steps = 90): Life {
  const random = randomOf(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const pick = <T>(values: readonly [T, ...T[]]): T => values[below(values.length)] ?? values[0];

  const life: { event: AnyEvent; at: number }[] = [];
  const startsAt = START + 30 * HOUR;
  const price = pick([80_000, 100_000, 101, 33_333, 30_001, 111 + below(900_000)]);
  let now = START;
  const tell = (events: readonly AnyEvent[]): void => {
    for (const event of events) life.push({ event, at: now });
  };

  const ofBooking = streamOf({ ...bookingEvents, decide: booking.decide });
  const ofPayment = streamOf({ ...paymentEvents, decide: payment.decide });
  const ofPayout = streamOf({ ...payoutEvents, decide: payout.decide });
  const banks = ['disp_1', 'disp_2'].map((id) => ({
    id,
    paymentId: pick(['pay_1', 'pay_1', 'pay_2']),
    amount: pick([price, price, 1 + below(price)]),
    stream: streamOf({ ...chargebackEvents, decide: chargeback.decide }),
  }));

  const give = (command: booking.BookingCommand): void => tell(ofBooking.give(command));
  const pay = (command: payment.PaymentCommand): void => tell(ofPayment.give(command));
  const transfer = (command: payout.PayoutCommand): void => tell(ofPayout.give(command));
  const id = (of: string): string => `${of}-${below(4)}`;
  const bookingId = BOOKING;

  const observe = (providerPaymentId: string): void => {
    const fee = below(Math.floor(price / 20) + 1);
    const about = { currency: 'INR', method: 'upi', reason: '', description: '' };
    const figures = { amount: price, fee, tax: below(fee + 1) };
    const status = 'captured' as const;
    pay({
      type: 'ObservePayment',
      now,
      data: { bookingId, orderId: 'order_1', providerPaymentId, status, ...figures, ...about },
    });
  };
  /** What was reversed, and what is left of the transfer. */
  const transferred = (): { share: number; gross: number; reversed: number; asked: number } | null => {
    const state = ofPayout.state;
    const known = state.kind === 'disputed' ? state.from : state;
    if (!('reversals' in known)) return 'share' in known ? { ...known, reversed: 0, asked: 0 } : null;
    const asked = known.kind === 'reversing' ? known.asked.amount : 0;
    return { share: known.share, gross: known.gross, reversed: payoutEvents.reversedOf(known), asked };
  };

  // Everyone's moves, in any order; each is lawful at some time, and only then does it happen.
  const moves: readonly [() => void, ...(() => void)[]] = [
    () =>
      give({ type: 'CancelBooking', now, data: { bookingId, by: pick(['student', 'tutor', 'platform']), reason: '' } }),
    () => give({ type: 'StartBooking', now, data: { bookingId } }),
    () =>
      give({
        type: 'CompleteBooking',
        now,
        data: { bookingId, outcome: pick(['held', 'student-no-show']), t0: now },
      }),
    () => give({ type: 'CancelUntaughtBooking', now, data: { bookingId, outcome: pick(['tutor-no-show', 'nobody']) } }),
    () => give({ type: 'ReviewBooking', now, data: { bookingId, outcome: pick(['unclear', 'failed-technically']) } }),
    () =>
      give({
        type: 'DecideReviewedBooking',
        now,
        data: { bookingId, refund: pick([0, price, below(price + 1)]), reason: '' },
      }),
    () => observe(pick(['pay_1', 'pay_2', 'pay_3'])),
    () =>
      pay({
        type: 'RequestRefund',
        now,
        data: {
          bookingId,
          refundId: id('refund'),
          providerPaymentId: pick(['pay_1', 'pay_1', 'pay_2']),
          amount: pick([price, 1 + below(price)]),
          reason: '',
        },
      }),
    () => {
      const refunds = ofPayment.state.kind === 'captured' ? ofPayment.state.refunds : [];
      const refund = refunds[below(refunds.length)];
      if (!refund) return;
      const { refundId, amount } = refund;
      const data = { bookingId, refundId, amount };
      if (below(3) === 0) pay({ type: 'RecordRefundFailure', now, data: { ...data, reason: '' } });
      else pay({ type: 'RecordRefund', now, data: { ...data, providerRefundId: `rfnd_${refundId}` } });
    },
    () => transfer({ type: 'RequestTransfer', now, data: { bookingId, operationId: id('transfer') } }),
    () => {
      const known = transferred();
      const fee = below(300);
      const data = { bookingId, transferId: 'trf_1', amount: known?.share ?? 0, fee, tax: below(fee + 1) };
      transfer({ type: 'RecordTransfer', now, data });
    },
    () => transfer({ type: 'RecordTransferFailure', now, data: { bookingId, reason: '' } }),
    () => transfer({ type: 'StartHold', now, data: { bookingId, t0: now } }),
    () => transfer({ type: 'AuthorizeRelease', now, data: { bookingId, operationId: 'release' } }),
    () => {
      const known = transferred();
      const left = (known?.share ?? 0) - (known?.reversed ?? 0);
      transfer({ type: 'RecordHoldLifted', now, data: { bookingId, transferId: 'trf_1', amount: left } });
    },
    () => transfer({ type: 'RecordSettlement', now, data: { bookingId, settlementId: 'setl_1' } }),
    () => {
      const known = transferred();
      if (!known) return;
      const left = known.share - known.reversed;
      const amount = pick([left, 1 + below(left + 1)]);
      transfer({ type: 'RequestReversal', now, data: { bookingId, operationId: id('reversal'), amount, reason: '' } });
    },
    () => {
      const { state } = ofPayout;
      if (state.kind !== 'reversing') return;
      const { operationId, amount } = state.asked;
      if (below(4) === 0)
        transfer({ type: 'RecordReversalFailure', now, data: { bookingId, operationId, reason: '' } });
      else
        transfer({
          type: 'RecordReversal',
          now,
          data: { bookingId, operationId, amount, reversalId: `rvrs_${operationId}` },
        });
    },
    () => transfer({ type: 'CancelPayout', now, data: { bookingId, reason: '' } }),
    () =>
      transfer({
        type: 'DisputePayout',
        now,
        data: {
          bookingId,
          disputeId: 'd1',
          kind: pick(['in-app', 'review']),
          openedBy: 's1',
          cause: 'other',
          text: '',
          wants: null,
          opensAt: 0,
        },
      }),
    () => {
      const known = transferred();
      if (!known) return;
      const outcome = pick(['student', 'tutor', 'split', 'withdrawn'] as const);
      const part = outcome === 'split' ? 1 + below(known.gross - 1) : 0;
      const refund = outcome === 'student' ? known.gross : part;
      const reversal = reversalFor(known, refund, known.reversed);
      const data = { bookingId, disputeId: 'd1', outcome, refund, reversal, operationId: id('dispute-reversal') };
      transfer({ type: 'ClosePayoutDispute', now, data });
    },
    () => transfer({ type: 'PausePayout', now, data: { bookingId, reason: 'chargeback', until: null } }),
    () => transfer({ type: 'ResumePayout', now, data: { bookingId, reason: 'chargeback' } }),
    () => {
      const left = transferred()?.share ?? 1;
      const amount = pick([left, 1 + below(left)]);
      transfer({ type: 'RecordClawback', now, data: { bookingId, chargebackId: pick(['disp_1', 'disp_2']), amount } });
    },
    () => {
      const bank = banks[below(banks.length)];
      // It may be quicker than our own news of the payment.
      if (!bank) return;
      const { id: chargebackId, paymentId: providerPaymentId, amount, stream } = bank;
      const status = pick(['open', 'under_review', 'won', 'lost', 'lost', 'closed'] as const);
      const data = {
        chargebackId,
        bookingId,
        providerPaymentId,
        status,
        phase: pick(['chargeback', 'pre_arbitration'] as const),
        amount,
        amountDeducted: status === 'lost' ? amount : 0,
        reasonCode: 'other',
        respondBy: now + 100 * HOUR,
        asOf: now,
      };
      tell(stream.give({ type: 'ObserveChargeback', now, data }));
      pay({ type: 'FreezeRefunds', now, data: { bookingId, chargebackId, providerPaymentId } });
      const over = stream.state.kind === 'lost' ? amount : stream.state.kind === 'won' ? 0 : null;
      if (over !== null) pay({ type: 'UnfreezeRefunds', now, data: { bookingId, chargebackId, lost: over } });
    },
  ];

  give({
    type: 'RequestBooking',
    now,
    data: {
      bookingId,
      tutorId: 't1',
      studentId: 's1',
      bookedBy: 's1',
      offerId: 'single',
      subject: 'Mathematics',
      startsAt,
      minutes: 60,
      seats: 1,
      price,
      mode: 'instant',
      policy: POLICY_2026_11,
      note: '',
    },
  });
  give({ type: 'AcceptBooking', now, data: { bookingId, lessonId: 'l1' } });
  pay({ type: 'PlanOrder', now, data: { bookingId, amount: price, receipt: bookingId, payBy: now + 10 * MINUTE } });
  pay({ type: 'RecordOrder', now, data: { bookingId, orderId: 'order_1', amount: price } });
  if (below(10) === 0) give({ type: 'ExpireBooking', now: now + 20 * MINUTE, data: { bookingId } });
  now += MINUTE;
  observe('pay_1');
  give({ type: 'ConfirmBooking', now, data: { bookingId, amount: price } });
  // Now and then someone is quicker than the plan of the payout.
  for (let early = below(4); early > 2; early -= 1) pick(moves)();
  transfer({
    type: 'PlanPayout',
    now,
    data: {
      bookingId,
      tutorId: 't1',
      accountId: 'acc_1',
      providerPaymentId: 'pay_1',
      gross: price,
      commissionBps: pick([1_000, 1_000, 0, 2_500]),
      holdMs: 72 * HOUR,
    },
  });
  if (below(5) > 0) transfer({ type: 'RequestTransfer', now, data: { bookingId, operationId: 'transfer-0' } });
  for (let step = 0; step < steps; step += 1) {
    now += pick([0, MINUTE, HOUR, 6 * HOUR, 40 * HOUR]);
    pick(moves)();
  }
  return life;
}
