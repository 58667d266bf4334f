import { describe, expect, test } from 'vitest';
import type { Outcome } from '#events/booking/events.ts';
import { commandsIn, fact, reactionsTo } from '../testing/facts.ts';
import {
  BOOKING,
  cancelled,
  completed,
  END,
  holdLifted,
  holdStarted,
  HOUR,
  LESSON,
  payoutCancelled,
  planned,
  releaseAuthorized,
  reversed,
  START,
  transferFailed,
  transferred,
  transferRequested,
} from './examples.ts';
import { reversalAgainId } from './payout-case.ts';
import { MAX_TRANSFER_ATTEMPTS, releasePayout, reversalTimer } from './release-payout.ts';

const to = (...facts: Parameters<typeof reactionsTo>[1]) => reactionsTo(releasePayout, facts);
const held = () => [planned(), transferRequested(), transferred()];

describe('release-payout: to the tutor', () => {
  test('RP1: a planned payout asks for its transfer, and the transfer is the share', () => {
    expect(commandsIn(to(planned()))).toEqual(['RequestTransfer']);
    expect(to(planned(), transferRequested())).toMatchObject([
      {
        kind: 'call',
        operationId: 'op-1',
        call: { kind: 'create-transfer', paymentId: 'pay_1', accountId: 'acc_1', amount: 72_000 },
      },
    ]);
  });

  test('RP2: a failed transfer is tried again later, as a new operation', () => {
    const [first] = to(planned(), transferRequested(1), transferFailed());
    const [second] = to(planned(), transferRequested(1), transferFailed(), transferRequested(2), transferFailed());
    expect(first).toMatchObject({ kind: 'timer', dueAt: 600_000, command: { type: 'RequestTransfer' } });
    expect(second).toMatchObject({ kind: 'timer', dueAt: 1_200_000 });
    const operationOf = (one: typeof first) =>
      one?.kind === 'timer' && one.command.type === 'RequestTransfer' ? one.command.data.operationId : null;
    expect(operationOf(first)).not.toBe(operationOf(second));
  });

  test('RP2: after the last try people take over', () => {
    expect(to(planned(), transferRequested(MAX_TRANSFER_ATTEMPTS), transferFailed())).toEqual([]);
  });

  test.each<[Outcome, number | null, string[]]>([
    ['held', END, ['CompleteBooking']],
    ['student-no-show', END, ['CompleteBooking']],
    ['tutor-no-show', null, ['CancelUntaughtBooking']],
    ['nobody', null, ['CancelUntaughtBooking']],
    ['unclear', null, ['ReviewBooking']],
    ['failed-technically', null, ['ReviewBooking']],
    ['cancelled-late', null, []],
  ])('RP3: the outcome %s', (outcome, t0, commands) => {
    const decided = fact({
      type: 'OutcomeDecided',
      data: { lessonId: LESSON, bookingId: BOOKING, outcome, t0, taughtMs: 0, presentMs: 0, heldMs: 0, reasons: [] },
    });
    expect(commandsIn(to(...held(), decided))).toEqual(commands);
  });

  test('RP3: an outcome that a running move kept from the booking is told again when the move comes to nothing', () => {
    const decided = fact({
      type: 'OutcomeDecided',
      data: {
        lessonId: LESSON,
        bookingId: BOOKING,
        outcome: 'held',
        t0: END,
        taughtMs: 0,
        presentMs: 0,
        heldMs: 0,
        reasons: [],
      },
    });
    const declined = fact({
      type: 'RescheduleDeclined',
      data: { bookingId: BOOKING, proposalId: 'm', reason: 'not-available', at: END },
    });
    expect(commandsIn(to(...held(), decided, declined))).toEqual(['CompleteBooking']);
    expect(commandsIn(to(...held(), decided, completed(), declined))).toEqual([]);
    expect(commandsIn(to(...held(), declined))).toEqual([]);
  });

  test('RP4: the hold starts at t0, whichever of transfer and outcome comes last', () => {
    const start = [{ command: { type: 'StartHold', data: { bookingId: BOOKING, t0: END } } }];
    expect(to(...held(), completed())).toMatchObject(start);
    expect(to(planned(), transferRequested(), completed(), transferred())).toMatchObject(start);
    expect(to(planned(), transferRequested(), completed())).toEqual([]);
  });

  test('RP5: the release is due at the end of the hold, and the lifted hold closes the booking', () => {
    expect(to(...held(), completed(), holdStarted())).toMatchObject([
      { kind: 'timer', dueAt: END + 72 * HOUR, command: { type: 'AuthorizeRelease' } },
    ]);
    const released = [...held(), completed(), holdStarted(), releaseAuthorized()];
    expect(to(...released)).toMatchObject([
      { kind: 'call', operationId: 'rel', call: { kind: 'lift-hold', transferId: 'trf_1', amount: 72_000 } },
    ]);
    expect(commandsIn(to(...released, holdLifted()))).toEqual(['CloseBooking']);
  });

  test('RP18: a refund that failed keeps the booking open until it is made good, by another or by the bank', () => {
    const ofDispute = fact({
      type: 'PayoutDisputeClosed',
      data: { bookingId: BOOKING, disputeId: 'd', outcome: 'split', refund: 20_000, reversal: 0, at: 0 },
    });
    const asked = (refundId: string) =>
      fact({
        type: 'RefundRequested',
        data: { bookingId: BOOKING, refundId, providerPaymentId: 'pay_1', amount: 20_000, reason: 'dispute' },
      });
    const failed = fact({
      type: 'RefundFailed',
      data: { bookingId: BOOKING, refundId: 'r1', amount: 20_000, reason: 'bank' },
    });
    const sent = fact({
      type: 'RefundProcessed',
      data: { bookingId: BOOKING, refundId: 'r2', providerRefundId: 'rfnd_2', amount: 20_000 },
    });
    const bankTook = (lost: number) =>
      fact({
        type: 'RefundsUnfrozen',
        data: { bookingId: BOOKING, chargebackId: 'disp_1', providerPaymentId: 'pay_1', lost },
      });
    const before = [...held(), completed(), ofDispute, holdStarted(), releaseAuthorized(), holdLifted(), asked('r1')];
    expect(commandsIn(to(...before, failed))).toEqual([]);
    expect(commandsIn(to(...before, failed, asked('r2')))).toEqual([]);
    expect(commandsIn(to(...before, failed, asked('r2'), sent))).toEqual(['CloseBooking']);
    expect(commandsIn(to(...before, failed, bankTook(19_999)))).toEqual([]);
    expect(commandsIn(to(...before, failed, bankTook(20_000)))).toEqual(['CloseBooking']);
    expect(commandsIn(to(...before, bankTook(20_000), failed))).toEqual(['CloseBooking']);
  });

  test('RP12: after a part went back, the rest is what is lifted', () => {
    const facts = [...held(), cancelled(40_000), reversed(36_000), holdStarted(START), releaseAuthorized()];
    expect(to(...facts)).toMatchObject([{ call: { kind: 'lift-hold', amount: 36_000 } }]);
    // A cancelled booking is over already; nothing is left to close.
    expect(to(...facts, holdLifted(36_000))).toEqual([]);
  });
});

