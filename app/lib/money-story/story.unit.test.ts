import { describe, expect, it } from 'vitest';
import type { TimelineLane, TimelineRow } from '#projections/queries.ts';
import { messagesIn } from '../messages/index.ts';
import { moneyStory } from './story.ts';

const HOUR = 3_600_000;
/** Sun 22 Nov 2026, 10:15 am in India. */
const START = Date.UTC(2026, 10, 22, 4, 45);
const END = START + HOUR;
const bookingId = 'b1';

let count = 0;
function row(lane: TimelineLane, type: string, data: Record<string, unknown>, at: number): TimelineRow {
  count += 1;
  return {
    position: String(count),
    eventId: `e${count}`,
    stream: `${lane}-b1`,
    revision: count,
    lane,
    type,
    data: { bookingId, ...data },
    actor: { kind: 'process', id: 'test' },
    actorName: null,
    occurredAt: at,
    recordedAt: at,
    correlationId: 'c',
    chain: '',
  };
}

const asked = row(
  'booking',
  'BookingRequested',
  { bookedBy: 'asha', price: 80_000, startsAt: START, minutes: 60 },
  START - 48 * HOUR,
);
const accepted = row('booking', 'BookingAccepted', { payBy: START - 47 * HOUR }, START - 48 * HOUR);
const payment = { orderId: 'order_1', providerPaymentId: 'pay_1', amount: 80_000, method: 'upi' };
const captured = row('payment', 'PaymentCaptured', payment, START - 48 * HOUR);
const planned = row('payout', 'PayoutPlanned', { gross: 80_000, commission: 8_000, share: 72_000 }, START - 48 * HOUR);
const set = row('payout', 'TransferProcessed', { transferId: 'trf_1', amount: 72_000 }, START - 48 * HOUR);
const paid = [asked, accepted, captured, planned, set];
const held = [
  ...paid,
  row('booking', 'BookingCompleted', { outcome: 'held', t0: END }, END),
  row('payout', 'HoldStarted', { t0: END, endsAt: END + 72 * HOUR }, END),
];
const cancelled = (rule: string, refund: number): TimelineRow =>
  row('booking', 'BookingCancelled', { by: 'tutor', rule, refund, refundPct: 100, reason: '' }, END);
const refund = { refundId: 'r1', providerPaymentId: 'pay_1', amount: 80_000, reason: 'by-tutor' };
const wentBack = [
  ...paid,
  cancelled('tutor-no-show', 80_000),
  row('payout', 'ReversalRequested', { operationId: 'o', amount: 72_000, reason: 'x' }, END),
  row('payout', 'TransferReversed', { operationId: 'o', reversalId: 'rev_1', amount: 72_000 }, END),
  row('payout', 'PayoutCancelled', { reason: 'x' }, END),
  row('payment', 'RefundRequested', refund, END),
];

function told(reader: 'student' | 'tutor' | 'ops', rows: readonly TimelineRow[], now = END + HOUR) {
  const viewerId = { student: 'asha', tutor: 'meera', ops: null }[reader];
  const context = {
    reader,
    viewerId,
    tutorId: 'meera',
    tutorName: 'Meera',
    studentId: 'asha',
    studentName: 'Asha',
    zone: 'Asia/Kolkata',
  };
  return moneyStory({ rows, shown: rows }, context, now, messagesIn('en'));
}
const placesOf = (reader: 'student' | 'tutor' | 'ops', rows: readonly TimelineRow[]) =>
  Object.fromEntries(told(reader, rows).places.map(({ place, paise }) => [place, paise]));

describe('why it was not paid', () => {
  it.each([
    ['waits for an answer', [asked], 'Nothing is to be paid yet: the request waits for an answer.'],
    ['waits for the payment', [asked, accepted], 'Not paid yet. The seat is kept until Fri 20 Nov, 11:15 am (IST).'],
    [
      'expired',
      [asked, accepted, row('booking', 'BookingExpired', {}, START - 47 * HOUR)],
      'Nothing was paid: the seat was not paid in time and is free again since Fri 20 Nov, 11:15 am (IST).',
    ],
    [
      'declined',
      [asked, row('booking', 'BookingDeclined', { reason: 'lapsed' }, START)],
      'Nothing was paid: the request was declined.',
    ],
    [
      'cancelled',
      [asked, accepted, cancelled('not-paid', 0)],
      'Nothing was paid: the booking was cancelled before a payment.',
    ],
  ])('[MS4] %s', (_, rows, answer) => {
    for (const reader of ['student', 'tutor', 'ops'] as const) expect(told(reader, rows).answer).toBe(answer);
  });

  it('[MS3] tells ops alone what a bank has promised', () => {
    const rows = [asked, accepted, row('payment', 'PaymentAuthorized', payment, START - 47.5 * HOUR)];
    expect(told('ops', rows).answer).toBe('₹800 is promised by the bank and on its way to us.');
    expect(told('tutor', rows).answer).toMatch(/^Not paid yet\./);
  });
});

