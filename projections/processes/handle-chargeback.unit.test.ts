import { describe, expect, it } from 'vitest';
import type { AnyEvent } from '#events/handling/registry.ts';
import type { Fact } from '../fact.ts';
import { commandsIn, fact, reactionsTo } from '../testing/facts.ts';
import {
  BOOKING,
  cancelled,
  captured,
  payoutCancelled,
  planned,
  releaseAuthorized,
  transferFailed,
  transferred,
  transferRequested,
} from './examples.ts';
import { chargebackReversalId } from './chargeback-case.ts';
import { handleChargeback } from './handle-chargeback.ts';

const bookingId = BOOKING;
const made = (event: AnyEvent): Fact => fact(event, 1_000);
const at = 1_000;
const about = (chargebackId: string) => ({ chargebackId, bookingId });
const figures = { amount: 80_000, respondBy: 9_000, at };

const opened = (
  phase: 'fraud' | 'retrieval' | 'chargeback' = 'chargeback',
  chargebackId = 'disp_1',
  providerPaymentId = 'pay_1',
): Fact =>
  made({
    type: 'ChargebackOpened',
    data: { ...about(chargebackId), ...figures, phase, round: 1, providerPaymentId, reasonCode: '' },
  });
const reopened = (): Fact =>
  made({ type: 'ChargebackReopened', data: { ...about('disp_1'), ...figures, phase: 'pre_arbitration', round: 2 } });
const won = (chargebackId = 'disp_1'): Fact =>
  made({ type: 'ChargebackWon', data: { ...about(chargebackId), round: 1, at } });
const closed = (): Fact => made({ type: 'ChargebackClosed', data: { ...about('disp_1'), at } });
const lost = (amount = 80_000, chargebackId = 'disp_1'): Fact =>
  made({ type: 'ChargebackLost', data: { ...about(chargebackId), round: 1, amount, accepted: false, at } });
const asked = (amount: number, operationId = chargebackReversalId('disp_1')): Fact =>
  made({ type: 'ReversalRequested', data: { bookingId, operationId, amount, reason: 'chargeback' } });
const reversed = (amount: number, operationId = 'rev'): Fact =>
  made({ type: 'TransferReversed', data: { bookingId, operationId, reversalId: 'rvrsl_1', amount } });
const disputeClosed = (refund = 0, reversal = 0): Fact =>
  made({
    type: 'PayoutDisputeClosed',
    data: { bookingId, disputeId: 'd', outcome: refund === 0 ? 'tutor' : 'split', refund, reversal, at },
  });
const surplus = (): Fact =>
  made({
    type: 'SurplusPaymentDetected',
    data: { bookingId, providerPaymentId: 'pay_2', amount: 80_000, fee: 0, tax: 0 },
  });
const refundAsked = (amount: number): Fact =>
  made({
    type: 'RefundRequested',
    data: { bookingId, refundId: 'r', providerPaymentId: 'pay_1', amount, reason: 'tier-4h' },
  });
const reversalFailed = (operationId: string): Fact =>
  made({ type: 'ReversalFailed', data: { bookingId, operationId, reason: 'no balance' } });
const clawedBack = (amount: number): Fact =>
  made({ type: 'ClawbackRecorded', data: { ...about('disp_1'), amount, at } });

const held = [captured(), planned(), transferRequested(), transferred()];
const after = (...facts: readonly Fact[]) => reactionsTo(handleChargeback, facts);
const commands = (...facts: readonly Fact[]) => commandsIn(after(...facts));
const given = (type: string, ...facts: readonly Fact[]): unknown =>
  after(...facts).flatMap((one) => (one.kind === 'command' && one.command.type === type ? [one.command.data] : []))[0];

