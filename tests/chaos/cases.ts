/** What people and banks make of a lesson afterwards, for the chaos runs and the month of business. */
import { disputeIdOf } from '#events/dispute/events.ts';
import { idFrom } from '#events/shared/ids.ts';
import { OPS, OPS2, PRICE } from './cast.ts';
import { sleep, until, type Fate, type Give, type Seat } from './scenarios.ts';
import type { Scene } from './stage.ts';

const SECOND_PERSON_ABOVE = 50_000;

const REFUND: Readonly<Partial<Record<Fate, number>>> = {
  'dispute-student': PRICE,
  'dispute-split': 33_333,
  'dispute-tutor': 0,
  unclear: 40_001,
};

/** The case follows its payout by moments: until it is there, what is said is refused, and said again as another question. */
async function say(give: Give, step: string, as: string, command: Readonly<Record<string, unknown>>): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const answered = await give(`${step}-${attempt}`, as, command, true);
    if (!('refused' in answered)) return;
    await sleep(40);
  }
  throw new Error(`${step} was refused again and again`);
}

async function decide(stage: Scene, give: Give, { fate, bookingId }: Seat): Promise<void> {
  const refund = REFUND[fate] ?? 0;
  const proposalId = idFrom('chaos-proposal', bookingId);
  await say(give, `propose-${bookingId}`, OPS, {
    type: 'ProposeResolution',
    data: {
      bookingId,
      proposalId,
      refund,
      reason: 'From the record.',
      by: OPS,
      secondPersonAbove: SECOND_PERSON_ABOVE,
    },
  });
  if (refund > SECOND_PERSON_ABOVE)
    await say(give, `approve-${bookingId}`, OPS2, {
      type: 'ApproveResolution',
      data: { bookingId, proposalId, by: OPS2 },
    });
  if (refund > 0)
    await until(stage, bookingId, `${refund} paise back`, ({ booking }) => booking?.['refunded'] === refund);
}

export async function dispute(stage: Scene, give: Give, seat: Seat): Promise<void> {
  const { fate, bookingId, studentId, tutorId, startsAt } = seat;
  await give(`dispute-${bookingId}`, studentId, {
    type: 'DisputePayout',
    data: {
      bookingId,
      disputeId: disputeIdOf(bookingId),
      kind: 'in-app',
      openedBy: studentId,
      cause: 'cut-short',
      text: 'It was cut short.',
      wants: null,
      opensAt: startsAt + 15 * 60_000,
    },
  });
  await until(stage, bookingId, 'the frozen payout', ({ payout }) => payout?.['state'] === 'disputed');
  if (fate === 'dispute-withdrawn') {
    await say(give, `withdraw-${bookingId}`, studentId, {
      type: 'WithdrawDispute',
      data: { bookingId, by: studentId },
    });
    return;
  }
  await say(give, `answer-${bookingId}`, tutorId, {
    type: 'AnswerDispute',
    data: { bookingId, by: tutorId, text: 'It was not.' },
  });
  await decide(stage, give, seat);
}

export const decideReview = (stage: Scene, give: Give, seat: Seat): Promise<void> => decide(stage, give, seat);

/** The payer's bank asks for the money back, and wins or loses. We answer where we win: the bank decides on evidence. */
export async function bankTakesBack(stage: Scene, give: Give, seat: Seat): Promise<void> {
  const { bookingId, fate, tutorId, studentId } = seat;
  const { orders, payments } = await stage.sandbox.state();
  const order = orders.find((one) => one['receipt'] === bookingId);
  const payment = payments.find((one) => one['order_id'] === order?.['id'] && one['status'] === 'captured');
  if (!payment) throw new Error(`nothing was paid for ${bookingId}`);
  const opened = await stage.sandbox.control(`payments/${String(payment['id'])}/disputes`, { phase: 'chargeback' });
  const chargebackId = String(opened['id']);
  if (fate === 'bank-won') {
    await say(give, `contest-${chargebackId}`, OPS, {
      type: 'RequestContest',
      data: {
        chargebackId,
        operationId: idFrom('contest', chargebackId),
        by: OPS,
        summary: 'The lesson was held.',
        parties: [tutorId, studentId],
      },
    });
    await untilCase(stage, chargebackId, 'under_review');
  }
  await stage.sandbox.control(`disputes/${chargebackId}/resolve`, { status: fate === 'bank-won' ? 'won' : 'lost' });
}

async function untilCase(stage: Scene, chargebackId: string, status: string): Promise<void> {
  for (let attempt = 0; attempt < 1_000; attempt += 1) {
    const { disputes } = await stage.sandbox.state();
    if (disputes.some((one) => one['id'] === chargebackId && one['status'] === status)) return;
    await sleep(50);
  }
  throw new Error(`the bank's case ${chargebackId} never became ${status}`);
}
