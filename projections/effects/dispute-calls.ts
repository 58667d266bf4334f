/** Answers to the payer's bank: handed in once, found again by the case's own status. Rule EF10. */
import { never } from '#events/shared/never.ts';
import { pdf } from '#platform/pdf/pdf.server.ts';
import type { Intent } from '../processes/process.ts';
import type { ProviderDispute } from './dispute-gateway.ts';
import { mapped, type Found, type No, type Sending } from './found.ts';
import type { Answer } from './payment-gateway.ts';
import type { DisputeCall } from './provider-call.ts';

/** What a fetched case says, for the log. `asOf`: business ms before the fetch. */
export function observation(bookingId: string, dispute: ProviderDispute, asOf: number): Intent {
  const { id, paymentId, status, phase, amount, amountDeducted, reasonCode, respondBy } = dispute;
  return {
    type: 'ObserveChargeback',
    data: {
      chargebackId: id,
      bookingId,
      providerPaymentId: paymentId,
      status,
      phase,
      amount,
      amountDeducted,
      reasonCode,
      respondBy,
      asOf,
    },
  };
}

const answerFailed = (chargebackId: string, operationId: string, reason: string): Intent => ({
  type: 'RecordAnswerFailure',
  data: { chargebackId, operationId, reason },
});

/** Null: the case still waits for an answer, so ours did not arrive. */
function found(call: DisputeCall, dispute: ProviderDispute, { operationId, asOf }: Sending): Found | null {
  const { chargebackId, bookingId } = call;
  const seen = observation(bookingId, dispute, asOf);
  const done: Found = { kind: 'done', providerId: chargebackId, records: [seen] };
  const { status } = dispute;
  switch (status) {
    case 'open':
      return null;
    case 'under_review':
      if (call.kind === 'contest-dispute')
        return { ...done, records: [{ type: 'RecordContest', data: { chargebackId, operationId } }] };
      break;
    case 'lost':
      // Before a contest arrived, or because we accepted: the observation tells the two apart.
      return done;
    case 'won':
    case 'closed':
      if (call.kind === 'contest-dispute') return done;
      break;
    default:
      return never(status, 'dispute status');
  }
  const reason = `the case is ${status}`;
  return {
    kind: 'failed',
    providerId: chargebackId,
    reason,
    records: [answerFailed(chargebackId, operationId, reason), seen],
  };
}

/**
 * The outcome was observed while the answer to our call was lost. The bank may have asked again since, and then the case
 * looks as if nothing had arrived: the old evidence would be handed in a second time, in place of what is wanted now.
 */
const overtaken = ({ chargebackId }: DisputeCall): Found => ({ kind: 'done', providerId: chargebackId, records: [] });

export async function sendDisputeCall(call: DisputeCall, sending: Sending): Promise<Answer<Found>> {
  const { gateway } = sending;
  const { chargebackId } = call;
  if (!(await sending.answerAwaited(chargebackId))) return { kind: 'ok', value: overtaken(call) };
  // There is no key for these calls, so the case is read before it is answered, also for the first time.
  const before = await gateway.dispute(chargebackId);
  if (before.kind !== 'ok') return before;
  const already = found(call, before.value, sending);
  if (already) return { kind: 'ok', value: already };
  const after =
    call.kind === 'accept-dispute' ? await gateway.accept(chargebackId) : await contest(call, before.value, sending);
  if (after.kind !== 'ok') return after;
  const made = found(call, after.value, sending);
  return made ? { kind: 'ok', value: made } : { kind: 'unknown', cause: 'the case is still open' };
}

async function contest(
  { chargebackId, bookingId, summary }: Extract<DisputeCall, { kind: 'contest-dispute' }>,
  { amount }: ProviderDispute,
  { gateway, asOf }: Sending,
): Promise<Answer<ProviderDispute>> {
  const name = `evidence-${chargebackId}.pdf`;
  const title = `Evidence for dispute ${chargebackId}`;
  const file = await pdf({
    title,
    author: 'NexusEd',
    madeAt: asOf,
    footer: `${title}, booking ${bookingId}`,
    parts: [
      { kind: 'paragraph', text: `Booking ${bookingId}`, tone: 'quiet' },
      { kind: 'paragraph', text: summary },
    ],
  });
  const document = await gateway.uploadEvidence({ name, pdf: file });
  if (document.kind !== 'ok') return document;
  return gateway.contest({ disputeId: chargebackId, amount, summary, documentIds: [document.value.id] });
}

export async function findDisputeCall(call: DisputeCall, sending: Sending): Promise<Answer<Found | null>> {
  if (!(await sending.answerAwaited(call.chargebackId))) return { kind: 'ok', value: overtaken(call) };
  return mapped(await sending.gateway.dispute(call.chargebackId), (dispute) => found(call, dispute, sending));
}

export const disputeRejection = ({ chargebackId }: DisputeCall, operationId: string, reason: string): No => ({
  kind: 'failed',
  records: [answerFailed(chargebackId, operationId, reason)],
});