describe('a case that is opened', () => {
  it('HC1: stops the payout and the refunds', () => {
    expect(commands(...held, opened())).toEqual(['FreezeRefunds', 'PausePayout']);
    expect(given('PausePayout', ...held, opened())).toEqual({ bookingId, reason: 'chargeback', until: null });
  });
  it('HC1: again in a later round', () =>
    expect(commands(...held, opened(), won(), reopened())).toEqual(['FreezeRefunds', 'PausePayout']));
  it('HC2: a question of the bank stops nothing', () => {
    expect(commands(...held, opened('retrieval'))).toEqual([]);
    expect(commands(...held, opened('fraud'))).toEqual([]);
  });
  it('HC3: is caught up with when our own news of the payment and the payout come later', () => {
    expect(commands(opened(), captured())).toEqual(['FreezeRefunds']);
    expect(commands(opened(), captured(), planned())).toEqual(['PausePayout']);
    expect(commands(opened(), won(), planned())).toEqual([]);
  });
  it('HC3: also when it is lost by then: what the bank took is never refunded, whichever payment it was', () => {
    expect(commands(opened(), lost(), captured())).toEqual(['FreezeRefunds', 'UnfreezeRefunds']);
    expect(given('UnfreezeRefunds', opened(), lost(30_000), captured())).toMatchObject({ lost: 30_000 });
    expect(commands(opened('chargeback', 'disp_1', 'pay_2'), lost(), captured())).toEqual([]);
    const late = [captured(), opened('chargeback', 'disp_1', 'pay_2'), lost()];
    expect(commands(...late, surplus())).toEqual(['FreezeRefunds', 'UnfreezeRefunds']);
  });
  it('HC4: about a surplus payment leaves the payout alone', () =>
    expect(commands(...held, opened('chargeback', 'disp_1', 'pay_2'))).toEqual(['FreezeRefunds']));
});

describe('a case that ends well', () => {
  it('HC5: lets everything go on', () => {
    expect(commands(...held, opened(), won())).toEqual(['UnfreezeRefunds', 'ResumePayout']);
    expect(commands(...held, opened(), closed())).toEqual(['UnfreezeRefunds', 'ResumePayout']);
    expect(given('UnfreezeRefunds', ...held, opened(), won())).toEqual({
      bookingId,
      chargebackId: 'disp_1',
      lost: 0,
    });
  });
  it('HC5: not while another case is open', () =>
    expect(commands(...held, opened(), opened('chargeback', 'disp_2'), won())).toEqual(['UnfreezeRefunds']));
});

