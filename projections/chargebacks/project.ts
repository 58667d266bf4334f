import { change, table, type Projection } from '../runner/projection.ts';

const CHARGEBACK = table(
  'chargeback',
  {
    chargeback_id: 'text',
    booking_id: 'text',
    provider_payment_id: 'text',
    amount: 'int8',
    phase: 'text',
    round: 'int4',
    reason_code: 'text',
    respond_by: 'int8',
    state: 'text',
    opened_at: 'int8',
    /** When it came to this state. */
    since: 'int8',
    answered_by: 'text null',
    answer: 'text null',
    problem: 'text null',
    lost: 'int8',
  },
  {
    key: ['chargeback_id'],
    indexes: { chargeback_booking: '(booking_id)', chargeback_state: '(state, respond_by)' },
  },
);

/** Cases of payers' banks (SPEC RM12). */
export const chargebacks: Projection = {
  name: 'chargebacks',
  tables: [CHARGEBACK],
  project(fact, rows) {
    switch (fact.type) {
      case 'ChargebackOpened': {
        const { data } = fact;
        return rows.put(CHARGEBACK, {
          chargeback_id: data.chargebackId,
          booking_id: data.bookingId,
          provider_payment_id: data.providerPaymentId,
          amount: data.amount,
          phase: data.phase,
          round: data.round,
          reason_code: data.reasonCode,
          respond_by: data.respondBy,
          state: 'open',
          opened_at: data.at,
          since: data.at,
          answered_by: null,
          answer: null,
          problem: null,
          lost: 0,
        });
      }
      case 'ContestRequested': {
        const { chargebackId, by, summary, at } = fact.data;
        return change(rows, CHARGEBACK, chargebackId, () => ({
          state: 'contesting',
          answered_by: by,
          answer: summary,
          problem: null,
          since: at,
        }));
      }
      case 'AcceptRequested': {
        const { chargebackId, by, reason, at } = fact.data;
        return change(rows, CHARGEBACK, chargebackId, () => ({
          state: 'accepting',
          answered_by: by,
          answer: reason,
          problem: null,
          since: at,
        }));
      }
      case 'ChargebackAnswerFailed': {
        const { chargebackId, reason, at } = fact.data;
        return change(rows, CHARGEBACK, chargebackId, () => ({ state: 'open', problem: reason, since: at }));
      }
      case 'ContestSubmitted':
        return change(rows, CHARGEBACK, fact.data.chargebackId, () => ({ state: 'submitted', since: fact.data.at }));
      case 'ChargebackActionRequired': {
        const { chargebackId, respondBy, at } = fact.data;
        return change(rows, CHARGEBACK, chargebackId, () => ({
          state: 'action-required',
          respond_by: respondBy,
          since: at,
        }));
      }
      case 'ChargebackWon':
        return change(rows, CHARGEBACK, fact.data.chargebackId, () => ({ state: 'won', since: fact.data.at }));
      case 'ChargebackLost': {
        const { chargebackId, amount, accepted, at } = fact.data;
        return change(rows, CHARGEBACK, chargebackId, () => ({
          state: accepted ? 'accepted' : 'lost',
          lost: amount,
          since: at,
        }));
      }
      case 'ChargebackClosed':
        return change(rows, CHARGEBACK, fact.data.chargebackId, () => ({ state: 'closed', since: fact.data.at }));
      case 'ChargebackReopened': {
        const { chargebackId, amount, phase, round, respondBy, at } = fact.data;
        return change(rows, CHARGEBACK, chargebackId, () => ({
          amount,
          phase,
          round,
          respond_by: respondBy,
          state: 'open',
          answered_by: null,
          answer: null,
          problem: null,
          since: at,
        }));
      }
    }
  },
};
