/** What people, banks and the tutor's bank details may do to a simulated life at any moment. */
import { disputeIdOf } from '#events/dispute/events.ts';
import type { PayoutDetails } from '#events/tutor/account.ts';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import type { Fact } from '../fact.ts';
import type { Intent } from '../processes/process.ts';
import { NOW, type Simulation } from './engine.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const DAY = 24 * HOUR;
const STARTS_AT = NOW + 3 * DAY;
const TUTOR = 'tutor';
const STUDENT = 'student';
export const BOOKING = 'b';
const ACCOUNT = 'acc_1';

const DETAILS: PayoutDetails = {
  legalName: 'Meera Iyer',
  businessType: 'individual',
  contactName: 'Meera Iyer',
  email: 'meera@example.com',
  phone: '+919876543210',
  pan: 'ABCPI1234F',
  address: { street: '12 Beach Road', city: 'Chennai', state: 'Tamil Nadu', postalCode: '600001' },
  bank: { beneficiary: 'Meera Iyer', accountNumber: '123456789012', ifsc: 'HDFC0001234' },
};

const SINGLE = { offerId: 'single', minutes: 60, seats: 1 } as const;

export function begin(life: Simulation, price: number): void {
  const tutorId = TUTOR;
  life.give({ type: 'SubmitPayoutDetails', data: { tutorId, ...DETAILS } });
  life.give({ type: 'RequestLinkedAccount', data: { tutorId, operationId: 'account' } });
  life.give({ type: 'RecordLinkedAccount', data: { tutorId, accountId: ACCOUNT, productId: 'acc_prd_1' } });
  life.give(accountIs('activated'));
  life.give({
    type: 'RequestBooking',
    data: {
      bookingId: BOOKING,
      tutorId: TUTOR,
      studentId: STUDENT,
      bookedBy: STUDENT,
      ...SINGLE,
      subject: 'Mathematics',
      startsAt: STARTS_AT,
      price,
      mode: 'instant',
      policy: POLICY_2026_11,
      note: '',
    },
  });
}

/** What people and banks may do at any moment; most of it is refused, as it should be. */
export function act(life: Simulation): void {
  const { provider } = life;
  const { startsAt, lessonId, price } = bookingOf(life.domain.facts);
  if (lessonId !== null && life.now >= startsAt && life.now < startsAt + HOUR && life.chance(0.5))
    return teach(life, lessonId);
  const payment = life.pick(...provider.attempts);
  switch (life.between(0, 21)) {
    case 0:
    case 1:
    case 2:
      if (provider.orderId !== null && provider.attempts.length < 4)
        provider.pay(life.pick('captured', 'captured', 'captured', 'failed', 'authorized') ?? 'captured', price);
      return;
    case 3:
    case 4:
    case 5:
    case 6:
      if (!payment) return;
      if (payment.status !== 'captured' && life.chance(0.4))
        payment.status = payment.status === 'failed' ? 'authorized' : 'captured';
      life.give(provider.observation(BOOKING, payment, life.chance(0.1) ? 'failed' : payment.status));
      return;
    case 7:
      if (life.chance(0.15))
        life.give({
          type: 'CancelBooking',
          data: {
            bookingId: BOOKING,
            by: life.pick('student', 'student', 'tutor', 'platform') ?? 'student',
            reason: '',
          },
        });
      return;
    case 8:
      if (life.now < startsAt || life.chance(0.5)) return;
      life.give({
        type: 'DisputePayout',
        data: {
          bookingId: BOOKING,
          disputeId: disputeIdOf(BOOKING),
          kind: 'in-app',
          openedBy: STUDENT,
          cause: 'cut-short',
          text: 'It was short.',
          wants: null,
          opensAt: startsAt + 15 * MINUTE,
        },
      });
      return;
    case 9:
      life.give({ type: 'AnswerDispute', data: { bookingId: BOOKING, by: TUTOR, text: 'No.' } });
      return;
    case 10: {
      const refund = life.pick(0, price, life.between(0, price)) ?? 0;
      const proposalId = `proposal ${refund} ${life.now}`;
      life.give({
        type: 'ProposeResolution',
        data: { bookingId: BOOKING, proposalId, refund, reason: 'So.', by: 'ops', secondPersonAbove: 50_000 },
      });
      if (life.chance(0.7))
        life.give({ type: 'ApproveResolution', data: { bookingId: BOOKING, proposalId, by: 'ops2' } });
      return;
    }
    case 11:
      if (life.chance(0.2)) life.give({ type: 'WithdrawDispute', data: { bookingId: BOOKING, by: STUDENT } });
      return;
    case 12:
    case 14:
      return bank(life);
    case 15:
      return account(life);
    case 13: {
      const by = life.pick('student', 'tutor') ?? 'student';
      const proposalId = life.pick('move 1', 'move 2') ?? '';
      const { bookingId } = { bookingId: BOOKING };
      const to = startsAt + (life.pick(HOUR, -HOUR, DAY, 30 * MINUTE) ?? DAY);
      const answer = life.pick('propose', 'agree', 'decline', 'withdraw');
      if (answer === 'propose')
        life.give({ type: 'ProposeReschedule', data: { bookingId, proposalId, by, startsAt: to } });
      else if (answer === 'withdraw') life.give({ type: 'WithdrawReschedule', data: { bookingId, proposalId, by } });
      else life.give({ type: 'AnswerReschedule', data: { bookingId, proposalId, by, agree: answer === 'agree' } });
      return;
    }
    default: {
      // Whoever has not paid yet mostly does so within the ten minutes.
      if (lessonId === null && life.chance(0.9)) {
        life.now += MINUTE / 4;
        return;
      }
      if (lessonId !== null && life.now < startsAt && life.chance(0.3)) {
        life.now = startsAt;
        return;
      }
      // Often to where something is: the lesson, or what a timer waits for.
      const until = life.pick(startsAt - life.now, startsAt - life.now, (life.nextTimerAt() ?? 0) - life.now) ?? 0;
      const jump = until > 0 && life.chance(0.4) ? until : (life.pick(MINUTE, 20 * MINUTE, 5 * HOUR, DAY) ?? MINUTE);
      // Nobody sleeps through every lesson.
      const passes = life.now < startsAt && life.now + jump > startsAt && lessonId !== null && life.chance(0.9);
      life.now = passes ? startsAt : life.now + jump;
    }
  }
}

