import { describe, expect, test } from 'vitest';
import type { AnyEvent } from '#events/handling/registry.ts';
import type { Fact } from '../fact.ts';
import type { Notice } from '../notices/notice.ts';
import { fact, reactionsTo } from '../testing/facts.ts';
import {
  accepted,
  BOOKING,
  cancelled,
  captured,
  confirmed,
  END,
  holdLifted,
  holdStarted,
  HOUR,
  LESSON,
  payoutCancelled,
  planned,
  requested,
  reversed,
  seatHeld,
  START,
  transferred,
} from './examples.ts';
import { cooledReminder, notifyAccount } from './notify-account.ts';
import { answerReminder } from './notify-case.ts';
import { notify, reminderTimer } from './notify.ts';
import type { Reaction } from './process.ts';

const bookingId = BOOKING;
const at = START - 20 * HOUR;
const LATER = START + 72 * HOUR;
const made = (event: AnyEvent, when = at): Fact => fact(event, when);
const paid = [requested(), seatHeld(), accepted(), captured(), confirmed(), planned()];
const to = (...facts: readonly Fact[]) => reactionsTo(notify, [...paid, ...facts]);
const notices = (reactions: readonly Reaction[]): readonly Notice[] =>
  reactions.flatMap((one) => (one.kind === 'notice' ? [one.notice] : []));
const told = (reactions: readonly Reaction[]) =>
  notices(reactions).map((notice) => {
    const { about, to: readers, toRole, mail } = notice;
    return `${mail ? 'mail' : 'note'} ${about.kind} to ${[...readers, ...(toRole ? [toRole] : [])].join(', ')}`;
  });

const refundAsked = (refundId = 'r1', reason = 'grace'): Fact =>
  made({
    type: 'RefundRequested',
    data: { bookingId, refundId, providerPaymentId: 'pay_1', amount: 40_000, reason },
  });
const opened = (kind: 'in-app' | 'review' = 'in-app'): Fact =>
  made({
    type: 'DisputeOpened',
    data: {
      bookingId,
      disputeId: 'd1',
      kind,
      openedBy: 's1',
      cause: 'cut-short',
      text: 'Only half.',
      wants: 40_000,
      gross: 80_000,
      share: 72_000,
      tutorId: 't1',
      studentId: 's1',
      bookedBy: 's1',
      answerBy: END + 48 * HOUR,
      decideWithinMs: 72 * HOUR,
      openedAt: END,
    },
  });
const bank = { chargebackId: 'disp_1', bookingId } as const;
const chargeback = (phase: 'chargeback' | 'fraud' = 'chargeback'): Fact =>
  made({
    type: 'ChargebackOpened',
    data: {
      ...bank,
      providerPaymentId: 'pay_1',
      amount: 80_000,
      phase,
      round: 1,
      reasonCode: 'x',
      respondBy: END + 200 * HOUR,
      at,
    },
  });

