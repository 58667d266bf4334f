/** Disputes that banks raise against payments. The money goes when one is lost, whether the balance suffices or not. */
import { DISPUTE_PHASES, type Dispute } from '../entities.ts';
import { invalid, malformedId, unknownId } from '../errors.ts';
import { isId, newId } from '../ids.ts';
import { amountOrUndefined, onlyFields, requiredText, secondsOrNull, textOrNull, type Fields } from '../input.ts';
import { PLATFORM } from '../ledger.server.ts';
import { findPayment } from '../payments.server.ts';
import { showDispute, showPayment } from '../present.ts';
import { announceRaw, type World } from '../world.server.ts';
import { findDocument } from './documents.server.ts';
import { documentsIn, emptyEvidence, mergeEvidence } from './evidence.ts';
import { EVIDENCE_FIELDS } from '../entities.ts';
import { nextStatus, type DisputeMove, type DisputeStatus } from './moves.ts';

const DAY_S = 86_400;
const ANSWER_DAYS = 7;
/** After `action_required`, unless the bank names another end. */
const SECOND_ANSWER_DAYS = 3;
/** Between the deadline and the bank's word that nobody answered; until then, answering is refused as too late. */
const SILENCE_S = DAY_S;

const EVENTS: Readonly<Record<DisputeStatus, string>> = {
  open: 'payment.dispute.action_required',
  under_review: 'payment.dispute.under_review',
  won: 'payment.dispute.won',
  lost: 'payment.dispute.lost',
  closed: 'payment.dispute.closed',
};

/** What the bank does. A won dispute comes back as pre-arbitration, that as arbitration: each time under a new id. */
export function openDispute(world: World, paymentId: string, body: Fields): Dispute {
  onlyFields(body, 'amount', 'phase', 'reason_code', 'reason_description', 'respond_by');
  const payment = findPayment(world, paymentId);
  if (!payment.captured) throw invalid('Only a captured payment can be disputed.');
  const amount = amountOrUndefined(body) ?? (payment.amount - payment.amount_refunded || payment.amount);
  if (amount > payment.amount) throw invalid('The amount disputed is greater than the amount captured.', 'amount');
  const phase = DISPUTE_PHASES.find((known) => known === (body.phase ?? 'chargeback'));
  if (phase === undefined) throw invalid(`phase must be one of ${DISPUTE_PHASES.join(', ')}`, 'phase');
  checkRound(world.disputes.list({ parent: payment.id }), phase);
  const now = world.clock.seconds();
  const dispute: Dispute = {
    id: newId('disp'),
    payment_id: payment.id,
    amount,
    currency: payment.currency,
    amount_deducted: 0,
    reason_code: textOrNull(body, 'reason_code') ?? phase,
    reason_description: textOrNull(body, 'reason_description') ?? 'Goods or services not received',
    respond_by: secondsOrNull(body, 'respond_by') ?? now + ANSWER_DAYS * DAY_S,
    status: 'open',
    phase,
    created_at: now,
    evidence: emptyEvidence(amount),
    internal: { adjustment: null },
  };
  world.disputes.insert(dispute, { parent: payment.id, key: null });
  tell(world, 'payment.dispute.created', dispute);
  return dispute;
}

function checkRound(known: readonly Dispute[], phase: Dispute['phase']): void {
  if (known.some(({ status }) => status === 'open' || status === 'under_review')) {
    throw invalid('The payment has a dispute that is not decided yet.');
  }
  const before: Partial<Record<Dispute['phase'], Dispute['phase']>> = {
    pre_arbitration: 'chargeback',
    arbitration: 'pre_arbitration',
  };
  const needed = before[phase];
  if (needed !== undefined && !known.some((dispute) => dispute.phase === needed && dispute.status === 'won')) {
    throw invalid(`${phase} challenges a ${needed} that you have won; this payment has none.`, 'phase');
  }
}

export function findDispute(world: World, id: string): Dispute {
  if (!isId('disp', id)) throw malformedId(id);
  const dispute = world.disputes.find(id);
  if (!dispute) throw unknownId();
  return dispute;
}

/** Cannot be taken back. */
export function acceptDispute(world: World, id: string): Dispute {
  const dispute = findDispute(world, id);
  return settle(world, dispute, merchantsMove(world, dispute, 'accept'));
}