/** The payer's bank opens a case, goes on with it, or takes up one that it lost. */
function bank(life: Simulation): void {
  const { provider } = life;
  const { cases } = provider;
  let one = life.pick(...cases);
  if (cases.length === 0 || (cases.length < 2 && life.chance(0.2))) {
    const paid = life.pick(...provider.attempts.filter((attempt) => attempt.status === 'captured'));
    if (!paid || !life.chance(0.15)) return;
    // It never takes more than was paid.
    const before = cases.filter((other) => other.paymentId === paid.paymentId);
    const left = paid.amount - before.reduce((sum, other) => sum + other.amount, 0);
    if (left <= 0) return;
    one = {
      chargebackId: `disp_${cases.length + 1}`,
      paymentId: paid.paymentId,
      amount: Math.min(left, life.pick(paid.amount, Math.ceil(paid.amount / 2), 100) ?? 100),
      phase: life.pick('chargeback', 'chargeback', 'retrieval') ?? 'chargeback',
      status: 'open',
    };
    cases.push(one);
  } else if (one?.status === 'open' || one?.status === 'under_review')
    one.status = life.pick('open', 'under_review', 'won', 'lost') ?? 'open';
  else if (one?.status === 'won' && one.phase !== 'arbitration' && life.chance(0.3)) {
    one.phase = one.phase === 'pre_arbitration' ? 'arbitration' : 'pre_arbitration';
    one.status = 'open';
  }
  if (one) life.give(provider.bankSays(BOOKING, one, life.now));
}

/** What a look at the tutor's account says. */
export const accountIs = (status: 'suspended' | 'activated' | 'under-review'): Intent => ({
  type: 'ObserveLinkedAccount',
  data: { tutorId: TUTOR, accountId: ACCOUNT, status, requirements: [] },
});

/** The tutor gives another bank account, or the provider stops paying them for a while. */
function account(life: Simulation): void {
  if (life.chance(0.3)) {
    const bank = { ...DETAILS.bank, accountNumber: life.pick('111122223333', '444455556666') ?? '' };
    life.give({ type: 'SubmitPayoutDetails', data: { tutorId: TUTOR, ...DETAILS, bank } });
  } else if (life.chance(0.4))
    life.give(accountIs(life.pick('suspended', 'activated', 'activated', 'under-review') ?? 'activated'));
}

/** Who has a lesson to come mostly goes there. */
export function goesToLesson(life: Simulation): boolean {
  const { startsAt, lessonId } = bookingOf(life.domain.facts);
  if (lessonId === null || life.now >= startsAt || life.chance(0.3)) return false;
  life.now = startsAt;
  teach(life, lessonId);
  return true;
}

/** Both, one of them or neither, for all of it or for a part. */
function teach(life: Simulation, lessonId: string): void {
  const began = life.now;
  for (const personId of life.pick([TUTOR, STUDENT], [TUTOR, STUDENT], [TUTOR], [STUDENT]) ?? []) {
    const role = personId === TUTOR ? ('host' as const) : ('participant' as const);
    const connectionId = `${personId} ${began}`;
    life.give({ type: 'JoinLesson', data: { lessonId, personId, role, connectionId } });
    for (const direction of ['sent', 'received'] as const)
      life.give({ type: 'StartMedia', data: { lessonId, personId, connectionId, direction, at: began } });
  }
  life.now += life.pick(10 * MINUTE, 40 * MINUTE, HOUR) ?? HOUR;
  life.give({ type: 'EndLesson', data: { lessonId, by: 'host', policy: POLICY_2026_11 } });
}

export function bookingOf(facts: readonly Fact[]): { startsAt: number; lessonId: string | null; price: number } {
  let startsAt = STARTS_AT;
  let lessonId: string | null = null;
  let price = 0;
  for (const fact of facts) {
    if (fact.type === 'BookingRequested') ({ startsAt, price } = fact.data);
    if (fact.type === 'LessonScheduled') lessonId = fact.data.lessonId;
    if (fact.type === 'BookingRescheduled') startsAt = fact.data.startsAt;
  }
  return { startsAt, lessonId, price };
}