describe('NO8: every change of money in a booking is a mail to whose money it is', () => {
  test.each<readonly [string, readonly Fact[]]>([
    ['mail refund-on-its-way to s1', [refundAsked()]],
    [
      'mail refund-delayed to s1',
      [refundAsked(), made({ type: 'RefundDelayed', data: { bookingId, refundId: 'r1', reason: 'no-funds', at } })],
    ],
    [
      'mail refund-delayed to s1',
      [
        refundAsked(),
        made({ type: 'RefundFailed', data: { bookingId, refundId: 'r1', amount: 40_000, reason: 'bank' } }),
      ],
    ],
    [
      'mail refund-done to s1',
      [
        refundAsked(),
        made({
          type: 'RefundProcessed',
          data: { bookingId, refundId: 'r1', providerRefundId: 'rfnd_1', amount: 40_000 },
        }),
      ],
    ],
    ['mail transfer-held to t1', [transferred()]],
    ['mail payout-reduced to t1', [reversed(36_000)]],
    ['mail payout-on-hold to t1', [holdStarted()]],
    ['mail payout-released to t1', [holdLifted()]],
    ['mail payout-settled to t1', [made({ type: 'TransferSettled', data: { bookingId, settlementId: 'setl_1' } })]],
    ['mail payout-cancelled to t1', [payoutCancelled()]],
    [
      'mail payout-paused to t1',
      [made({ type: 'PayoutPaused', data: { bookingId, reason: 'chargeback', until: null, at } })],
    ],
    ['mail payout-resumed to t1', [made({ type: 'PayoutResumed', data: { bookingId, reason: 'chargeback', at } })]],
    // Of the account there is one mail for all payouts.
    [
      'note payout-paused to t1',
      [made({ type: 'PayoutPaused', data: { bookingId, reason: 'bank-changed', until: END, at } })],
    ],
    [
      'mail clawback to t1',
      [made({ type: 'ClawbackRecorded', data: { bookingId, chargebackId: 'disp_1', amount: 72_000, at } })],
    ],
  ])('%s', (expected, facts) => expect(told(to(...facts))).toEqual([expected]));

  test('a payment is a receipt, with amount and date', () => {
    expect(notices(reactionsTo(notify, [requested(), seatHeld(), accepted(), captured()]))).toMatchObject([
      {
        to: ['s1'],
        mail: true,
        about: { kind: 'payment-received', amount: 80_000, paymentId: 'pay_1', method: 'upi' },
      },
    ]);
  });

  test('NO9: what is left is told with what went back', () => {
    expect(notices(to(reversed(36_000)))[0]?.about).toEqual({ kind: 'payout-reduced', amount: 36_000, left: 36_000 });
    expect(
      notices(to(reversed(36_000), made({ type: 'TransferSettled', data: { bookingId, settlementId: 's' } })))[0]
        ?.about,
    ).toEqual({
      kind: 'payout-settled',
      amount: 36_000,
    });
  });

  test('NO3: a refund that is delayed again, or tried again, is no news', () => {
    const delayed = (refundId: string) =>
      made({ type: 'RefundDelayed', data: { bookingId, refundId, reason: 'no-funds', at } });
    const first = notices(to(refundAsked('r1'), delayed('r1')))[0];
    const again = notices(to(refundAsked('r1'), delayed('r1'), refundAsked('r2'), delayed('r2')))[0];
    expect(again).toEqual(first);
  });

  test('a second payment is told as such when it goes back', () => {
    expect(notices(to(refundAsked('surplus-pay_2', 'surplus-payment')))[0]?.about).toMatchObject({ reason: 'surplus' });
  });
});

describe('NO10: a dispute is told to both sides, step by step', () => {
  test('opened: both hear of it, and the tutor is reminded to answer', () => {
    const reactions = to(opened());
    expect(told(reactions)).toEqual(['mail dispute-opened to s1, t1']);
    expect(reactions[1]).toMatchObject({
      kind: 'reminder',
      key: answerReminder(bookingId),
      dueAt: END + 36 * HOUR,
      notice: { to: ['t1'], mail: true },
    });
    // A review was told of when the lesson went under review.
    expect(to(opened('review'))).toEqual([]);
  });
  test('answered, under review, withdrawn, resolved', () => {
    const forget = { kind: 'forget', keys: [answerReminder(bookingId)] };
    const steps: readonly (readonly [Fact, string])[] = [
      [
        made({ type: 'DisputeAnswered', data: { bookingId, by: 't1', text: 'No.', at } }),
        'mail dispute-answered to s1',
      ],
      [
        made({ type: 'DisputeUnderReview', data: { bookingId, why: 'answered', decideBy: END, at } }),
        'mail dispute-under-review to s1, t1',
      ],
      [
        made({ type: 'DisputeWithdrawn', data: { bookingId, disputeId: 'd1', by: 's1', at } }),
        'mail dispute-withdrawn to s1, t1',
      ],
      [
        made({
          type: 'DisputeResolved',
          data: {
            bookingId,
            disputeId: 'd1',
            kind: 'in-app',
            proposalId: 'p',
            outcome: 'split',
            refund: 40_000,
            tutorGets: 36_000,
            reason: 'Half.',
            decidedBy: 'ops',
            approvedBy: null,
            rule: 'ops',
            at,
          },
        }),
        'mail dispute-resolved to s1, t1',
      ],
    ];
    for (const [step, expected] of steps) {
      const reactions = to(opened(), step);
      expect(told(reactions)).toEqual([expected]);
      expect(reactions).toContainEqual(forget);
    }
  });
  test('a statement goes to everyone but who made it', () => {
    const said = made({ type: 'StatementAdded', data: { bookingId, by: 's1', text: 'See.', at } });
    expect(told(to(opened(), said))).toEqual(['note dispute-statement to t1']);
  });
  test('a second person is asked for among ops', () => {
    const proposed = made({
      type: 'ResolutionProposed',
      data: { bookingId, proposalId: 'p', refund: 80_000, reason: 'All.', by: 'ops', at },
    });
    expect(told(to(opened(), proposed))).toEqual(['mail second-person-needed to ops']);
  });
});