/** A draft may be changed; what was submitted goes to the bank. */
export function contestDispute(world: World, id: string, body: Fields): Dispute {
  onlyFields(body, 'amount', 'summary', ...EVIDENCE_FIELDS, 'others', 'action');
  const dispute = findDispute(world, id);
  const action = requiredText(body, 'action');
  if (action !== 'draft' && action !== 'submit') throw invalid('The selected action is invalid.', 'action');
  const status = merchantsMove(world, dispute, action);
  const evidence = mergeEvidence(dispute.evidence, body, dispute.amount);
  const documents = documentsIn(evidence);
  for (const documentId of documents) findDocument(world, documentId);
  if (action === 'draft') return save(world, { ...dispute, evidence });
  if (documents.length === 0) throw invalid('At least one document is required to contest the dispute.');
  return settle(world, { ...dispute, evidence: { ...evidence, submitted_at: world.clock.seconds() } }, status);
}

function merchantsMove(world: World, dispute: Dispute, move: DisputeMove): DisputeStatus {
  const status = nextStatus(dispute, move);
  if (status === null) throw invalid(`Action not allowed when dispute is in ${dispute.status} status.`);
  if (dispute.respond_by <= world.clock.seconds()) {
    throw invalid('Action not allowed as deadline to respond has elapsed.');
  }
  return status;
}

const BANKS_MOVES = { won: 'win', lost: 'lose', closed: 'close', action_required: 'require_action' } as const;
export const DISPUTE_ENDS = ['won', 'lost', 'closed', 'action_required'] as const;

/** The bank's word. `respondBy`, seconds, is the new deadline when it wants to see more. */
export function resolveDispute(
  world: World,
  id: string,
  end: (typeof DISPUTE_ENDS)[number],
  respondBy: number | null,
): Dispute {
  const dispute = findDispute(world, id);
  const status = nextStatus(dispute, BANKS_MOVES[end]);
  if (status === null) {
    throw invalid(
      end === 'closed'
        ? `Only a dispute in phase fraud that is open or under review is closed; this one is ${dispute.status} in phase ${dispute.phase}.`
        : `A dispute that is ${dispute.status} cannot become ${end}; the bank decides on what was submitted.`,
    );
  }
  const answerBy = respondBy ?? world.clock.seconds() + SECOND_ANSWER_DAYS * DAY_S;
  return settle(world, status === 'open' ? { ...dispute, respond_by: answerBy } : dispute, status);
}

/** Disputes that nobody answered in time. */
export function endSilentDisputes(world: World): void {
  const now = world.clock.seconds();
  for (const dispute of world.disputes.waiting()) {
    const status = dispute.respond_by + SILENCE_S <= now ? nextStatus(dispute, 'deadline') : null;
    if (status !== null) settle(world, dispute, status);
  }
}

function settle(world: World, dispute: Dispute, status: DisputeStatus): Dispute {
  const settled: Dispute = status === 'lost' ? deduct(world, { ...dispute, status }) : { ...dispute, status };
  save(world, settled);
  tell(world, EVENTS[status], settled);
  return settled;
}

/** May leave the platform with less than nothing: refunds and transfers are then refused until money comes in. */
function deduct(world: World, dispute: Dispute): Dispute {
  const adjustment = { id: newId('adj'), created_at: world.clock.seconds() };
  world.ledger.post({
    owner: PLATFORM,
    kind: 'dispute',
    amount: -dispute.amount,
    entityId: adjustment.id,
    transferId: null,
    settlesAt: adjustment.created_at,
  });
  return { ...dispute, amount_deducted: dispute.amount, internal: { adjustment } };
}

function save(world: World, dispute: Dispute): Dispute {
  world.disputes.save(dispute);
  return dispute;
}

/** When the bank wants more, the evidence stands beside the entity and not in it: a quirk of the provider. */
function tell(world: World, event: string, dispute: Dispute): void {
  const payment = showPayment(findPayment(world, dispute.payment_id), { withCard: true });
  const { evidence, ...bare } = showDispute(dispute);
  const shown =
    event === 'payment.dispute.action_required' ? { entity: bare, evidence } : { entity: { ...bare, evidence } };
  announceRaw(world, event, dispute.id, { payload: { payment: { entity: payment }, dispute: shown } });
}