describe('the tutor’s part', () => {
  const answer = (rows: readonly TimelineRow[], now?: number): string => told('ops', rows, now).answer;

  it('[MS5] is held until 72 hours after the lesson, and says when', () => {
    expect(answer(held)).toBe(
      '₹720 is held for Meera until Wed 25 Nov, 11:15 am (IST), 72 hours after the lesson ended. It is then released by itself.',
    );
    expect(told('tutor', held).answer).toMatch(/^₹720 is held for you until Wed 25 Nov/);
    expect(answer(held, END + 72 * HOUR)).toMatch(/The hold ended on Wed 25 Nov.*released within minutes/);
    expect(answer(paid, START)).toMatch(/The 72 hours begin when the lesson has ended/);
    expect(answer(paid)).toMatch(/once it is plain what came of the lesson/);
  });

  it('[MS5] is not released while a dispute is open, and says by when that is decided', () => {
    const disputed = [
      ...held,
      row('payout', 'PayoutDisputed', { kind: 'in-app' }, END + HOUR),
      row('dispute', 'DisputeOpened', { kind: 'in-app', answerBy: END + 49 * HOUR }, END + HOUR),
    ];
    expect(answer(disputed)).toBe(
      'Held, because a dispute is open. ₹720 waits for Meera until that is decided. Meera may answer until Tue 24 Nov, 12:15 pm (IST).',
    );
    const decides = row('dispute', 'DisputeUnderReview', { decideBy: END + 100 * HOUR }, END + 2 * HOUR);
    expect(answer([...disputed, decides])).toMatch(/It is decided by Thu 26 Nov, 3:15 pm \(IST\)\.$/);
    expect(told('student', [...disputed, decides]).answer).toMatch(
      /^₹800 waits while a case is open\. It is decided by/,
    );
  });

  it('[MS5] rests while the account is not to be paid, and after that goes on', () => {
    const pause = row('payout', 'PayoutPaused', { reason: 'account-suspended', until: null }, END);
    expect(answer([...held, pause])).toBe(
      'Paused: Meera’s account at the payment provider is suspended. ₹720 is held for Meera. It goes on once that is over.',
    );
    const cooling = row('payout', 'PayoutPaused', { reason: 'bank-changed', until: END + 24 * HOUR }, END);
    expect(answer([...held, cooling])).toMatch(/^Paused: Meera’s bank account was changed/);
    expect(answer([...held, cooling], END + 25 * HOUR)).toMatch(/^₹720 is held/);
  });

  it('[MS5] is released, and then settled', () => {
    const lifted = [
      ...held,
      row('payout', 'ReleaseAuthorized', { operationId: 'rel', at: END }, END + 72 * HOUR),
      row('payout', 'HoldLifted', { transferId: 'trf_1', amount: 72_000 }, END + 72 * HOUR),
    ];
    expect(told('tutor', lifted).answer).toMatch(/^₹720 was released to you on Wed 25 Nov/);
    const settled = [...lifted, row('payout', 'TransferSettled', { settlementId: 'setl_1' }, END + 90 * HOUR)];
    expect(told('tutor', settled).answer).toMatch(/^₹720 reached your bank on Thu 26 Nov/);
    expect(placesOf('ops', settled)).toEqual({ us: 8_000, tutor: 72_000 });
    const clawed = [
      ...settled,
      row('payout', 'ClawbackRecorded', { chargebackId: 'disp_1', amount: 72_000 }, END + 99 * HOUR),
    ];
    expect(told('tutor', clawed).answer).toMatch(/you owe ₹720\.$/);
  });

  it('[MS5, MS6] is not paid when the tutor did not come, and what was paid goes back', () => {
    const sent = row(
      'payment',
      'RefundProcessed',
      { refundId: 'r1', providerRefundId: 'rfnd_1', amount: 80_000 },
      END + HOUR,
    );
    expect(answer(wentBack)).toBe('Not paid to Meera: Meera did not come. ₹800 is on its way back to the payer.');
    expect(answer([...wentBack, sent])).toBe(
      'Not paid to Meera: Meera did not come. ₹800 went back to the payer on Sun 22 Nov, 12:15 pm (IST).',
    );
    expect(told('student', [...wentBack, sent]).answer).toBe(
      '₹800 went back to you on Sun 22 Nov, 12:15 pm (IST), because Meera did not come.',
    );
    const failed = row('payment', 'RefundFailed', { refundId: 'r1', amount: 80_000, reason: 'x' }, END + HOUR);
    expect(answer([...wentBack, failed])).toMatch(/did not work yet, and it is tried again\.$/);
    const delayed = row('payment', 'RefundDelayed', { refundId: 'r1', reason: 'no-funds' }, END + HOUR);
    expect(answer([...wentBack, delayed])).toMatch(/goes out as soon as the payment provider has the money for it\.$/);
  });

  it('[MS6] says of a refund that failed only how its newest try goes', () => {
    const failed = (refundId: string, at: number) =>
      row('payment', 'RefundFailed', { refundId, amount: 80_000, reason: 'x' }, at);
    const askedFor = (refundId: string, at: number) => row('payment', 'RefundRequested', { ...refund, refundId }, at);
    const sent = (refundId: string, at: number) =>
      row('payment', 'RefundProcessed', { refundId, providerRefundId: 'rfnd_1', amount: 80_000 }, at);
    const again = [...wentBack, failed('r1', END), askedFor('r2', END + HOUR)];
    expect(answer(again)).toMatch(/ come\. ₹800 is on its way back to the payer\.$/);
    const twice = [...again, failed('r2', END + HOUR)];
    expect(answer(twice)).toMatch(/₹800 is to go back to the payer\. .* it is tried again\.$/);
    const done = [...twice, askedFor('r3', END + 2 * HOUR), sent('r3', END + 2 * HOUR)];
    expect(answer(done)).toMatch(/₹800 went back to the payer on Sun 22 Nov, 1:15 pm \(IST\)\.$/);
    // The first try went through after all, before a second one was asked for.
    expect(answer([...wentBack, failed('r1', END), sent('r1', END + HOUR)])).toMatch(/₹800 went back to the payer/);
    // Something else of the same payment is to go back too: that is no other try.
    const other = row('payment', 'RefundRequested', { ...refund, refundId: 'r9', reason: 'dispute' }, END + HOUR);
    expect(answer([...wentBack, failed('r1', END), other])).toMatch(/it is tried again\.$/);
  });

  it('[MS6] says of a second payment by itself where it is', () => {
    const extra = [
      ...held,
      row('payment', 'SurplusPaymentDetected', { providerPaymentId: 'pay_2', amount: 80_000 }, END),
      row('payment', 'RefundRequested', { ...refund, refundId: 'r2', providerPaymentId: 'pay_2' }, END),
    ];
    expect(told('student', extra).answer).toMatch(
      /^₹800 is paid and waits.*A payment too many: ₹800 is on its way back to you\.$/,
    );
    expect(told('tutor', extra).answer).not.toContain('too many');
  });
});

