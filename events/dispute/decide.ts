import { isInstant, isPaise, isText } from '../shared/check.ts';
import type { Command } from '../shared/command.ts';
import { never } from '../shared/never.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import { same } from '../shared/same.ts';
import type {
  DisputeCause,
  DisputeEvent,
  DisputeKind,
  DisputeState,
  EvidenceStep,
  ResolutionRule,
  ReviewCause,
} from './events.ts';
import { freeze } from './freeze.ts';
import { alreadyResolved, isWithdrawn } from './over.ts';
import { approve, propose, reject, settleByOutcome } from './resolve.ts';

export type DisputeCommand =
  /** After `PayoutDisputed` on the payout's stream, where the race with a release is decided. */
  | Command<
      'OpenDispute',
      {
        bookingId: string;
        disputeId: string;
        kind: DisputeKind;
        openedBy: string;
        cause: DisputeCause | ReviewCause;
        text: string;
        wants: number | null;
        gross: number;
        share: number;
        tutorId: string;
        studentId: string;
        bookedBy: string;
        openedAt: number;
        answerWithinMs: number;
        decideWithinMs: number;
      }
    >
  | Command<'AnswerDispute', { bookingId: string; by: string; text: string }>
  /** By any party, or by ops for the record. Who may is checked before. */
  | Command<'AddStatement', { bookingId: string; by: string; text: string }>
  /** The tutor's time to answer is over. */
  | Command<'EscalateDispute', { bookingId: string }>
  | Command<'WithdrawDispute', { bookingId: string; by: string }>
  /** Before the act of deciding that it goes with; by the person who decides. */
  | Command<
      'FreezeEvidence',
      {
        bookingId: string;
        proposalId: string;
        step: EvidenceStep;
        version: number;
        asOf: number;
        upTo: string;
        events: number;
        hash: string;
        summary: string;
        by: string;
      }
    >
  /** `secondPersonAbove`: a refund above it needs a second person (paise, from the booking's policy). */
  | Command<
      'ProposeResolution',
      {
        bookingId: string;
        proposalId: string;
        refund: number;
        reason: string;
        by: string;
        secondPersonAbove: number;
      }
    >
  | Command<'ApproveResolution', { bookingId: string; proposalId: string; by: string }>
  | Command<'RejectResolution', { bookingId: string; proposalId: string; by: string; reason: string }>
  /** The lesson's outcome, or a cancellation, decided everything while the dispute was open. */
  | Command<'SettleByOutcome', { bookingId: string; refund: number; rule: Exclude<ResolutionRule, 'ops'> }>;

export type DisputeCommandOf<Type extends DisputeCommand['type']> = Extract<DisputeCommand, { type: Type }>;
export type DisputeDecision = readonly DisputeEvent[] | Refusal;
export type ExistingDispute = Exclude<DisputeState, { kind: 'none' }>;

/** Rules DI1–DI17. */
export function decide(command: DisputeCommand, state: DisputeState): DisputeDecision {
  if (command.type === 'OpenDispute') return open(command, state);
  if (state.kind === 'none') return refuse('dispute-unknown', 'There is no such dispute.');
  switch (command.type) {
    case 'AnswerDispute':
      return answer(command, state);
    case 'AddStatement':
      return addStatement(command, state);
    case 'EscalateDispute':
      return escalate(command, state);
    case 'WithdrawDispute':
      return withdraw(command, state);
    case 'FreezeEvidence':
      return freeze(command, state);
    case 'ProposeResolution':
      return propose(command, state);
    case 'ApproveResolution':
      return approve(command, state);
    case 'RejectResolution':
      return reject(command, state);
    case 'SettleByOutcome':
      return settleByOutcome(command, state);
    default:
      return never(command, 'dispute command');
  }
}

const MAX_TEXT = 4_000;
const MAX_STATEMENTS = 50;

const textInvalid = (): Refusal => refuse('text-missing', `Please write between 3 and ${MAX_TEXT} characters.`);

