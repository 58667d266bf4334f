import { isAmount, isInstant, isPaise, isText } from '../shared/check.ts';
import { tutorPartOfRefund } from '../shared/money.ts';
import { never } from '../shared/never.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import { same } from '../shared/same.ts';
import type { ExistingPayout, PayoutCommandOf, PayoutDecision } from './decide.ts';
import { reversedOf, type ClosedDispute, type Disputable, type PayoutEvent } from './events.ts';

const MAX_TEXT = 4_000;

type Open = PayoutCommandOf<'DisputePayout'>;

/** Rules PO19–PO24: here a dispute and a release meet, and whichever is appended first wins. */
export function dispute(command: Open, state: ExistingPayout): PayoutDecision {
  const { data, now } = command;
  switch (state.kind) {
    case 'planned':
    case 'transfer-pending':
    case 'failed':
    case 'held':
    case 'hold-running': {
      const no = earlier(state.disputes, data.kind) ?? untimely(command, state) ?? unsound(command, state);
      if (no) return no;
      const { opensAt: _, ...opened } = data;
      return [{ type: 'PayoutDisputed', data: { ...opened, at: now } }];
    }
    case 'disputed': {
      const { opensAt: _, bookingId: __, ...asked } = data;
      return same({ ...asked, at: state.dispute.at }, state.dispute) ? [] : disputeExists();
    }
    case 'reversing':
      return (
        earlier(state.disputes, data.kind) ?? refuse('reversal-running', 'Money of this lesson is on its way back.')
      );
    case 'releasing':
    case 'released':
    case 'settled':
      return earlier(state.disputes, data.kind) ?? tooLate();
    case 'reversed':
    case 'cancelled':
      return earlier(state.disputes, data.kind) ?? over();
    default:
      return never(state, 'payout state');
  }
}

/** One dispute a seat; only when it was withdrawn may the lesson's outcome still ask for a decision. */
function earlier(disputes: readonly ClosedDispute[], kind: 'in-app' | 'review'): Refusal | null {
  if (disputes.length === 0) return null;
  return kind === 'review' && disputes.every(({ outcome }) => outcome === 'withdrawn') ? null : disputeExists();
}

function untimely({ data, now }: Open, state: Disputable): Refusal | null {
  if (data.kind === 'review') return null;
  if (!isInstant(data.opensAt) || now < data.opensAt)
    return refuse('too-early', 'A problem can be reported from 15 minutes after the start of the lesson.');
  // What a late cancellation gave back is decided; there was no lesson to complain about.
  if ('reversals' in state && (state.reversals.length > 0 || state.owed > 0)) return over();
  return state.kind === 'hold-running' && now >= state.hold.endsAt ? tooLate() : null;
}

function unsound({ data }: Open, state: Disputable): Refusal | null {
  const { kind, openedBy, text, wants } = data;
  if (kind === 'in-app' && openedBy === state.tutorId)
    return refuse('own-lesson', 'A tutor cannot open a dispute about their own lesson.');
  if (!isText(text, 0, MAX_TEXT)) return refuse('text-too-long', `Please keep it under ${MAX_TEXT} characters.`);
  if (wants !== null && !(isPaise(wants) && wants <= state.gross))
    return refuse('wants-invalid', 'You can ask back at most what was paid.');
  return null;
}

/** What of the transfer has to come back before `refund` goes to the payer (money.md §4), paise. */
export function reversalFor(
  payout: { readonly gross: number; readonly share: number },
  refund: number,
  reversed: number,
): number {
  return Math.max(0, tutorPartOfRefund(refund, payout.share, payout.gross) - reversed);
}

/** Rules PO25–PO29. The reversal is asked for in the same append, so no release can come between. */
export function closeDispute(
  { data, now }: PayoutCommandOf<'ClosePayoutDispute'>,
  state: ExistingPayout,
): PayoutDecision {
  const { bookingId, disputeId, outcome, refund, reversal, operationId } = data;
  if (state.kind !== 'disputed') {
    const closed = state.disputes.find((one) => one.disputeId === disputeId);
    if (!closed) return refuse('dispute-unknown', 'There is no such dispute about this payout.');
    return closed.outcome === outcome && closed.refund === refund
      ? []
      : refuse('dispute-closed', 'This dispute was closed already, in another way.');
  }
  if (state.dispute.disputeId !== disputeId) return refuse('dispute-unknown', 'Another dispute is open.');
  const { from } = state;
  const reversed = 'reversals' in from ? reversedOf(from) : 0;
  if (!fits(outcome, refund, from.gross) || reversal !== reversalFor(from, refund, reversed))
    return refuse('amount-mismatch', 'Refund and reversal do not belong to this outcome.');
  const closed = (taken: number): PayoutEvent => ({
    type: 'PayoutDisputeClosed',
    data: { bookingId, disputeId, outcome, refund, reversal: taken, at: now },
  });
  if (reversal === 0) return [closed(0)];
  switch (from.kind) {
    case 'held':
    case 'hold-running':
      return [
        closed(reversal),
        { type: 'ReversalRequested', data: { bookingId, operationId, amount: reversal, reason: 'dispute' } },
      ];
    case 'transfer-pending':
      return refuse('transfer-running', 'The transfer is on its way. Wait for it, then take it back.');
    case 'planned':
    case 'failed':
      if (refund < from.gross)
        return refuse('not-held', 'The transfer has not arrived yet, so no part of it can be taken back.');
      return [closed(0), { type: 'PayoutCancelled', data: { bookingId, reason: 'dispute' } }];
    default:
      return never(from, 'payout state');
  }
}

function fits(outcome: ClosedDispute['outcome'], refund: number, gross: number): boolean {
  if (!isAmount(refund) || refund > gross) return false;
  switch (outcome) {
    case 'student':
      return refund === gross;
    case 'split':
      return refund > 0 && refund < gross;
    case 'tutor':
    case 'withdrawn':
      return refund === 0;
    default:
      return never(outcome, 'outcome');
  }
}

const disputeExists = (): Refusal =>
  refuse('dispute-exists', 'A problem with this lesson was reported before. There is one dispute a seat.');
const tooLate = (): Refusal =>
  refuse('too-late', 'The time to report a problem with this lesson is over, and the tutor is being paid.');
const over = (): Refusal => refuse('payout-over', 'The money of this lesson has gone back already.');