describe('NO11: a chargeback is told to tutor and ops', () => {
  test('opened and lost, with the amounts', () => {
    expect(told(to(chargeback()))).toEqual(['mail chargeback-opened to t1', 'mail chargeback-opened to ops']);
    const lost = made({ type: 'ChargebackLost', data: { ...bank, round: 1, amount: 80_000, accepted: true, at } });
    expect(told(to(chargeback(), lost))).toEqual(['mail chargeback-lost to t1', 'mail chargeback-lost to ops']);
    const won = made({ type: 'ChargebackWon', data: { ...bank, round: 1, at } });
    expect(notices(to(chargeback(), won))[0]?.about).toEqual({ kind: 'chargeback-won', amount: 80_000 });
  });
  test('a question without money is for ops alone', () => {
    expect(told(to(chargeback('fraud')))).toEqual(['mail chargeback-opened to ops']);
  });
});

describe('NO7: moves and reminders', () => {
  const proposed = (by: 'student' | 'tutor', answerBy: number): Fact =>
    made({ type: 'RescheduleProposed', data: { bookingId, proposalId: 'p1', by, startsAt: LATER, answerBy, at } });
  const agreed = (by: 'student' | 'tutor'): Fact =>
    made({ type: 'RescheduleAgreed', data: { bookingId, proposalId: 'p1', by, startsAt: LATER, at } });
  const declined = made({
    type: 'RescheduleDeclined',
    data: { bookingId, proposalId: 'p1', reason: 'seat-taken', at },
  });
  const moved = made({
    type: 'BookingRescheduled',
    data: {
      bookingId,
      proposalId: 'p1',
      lessonId: 'l2',
      startsAt: LATER,
      previousLessonId: LESSON,
      previousStartsAt: START,
      refundCapPct: 50,
      at,
    },
  });

  test('who is asked hears of it, and who asked hears the answer', () => {
    expect(told(to(proposed('tutor', at + HOUR)))).toEqual(['mail reschedule-proposed to s1']);
    expect(told(to(proposed('student', at + HOUR)))).toEqual(['mail reschedule-proposed to t1']);
    expect(told(to(proposed('student', at + HOUR), agreed('tutor')))).toEqual(['note reschedule-agreed to s1']);
    expect(told(to(proposed('student', at + HOUR), declined))).toEqual(['mail reschedule-declined to s1, t1']);
  });
  test('who moves alone asks nobody; if the seat is gone only they hear of it', () => {
    expect(told(to(proposed('student', at)))).toEqual([]);
    expect(told(to(proposed('student', at), agreed('student')))).toEqual([]);
    expect(told(to(proposed('student', at), agreed('student'), declined))).toEqual(['mail reschedule-declined to s1']);
  });
  test('a moved lesson is told to both, with the new lesson, and its reminders are others', () => {
    const reactions = to(proposed('student', at), agreed('student'), moved);
    expect(told(reactions)).toEqual(['mail booking-moved to s1, t1']);
    expect(notices(reactions)[0]?.lesson).toMatchObject({ lessonId: 'l2', startsAt: LATER });
    expect(reactions).toContainEqual({
      kind: 'forget',
      keys: expect.arrayContaining([reminderTimer(BOOKING, 24, START), `reminder:24h:${BOOKING}`]),
    });
    const reminders = reactions.flatMap((one) => (one.kind === 'reminder' ? [[one.key, one.dueAt]] : []));
    expect(reminders).toEqual([
      [reminderTimer(BOOKING, 24, LATER), LATER - 24 * HOUR],
      [reminderTimer(BOOKING, 1, LATER), LATER - HOUR],
    ]);
  });
  test('a cancellation after a move forgets the reminders of the new start', () => {
    expect(to(proposed('student', at), agreed('student'), moved, cancelled(40_000))).toContainEqual({
      kind: 'forget',
      keys: expect.arrayContaining([reminderTimer(BOOKING, 1, LATER)]),
    });
  });
  test('the two reminders are two notices', () => {
    const reactions = reactionsTo(notify, [requested(), seatHeld(), accepted(), captured(), confirmed()]);
    const keys = reactions.flatMap((one) => (one.kind === 'reminder' ? [one.notice.noticeKey] : []));
    expect(new Set(keys).size).toBe(2);
  });
  test('a state that an older program wrote still works', () => {
    const old = JSON.parse(JSON.stringify(notify.evolve(notify.initial, requested())));
    for (const key of ['refunds', 'chargebacks', 'move']) delete old[key];
    const next = notify.evolve(old, refundAsked());
    expect(notify.react(refundAsked(), next, { accountId: null })).toHaveLength(1);
  });
});