describe('release-payout: back to the payer', () => {
  test('RP6, RP7: a whole refund takes the share back first, and only then refunds', () => {
    expect(to(...held(), cancelled(80_000, 'grace'))).toMatchObject([
      { command: { type: 'RequestReversal', data: { amount: 72_000 } } },
    ]);
    expect(to(...held(), cancelled(80_000, 'grace'), reversed(72_000))).toMatchObject([
      { command: { type: 'RequestRefund', data: { providerPaymentId: 'pay_1', amount: 80_000 } } },
    ]);
  });

  test('RP8: half back takes half of the share back, refunds, and holds the rest from the cancellation on', () => {
    expect(to(...held(), cancelled(40_000))).toMatchObject([
      { command: { type: 'RequestReversal', data: { amount: 36_000 } } },
    ]);
    expect(to(...held(), cancelled(40_000), reversed(36_000))).toMatchObject([
      { command: { type: 'RequestRefund', data: { amount: 40_000 } } },
      { command: { type: 'StartHold', data: { t0: START - 5 * HOUR } } },
    ]);
  });

  test('RP9: nothing back starts the hold at the cancellation', () => {
    expect(to(...held(), cancelled(0, 'too-late'))).toMatchObject([
      { command: { type: 'StartHold', data: { t0: START - 5 * HOUR } } },
    ]);
  });

  test('RP10: a transfer on its way is waited for, then taken back', () => {
    const onItsWay = [planned(), transferRequested(), cancelled(80_000, 'grace')];
    expect(to(...onItsWay)).toEqual([]);
    expect(commandsIn(to(...onItsWay, transferred()))).toEqual(['RequestReversal']);
  });

  test('RP10: a transfer not asked for yet, or failed, is cancelled, and the refund follows', () => {
    expect(commandsIn(to(planned(), cancelled(80_000, 'grace')))).toEqual(['CancelPayout']);
    const failed = [planned(), transferRequested(), transferFailed(), cancelled(80_000, 'grace')];
    expect(commandsIn(to(...failed))).toEqual(['CancelPayout']);
    expect(commandsIn(to(...failed, payoutCancelled()))).toEqual(['RequestRefund']);
  });

  test('RP18: a completed booking whose payout was cancelled stays open while its money is nobody’s', () => {
    const failed = [planned(), transferRequested(), transferFailed(), completed()];
    expect(commandsIn(to(...failed, payoutCancelled()))).toEqual([]);
  });

  test('RP10: a transfer that fails after the cancellation is not tried again', () => {
    expect(commandsIn(to(planned(), transferRequested(), cancelled(80_000, 'grace'), transferFailed()))).toEqual([
      'CancelPayout',
    ]);
  });

  test('RP10: a transfer that fails while part of it is owed to the tutor is tried again', () => {
    expect(to(planned(), transferRequested(), cancelled(40_000), transferFailed())).toMatchObject([{ kind: 'timer' }]);
  });

  test('RP11: a booking cancelled before its payout is planned', () => {
    expect(to(cancelled(80_000, 'grace'))).toEqual([]);
    expect(commandsIn(to(cancelled(80_000, 'grace'), planned()))).toEqual(['CancelPayout']);
    expect(commandsIn(to(cancelled(0, 'too-late'), planned()))).toEqual(['RequestTransfer']);
  });

  describe('RP14: a reversal that failed', () => {
    const asked = (operationId: string, amount: number) =>
      fact({ type: 'ReversalRequested', data: { bookingId: BOOKING, operationId, amount, reason: operationId } });
    const failed = (operationId: string) =>
      fact({ type: 'ReversalFailed', data: { bookingId: BOOKING, operationId, reason: 'no balance' } });
    const closed = (reversal: number) =>
      fact({
        type: 'PayoutDisputeClosed',
        data: { bookingId: BOOKING, disputeId: 'd', outcome: 'tutor', refund: 0, reversal, at: 0 },
      });
    const before = [...held(), asked('one', 36_000), failed('one')];

    test('is asked for again when a dispute that refused it is over', () => {
      expect(to(...before)).toMatchObject([{ kind: 'timer', command: { data: { amount: 36_000 } } }]);
      expect(to(...before, closed(0))).toMatchObject([
        { command: { type: 'RequestReversal', data: { amount: 36_000, operationId: reversalAgainId('one') } } },
      ]);
      expect(to(...before, closed(9_000))).toEqual([]);
    });

    test('is covered by the next one as far as that goes, and not taken twice', () => {
      const timer = reversalTimer(reversalAgainId('one'));
      expect(to(...before, asked('two', 40_000))).toContainEqual({ kind: 'forget', keys: [timer] });
      expect(to(...before, asked('two', 40_000), reversed(40_000))).toEqual([]);
      expect(to(...before, asked('two', 30_000), reversed(30_000))).toMatchObject([
        { command: { type: 'RequestReversal', data: { amount: 6_000 } } },
      ]);
    });
  });

  test('a second ending changes nothing', () => {
    expect(to(...held(), completed(), holdStarted(), cancelled(80_000, 'by-platform'))).toEqual([]);
  });
});
