import { isAmount, isText } from '../shared/check.ts';
import { tutorPartOfRefund } from '../shared/money.ts';
import { never } from '../shared/never.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import type { DisputeCommandOf, DisputeDecision, ExistingDispute } from './decide.ts';
import type { DisputeEvent, OpenedDispute, ResolutionRule } from './events.ts';
import { alreadyResolved, isWithdrawn } from './over.ts';

const MAX_REASON = 4_000;

/** What a decision gives each side (money.md §4): refund + tutorGets + commission = gross, to the paisa. */
export function partsOf(
  { gross, share }: { readonly gross: number; readonly share: number },
  refund: number,
): {
  readonly outcome: 'student' | 'tutor' | 'split';
  readonly refund: number;
  readonly tutorGets: number;
  readonly commission: number;
} {
  const tutorGets = share - tutorPartOfRefund(refund, share, gross);
  const outcome = refund === gross ? 'student' : refund === 0 ? 'tutor' : 'split';
  return { outcome, refund, tutorGets, commission: gross - refund - tutorGets };
}

interface Decided {
  readonly proposalId: string | null;
  readonly refund: number;
  readonly reason: string;
  readonly decidedBy: string;
  readonly approvedBy: string | null;
  readonly rule: ResolutionRule;
}

function resolved(opened: OpenedDispute, decided: Decided, now: number): readonly DisputeEvent[] {
  const { bookingId, disputeId, kind } = opened;
  const { outcome, refund, tutorGets } = partsOf(opened, decided.refund);
  const { proposalId, reason, decidedBy, approvedBy, rule } = decided;
  const who = { decidedBy, approvedBy, rule, at: now };
  const data = { bookingId, disputeId, kind, proposalId, outcome, refund, tutorGets, reason, ...who };
  return [{ type: 'DisputeResolved', data }];
}

export const isParty = ({ tutorId, studentId, bookedBy, openedBy }: OpenedDispute, by: string): boolean =>
  [tutorId, studentId, bookedBy, openedBy].includes(by);

export const ownCase = (): Refusal => refuse('own-case', 'Nobody decides about a case of their own.');

/** Rules DI8–DI11, DI13. */
export function propose({ data, now }: DisputeCommandOf<'ProposeResolution'>, state: ExistingDispute): DisputeDecision {
  const { bookingId, proposalId, refund, reason, by, secondPersonAbove } = data;
  switch (state.kind) {
    case 'opened':
      return refuse('answer-awaited', 'The tutor still has time to answer.');
    case 'under-review':
      if (isParty(state.opened, by)) return ownCase();
      if (state.rejected.includes(proposalId))
        return refuse('proposal-reused', 'This proposal was turned down. A new one needs a new id.');
      if (!isAmount(refund) || refund > state.opened.gross)
        return refuse('refund-invalid', 'Between nothing and what was paid can go back.');
      if (!isText(reason, 3, MAX_REASON))
        return refuse('reason-missing', `A decision needs a reason of 3 to ${MAX_REASON} characters.`);
      if (!isAmount(secondPersonAbove)) return refuse('amount-invalid', 'The limit for one person is whole paise.');
      if (refund > secondPersonAbove)
        return [{ type: 'ResolutionProposed', data: { bookingId, proposalId, refund, reason, by, at: now } }];
      return resolved(state.opened, { proposalId, refund, reason, decidedBy: by, approvedBy: null, rule: 'ops' }, now);
    case 'awaiting-second': {
      const known = state.proposal;
      if (known.proposalId !== proposalId)
        return refuse('proposal-open', 'Another proposal waits for a second person.');
      if (known.refund === refund && known.reason === reason && known.by === by) return [];
      return refuse('proposal-reused', 'This proposal was made before, with other words or figures.');
    }
    case 'resolved': {
      const known = state.resolution;
      const again = known.proposalId === proposalId && known.refund === refund && known.decidedBy === by;
      return again ? [] : alreadyResolved();
    }
    case 'withdrawn':
      return isWithdrawn();
    default:
      return never(state, 'dispute state');
  }
}

/** Rule DI12. */
export function approve({ data, now }: DisputeCommandOf<'ApproveResolution'>, state: ExistingDispute): DisputeDecision {
  const { proposalId, by } = data;
  switch (state.kind) {
    case 'awaiting-second': {
      const { opened, proposal } = state;
      if (proposal.proposalId !== proposalId) return proposalUnknown();
      if (isParty(opened, by)) return ownCase();
      if (proposal.by === by)
        return refuse('second-person-needed', 'Someone else has to confirm a refund of this size.');
      const { refund, reason } = proposal;
      return resolved(opened, { proposalId, refund, reason, decidedBy: proposal.by, approvedBy: by, rule: 'ops' }, now);
    }
    case 'opened':
    case 'under-review':
      return proposalUnknown();
    case 'resolved': {
      const known = state.resolution;
      return known.proposalId === proposalId && known.approvedBy === by ? [] : alreadyResolved();
    }
    case 'withdrawn':
      return isWithdrawn();
    default:
      return never(state, 'dispute state');
  }
}

/** Rule DI13. Who proposed may take it back too. */
export function reject({ data, now }: DisputeCommandOf<'RejectResolution'>, state: ExistingDispute): DisputeDecision {
  const { bookingId, proposalId, by, reason } = data;
  switch (state.kind) {
    case 'awaiting-second':
      if (state.proposal.proposalId !== proposalId) return proposalUnknown();
      if (isParty(state.opened, by)) return ownCase();
      if (!isText(reason, 3, MAX_REASON)) return refuse('reason-missing', `Say why, in 3 to ${MAX_REASON} characters.`);
      return [{ type: 'ResolutionRejected', data: { bookingId, proposalId, by, reason, at: now } }];
    case 'opened':
    case 'under-review':
      return state.rejected.includes(proposalId) ? [] : proposalUnknown();
    case 'resolved':
      return alreadyResolved();
    case 'withdrawn':
      return isWithdrawn();
    default:
      return never(state, 'dispute state');
  }
}

/** Rule DI15. */
export function settleByOutcome(
  { data, now }: DisputeCommandOf<'SettleByOutcome'>,
  state: ExistingDispute,
): DisputeDecision {
  const { refund, rule } = data;
  switch (state.kind) {
    case 'opened':
    case 'under-review':
    case 'awaiting-second':
      if (!isAmount(refund) || refund > state.opened.gross)
        return refuse('refund-invalid', 'Between nothing and what was paid can go back.');
      return resolved(
        state.opened,
        { proposalId: null, refund, reason: rule, decidedBy: 'policy', approvedBy: null, rule },
        now,
      );
    case 'resolved':
      return state.resolution.rule === rule && state.resolution.refund === refund ? [] : alreadyResolved();
    case 'withdrawn':
      return isWithdrawn();
    default:
      return never(state, 'dispute state');
  }
}

export const proposalUnknown = (): Refusal => refuse('proposal-unknown', 'There is no such proposal to confirm.');