describe('NO12: the tutor’s account', () => {
  const tutorId = 't1';
  const accountId = 'acc_1';
  const activated = (usableFrom: number): Fact =>
    made({ type: 'LinkedAccountActivated', data: { tutorId, accountId, usableFrom } });
  const suspended = made({ type: 'LinkedAccountSuspended', data: { tutorId, accountId, reason: 'risk' } });
  const changed = (when: number): Fact =>
    made(
      {
        type: 'BankDetailsChanged',
        data: {
          tutorId,
          accountId,
          operationId: `o${when}`,
          bankLast4: '9012',
          at: when,
          coolsUntil: when + 24 * HOUR,
        },
      },
      when,
    );
  const of = (...facts: readonly Fact[]) => reactionsTo(notifyAccount, facts);

  test('each step of it is a mail to the tutor', () => {
    expect(told(of(made({ type: 'LinkedAccountUnderReview', data: { tutorId, accountId } })))).toEqual([
      'mail account-under-review to t1',
    ]);
    expect(
      told(of(made({ type: 'LinkedAccountNeedsClarification', data: { tutorId, accountId, requirements: [] } }))),
    ).toEqual(['mail account-needs-clarification to t1']);
    expect(told(of(made({ type: 'LinkedAccountFailed', data: { tutorId, reason: 'x' } })))).toEqual([
      'mail account-failed to t1',
    ]);
    expect(told(of(activated(at + HOUR)))).toEqual(['mail account-activated to t1']);
    expect(told(of(activated(at + HOUR), suspended))).toEqual(['mail account-suspended to t1']);
    expect(told(of(activated(at + HOUR), suspended, activated(at + HOUR)))).toEqual(['mail account-back to t1']);
    // Usable at once: the demo's.
    expect(told(of(activated(at)))).toEqual([]);
  });
  test('a change of the bank is a mail at once, and another when it has cooled off, once', () => {
    const reactions = of(activated(at), changed(at), changed(at + HOUR));
    expect(told(reactions)).toEqual(['mail bank-changed to t1']);
    expect(reactions).toContainEqual({ kind: 'forget', keys: [cooledReminder(tutorId, at + 24 * HOUR)] });
    expect(reactions).toContainEqual(
      expect.objectContaining({
        kind: 'reminder',
        key: cooledReminder(tutorId, at + 25 * HOUR),
        dueAt: at + 25 * HOUR,
      }),
    );
  });
});
