/** Events and commands of one case for the tests: 80,000 paise, to be answered by `RESPOND_BY`. */
import type { ChargebackCommand } from './decide.ts';
import type { ChargebackEvent } from './events.ts';

export const DAY = 86_400_000;
export const now = 10 * DAY;
export const RESPOND_BY = 17 * DAY;
export const about = { chargebackId: 'disp_1', bookingId: 'b1' };
const amount = 80_000;

export const Opened: ChargebackEvent = {
  type: 'ChargebackOpened',
  data: {
    ...about,
    providerPaymentId: 'pay_1',
    amount,
    phase: 'chargeback',
    round: 1,
    reasonCode: 'goods_not_received',
    respondBy: RESPOND_BY,
    at: now,
  },
};
export const Contest = (operationId = 'op1', round = 1, at = now): ChargebackEvent => ({
  type: 'ContestRequested',
  data: { ...about, operationId, round, by: 'ops-1', summary: 'It was taught.', at },
});
export const Submitted = (operationId: string | null = 'op1', round = 1, at = now): ChargebackEvent => ({
  type: 'ContestSubmitted',
  data: { ...about, operationId, round, at },
});
export const ActionRequired = (respondBy = RESPOND_BY, at = now): ChargebackEvent => ({
  type: 'ChargebackActionRequired',
  data: { ...about, round: 1, respondBy, at },
});
export const Accept = (operationId = 'op1', at = now): ChargebackEvent => ({
  type: 'AcceptRequested',
  data: { ...about, operationId, round: 1, by: 'ops-1', reason: 'They are right.', at },
});
export const AnswerFailed = (answer: 'contest' | 'accept', operationId = 'op1'): ChargebackEvent => ({
  type: 'ChargebackAnswerFailed',
  data: { ...about, operationId, round: 1, answer, reason: 'refused', at: now },
});
export const Won = (round = 1): ChargebackEvent => ({ type: 'ChargebackWon', data: { ...about, round, at: now } });
export const Lost = (accepted = false, paise = amount, round = 1): ChargebackEvent => ({
  type: 'ChargebackLost',
  data: { ...about, round, amount: paise, accepted, at: now },
});
export const Closed: ChargebackEvent = { type: 'ChargebackClosed', data: { ...about, at: now } };
export const Reopened = (
  phase: 'chargeback' | 'pre_arbitration' | 'arbitration' = 'pre_arbitration',
  round = 2,
): ChargebackEvent => ({
  type: 'ChargebackReopened',
  data: { ...about, round, phase, amount, respondBy: RESPOND_BY, at: now },
});

type Observation = Extract<ChargebackCommand, { type: 'ObserveChargeback' }>['data'];
/** Read after everything above was recorded. */
export const see = (status: Observation['status'], change: Partial<Observation> = {}): ChargebackCommand => ({
  type: 'ObserveChargeback',
  data: {
    ...about,
    providerPaymentId: 'pay_1',
    status,
    phase: 'chargeback',
    amount,
    amountDeducted: status === 'lost' ? amount : 0,
    reasonCode: 'goods_not_received',
    respondBy: RESPOND_BY,
    asOf: now + 1,
    ...change,
  },
  now,
});
export const contest = (
  operationId = 'op1',
  by = 'ops-1',
  at = now,
  summary = 'It was taught.',
): ChargebackCommand => ({
  type: 'RequestContest',
  data: { chargebackId: 'disp_1', operationId, by, summary, parties: ['tutor-1', 'student-1'] },
  now: at,
});
export const accept = (operationId = 'op1', by = 'ops-1', at = now, reason = 'They are right.'): ChargebackCommand => ({
  type: 'RequestAccept',
  data: { chargebackId: 'disp_1', operationId, by, reason, parties: ['tutor-1', 'student-1'] },
  now: at,
});
export const submitted = (operationId = 'op1'): ChargebackCommand => ({
  type: 'RecordContest',
  data: { chargebackId: 'disp_1', operationId },
  now,
});
export const answerFailed = (operationId = 'op1'): ChargebackCommand => ({
  type: 'RecordAnswerFailure',
  data: { chargebackId: 'disp_1', operationId, reason: 'refused' },
  now,
});