describe('the places', () => {
  it('[MS3] show payers nothing of the payout, tutors nothing but their share, and ops the ids', () => {
    expect(placesOf('ops', held)).toEqual({ us: 8_000, held: 72_000 });
    expect(placesOf('tutor', held)).toEqual({ heldForYou: 72_000 });
    expect(placesOf('student', held)).toEqual({ paid: 80_000 });
    expect(placesOf('tutor', wentBack)).toEqual({ gone: 72_000 });
    expect(placesOf('student', wentBack)).toEqual({ refunding: 80_000 });
    const ids = (reader: 'student' | 'tutor' | 'ops') => told(reader, wentBack).steps.flatMap((step) => step.ids);
    expect(ids('ops')).toEqual(expect.arrayContaining(['order_1', 'pay_1', 'trf_1', 'rev_1']));
    expect([...ids('student'), ...ids('tutor')]).toEqual([]);
    expect(told('student', held).steps[0]?.sentence).toBe('You paid ₹800 by UPI.');
    expect(JSON.stringify(told('student', held))).not.toMatch(/720|commission|released/);
  });

  it('[MS2] have a refund back with the payer that was thought to have failed, and take it from nowhere else', () => {
    const failed = row('payment', 'RefundFailed', { refundId: 'r1', amount: 80_000, reason: 'x' }, END);
    const late = row('payment', 'RefundProcessed', { refundId: 'r1', amount: 80_000 }, END + HOUR);
    expect(placesOf('ops', [...wentBack, failed])).toEqual({ us: 80_000 });
    expect(placesOf('ops', [...wentBack, failed, late])).toEqual({ payer: 80_000 });
  });

  it('[MS7] tell payers and ops what a bank took, and not the tutor', () => {
    const taken = [
      ...held,
      row('chargeback', 'ChargebackOpened', { chargebackId: 'disp_1', providerPaymentId: 'pay_1' }, END),
      row('chargeback', 'ChargebackLost', { chargebackId: 'disp_1', amount: 80_000 }, END + HOUR),
    ];
    expect(told('student', taken).answer).toBe('Your bank took ₹800 back.');
    expect(told('ops', taken).answer).toContain('The payer’s bank took ₹800 back.');
    expect(told('tutor', taken).answer).not.toContain('₹800');
    expect(placesOf('ops', taken)).toEqual({ lost: -72_000, held: 72_000, payer: 80_000 });
  });
});