function open({ data, now }: DisputeCommandOf<'OpenDispute'>, state: DisputeState): DisputeDecision {
  const { answerWithinMs, decideWithinMs, ...asked } = data;
  const { bookingId, kind, openedAt, gross, share } = asked;
  if (state.kind !== 'none') {
    const { answerBy: _, decideWithinMs: __, ...opened } = state.opened;
    if (same(asked, opened)) return [];
    if (state.kind !== 'withdrawn' || kind !== 'review')
      return refuse('dispute-exists', 'There is a dispute about this seat already.');
  }
  if (!isPaise(gross) || !isPaise(share) || share > gross)
    return refuse('amount-invalid', 'A dispute is about what was paid, of which the tutor gets a part.');
  if (!isInstant(openedAt) || !isPaise(answerWithinMs) || !isPaise(decideWithinMs))
    return refuse('time-invalid', 'A dispute needs its instants.');
  const answerBy = kind === 'review' ? now : now + answerWithinMs;
  const opened: DisputeEvent = { type: 'DisputeOpened', data: { ...asked, answerBy, decideWithinMs } };
  if (kind !== 'review') return [opened];
  return [
    opened,
    { type: 'DisputeUnderReview', data: { bookingId, why: 'review', decideBy: now + decideWithinMs, at: now } },
  ];
}

function answer({ data, now }: DisputeCommandOf<'AnswerDispute'>, state: ExistingDispute): DisputeDecision {
  const { bookingId, by, text } = data;
  switch (state.kind) {
    case 'opened':
      if (by !== state.opened.tutorId) return refuse('not-the-tutor', 'Only the tutor answers a dispute.');
      if (now >= state.opened.answerBy) return answerOver();
      if (!isText(text, 3, MAX_TEXT)) return textInvalid();
      return [
        { type: 'DisputeAnswered', data: { bookingId, by, text, at: now } },
        {
          type: 'DisputeUnderReview',
          data: { bookingId, why: 'answered', decideBy: now + state.opened.decideWithinMs, at: now },
        },
      ];
    case 'under-review':
    case 'awaiting-second':
      return answerOver();
    case 'resolved':
      return alreadyResolved();
    case 'withdrawn':
      return isWithdrawn();
    default:
      return never(state, 'dispute state');
  }
}

const answerOver = (): Refusal =>
  refuse('answer-over', 'The time to answer is over. You can still add a statement until it is decided.');

function addStatement({ data, now }: DisputeCommandOf<'AddStatement'>, state: ExistingDispute): DisputeDecision {
  const { bookingId, by, text } = data;
  switch (state.kind) {
    case 'opened':
    case 'under-review':
    case 'awaiting-second':
      if (!isText(text, 3, MAX_TEXT)) return textInvalid();
      if (state.statements >= MAX_STATEMENTS)
        return refuse('too-many-statements', 'There are many statements already. Wait for the decision.');
      return [{ type: 'StatementAdded', data: { bookingId, by, text, at: now } }];
    case 'resolved':
      return alreadyResolved();
    case 'withdrawn':
      return isWithdrawn();
    default:
      return never(state, 'dispute state');
  }
}

function escalate({ data, now }: DisputeCommandOf<'EscalateDispute'>, state: ExistingDispute): DisputeDecision {
  const { bookingId } = data;
  switch (state.kind) {
    case 'opened': {
      const { answerBy, decideWithinMs } = state.opened;
      if (now < answerBy) return refuse('not-due', 'The tutor still has time to answer.');
      const decideBy = now + decideWithinMs;
      return [{ type: 'DisputeUnderReview', data: { bookingId, why: 'no-answer', decideBy, at: now } }];
    }
    case 'under-review':
    case 'awaiting-second':
      return [];
    case 'resolved':
      return alreadyResolved();
    case 'withdrawn':
      return isWithdrawn();
    default:
      return never(state, 'dispute state');
  }
}

function withdraw({ data, now }: DisputeCommandOf<'WithdrawDispute'>, state: ExistingDispute): DisputeDecision {
  const { bookingId, by } = data;
  switch (state.kind) {
    case 'opened': {
      const { disputeId, openedBy, studentId, bookedBy } = state.opened;
      if (by !== openedBy && by !== studentId && by !== bookedBy)
        return refuse('not-the-opener', 'Only the side that opened a dispute withdraws it.');
      return [{ type: 'DisputeWithdrawn', data: { bookingId, disputeId, by, at: now } }];
    }
    case 'under-review':
    case 'awaiting-second':
      return refuse('under-review', 'We are deciding about this dispute, so it cannot be withdrawn any more.');
    case 'resolved':
      return alreadyResolved();
    case 'withdrawn':
      return [];
    default:
      return never(state, 'dispute state');
  }
}