describe('a case that is lost', () => {
  it('HC6: before the release the tutor’s part comes out of the transfer, and the pause ends with that', () => {
    expect(commands(...held, opened(), lost())).toEqual(['FreezeRefunds', 'RequestReversal', 'UnfreezeRefunds']);
    expect(given('RequestReversal', ...held, opened(), lost())).toEqual({
      bookingId,
      operationId: chargebackReversalId('disp_1'),
      amount: 72_000,
      reason: 'chargeback',
      after: 0,
    });
    expect(commands(...held, opened(), lost(), asked(72_000))).toEqual(['ResumePayout']);
  });
  it('HC6: of a part lost, the tutor’s part of it', () =>
    expect(given('RequestReversal', ...held, opened(), lost(40_001))).toMatchObject({ amount: 36_000 }));
  it('HC6: never more than is left of the share', () => {
    const half = [...held, asked(36_000, 'other'), reversed(36_000, 'other')];
    expect(given('RequestReversal', ...half, opened(), lost())).toMatchObject({ amount: 36_000, after: 36_000 });
    const none = [...held, asked(72_000, 'other'), reversed(72_000, 'other')];
    expect(commands(...none, opened(), lost())).toEqual(['FreezeRefunds', 'UnfreezeRefunds', 'ResumePayout']);
  });
  it('HC7: asked again when a dispute or another reversal was in the way, and once', () => {
    expect(commands(...held, opened(), lost(), disputeClosed())).toEqual(['RequestReversal']);
    const other = asked(36_000, 'other');
    expect(given('RequestReversal', ...held, opened(), other, lost(), reversed(36_000))).toMatchObject({
      amount: 36_000,
    });
    expect(commands(...held, opened(), lost(), asked(72_000), reversed(72_000))).toEqual([]);
    expect(commands(...held, opened(), lost(), asked(72_000), disputeClosed())).toEqual(['ResumePayout']);
    const failed = [...held, opened(), other, lost(), reversalFailed('other')];
    expect(given('RequestReversal', ...failed)).toMatchObject({ amount: 72_000 });
  });
  it('HC7: not what a cancellation or a dispute takes back for the very money that the bank took', () => {
    const half = [...held, cancelled(40_000), asked(36_000, 'other'), reversed(36_000, 'other'), opened()];
    expect(commands(...half, lost(40_000))).toEqual(['FreezeRefunds', 'UnfreezeRefunds', 'ResumePayout']);
    expect(given('RequestReversal', ...half, lost(60_000))).toMatchObject({ amount: 18_000 });
    // Refunded already, it is gone twice.
    expect(given('RequestReversal', ...half, refundAsked(40_000), lost(40_000))).toMatchObject({ amount: 36_000 });
    // What failed to come back for a dispute is covered by what is taken for the bank.
    const failing = [...held, disputeClosed(40_000, 36_000), asked(36_000, 'other'), reversalFailed('other'), opened()];
    expect(given('RequestReversal', ...failing, lost(60_000))).toMatchObject({ amount: 54_000 });
    // One that went out when that had failed already is made up for, once what failed is through.
    const stale = [...held, opened(), disputeClosed(40_000, 36_000), asked(36_000, 'other'), lost(60_000)];
    const short = [...stale, reversalFailed('other'), asked(18_000), reversed(18_000)];
    expect(commands(...short)).toEqual([]);
    const through = [...short, asked(18_000, 'other again'), reversed(18_000, 'other again')];
    const operationId = chargebackReversalId('disp_1', 1);
    expect(given('RequestReversal', ...through)).toMatchObject({ operationId, amount: 18_000 });
    expect(commands(...through, asked(18_000, operationId))).toEqual(['ResumePayout']);
    const argued = [...held, opened(), lost(40_000), disputeClosed(40_000, 36_000)];
    expect(commands(...argued)).toEqual(['ResumePayout']);
  });
  it('HC8: after the release the tutor owes it', () => {
    const released = [...held, releaseAuthorized()];
    expect(commands(...released, opened(), lost())).toEqual(['FreezeRefunds', 'RecordClawback', 'UnfreezeRefunds']);
    expect(given('RecordClawback', ...released, opened(), lost())).toEqual({
      bookingId,
      chargebackId: 'disp_1',
      amount: 72_000,
    });
    expect(commands(...released, opened(), lost(), clawedBack(72_000))).toEqual(['ResumePayout']);
  });
  it('HC8: a release that won the race against the loss makes a debt of it', () =>
    expect(commands(...held, opened(), lost(), releaseAuthorized())).toEqual(['RecordClawback']));
  it('HC9: before any transfer a payout that is lost whole is cancelled; one on its way is waited for', () => {
    expect(commands(captured(), planned(), opened(), lost())).toEqual([
      'FreezeRefunds',
      'CancelPayout',
      'UnfreezeRefunds',
    ]);
    const pending = [captured(), planned(), transferRequested(), opened(), lost()];
    expect(commands(...pending)).toEqual(['FreezeRefunds', 'UnfreezeRefunds']);
    expect(commands(...pending, transferred())).toEqual(['RequestReversal']);
    expect(commands(...pending, transferFailed())).toEqual(['CancelPayout']);
    expect(commands(captured(), planned(), payoutCancelled(), opened(), lost())).toEqual([
      'FreezeRefunds',
      'UnfreezeRefunds',
      'ResumePayout',
    ]);
  });
  it('HC9: of one that is lost in part the rest is transferred first', () => {
    const part = [captured(), planned(), opened(), lost(8_000)];
    expect(commands(...part)).toEqual(['FreezeRefunds', 'UnfreezeRefunds']);
    expect(given('RequestReversal', ...part, transferRequested(), transferred())).toMatchObject({ amount: 7_200 });
  });
});

describe('HC10: an answer goes to the provider under its own id', () => {
  it('evidence', () => {
    const event: AnyEvent = {
      type: 'ContestRequested',
      data: { ...about('disp_1'), operationId: 'op1', round: 1, by: 'ops-1', summary: 'It was taught.', at },
    };
    expect(after(...held, opened(), made(event))).toEqual([
      {
        kind: 'call',
        operationId: 'op1',
        bookingId,
        call: { kind: 'contest-dispute', chargebackId: 'disp_1', bookingId, summary: 'It was taught.' },
      },
    ]);
  });
  it('giving up', () => {
    const event: AnyEvent = {
      type: 'AcceptRequested',
      data: { ...about('disp_1'), operationId: 'op1', round: 1, by: 'ops-1', reason: 'They are right.', at },
    };
    expect(after(...held, opened(), made(event))).toEqual([
      {
        kind: 'call',
        operationId: 'op1',
        bookingId,
        call: { kind: 'accept-dispute', chargebackId: 'disp_1', bookingId },
      },
    ]);
  });
});
