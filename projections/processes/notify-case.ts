/** Both sides hear of each step of a dispute, ops of what waits for them. Rules NO10, NO11 of SPEC.md. Part of notify. */
import { never } from '#events/shared/never.ts';
import type { Fact } from '../fact.ts';
import type { LessonKind } from '../notices/notice.ts';
import type { Notify, Teller } from './notify.ts';
import type { Reaction } from './process.ts';

const CASES = [
  'DisputeOpened',
  'DisputeAnswered',
  'StatementAdded',
  'DisputeUnderReview',
  'DisputeWithdrawn',
  'DisputeResolved',
  'ResolutionProposed',
  'ChargebackOpened',
  'ChargebackReopened',
  'ChargebackActionRequired',
  'ChargebackWon',
  'ChargebackLost',
  'ChargebackClosed',
] as const;

type CaseFact = Extract<Fact, { type: (typeof CASES)[number] }>;

const NAMES: ReadonlySet<string> = new Set(CASES);

export const isCase = (fact: Fact): fact is CaseFact => NAMES.has(fact.type);

const HOUR = 3_600_000;

export const answerReminder = (bookingId: string): string => `dispute-answer-reminder:${bookingId}`;

export function tellOfCase(fact: CaseFact, state: Notify, teller: Teller): readonly Reaction[] {
  const { lesson, price: gross, payer, tell, tellOps } = teller;
  const { bookingId, tutorId } = lesson;
  const tutor = [tutorId];
  const both = [...payer, tutorId];
  const { share } = state;
  const noReminder: Reaction = { kind: 'forget', keys: [answerReminder(bookingId)] };

  switch (fact.type) {
    case 'DisputeOpened': {
      const { kind, cause, text, wants, answerBy } = fact.data;
      // A review was told of when the lesson went under review, and nobody's answer is waited for.
      if (kind === 'review') return [];
      const about = { kind: 'dispute-opened', cause, text, gross, share, wants, answerBy } as const;
      return [tell(both, true, about), remindToAnswer(teller, share, answerBy)];
    }
    case 'DisputeAnswered':
      return [tell(payer, true, { kind: 'dispute-answered', text: fact.data.text }), noReminder];
    case 'StatementAdded': {
      const { by, text } = fact.data;
      return [
        tell(
          both.filter((one) => one !== by),
          false,
          { kind: 'dispute-statement', text },
          fact.id,
        ),
      ];
    }
    case 'DisputeUnderReview': {
      const { why, decideBy } = fact.data;
      const about: LessonKind = { kind: 'dispute-under-review', why, decideBy, gross, share };
      return [tell(both, true, about), noReminder];
    }
    case 'DisputeWithdrawn':
      return [tell(both, true, { kind: 'dispute-withdrawn', share }), noReminder];
    case 'DisputeResolved': {
      const { rule, reason, refund, tutorGets, disputeId } = fact.data;
      const about: LessonKind = { kind: 'dispute-resolved', rule, reason, gross, refund, tutorGets };
      return [tell(both, true, about, disputeId), noReminder];
    }
    case 'ResolutionProposed': {
      const { refund, reason, proposalId } = fact.data;
      return [tellOps({ kind: 'second-person-needed', refund, reason }, proposalId)];
    }
    case 'ChargebackOpened':
    case 'ChargebackReopened': {
      const { chargebackId, amount, respondBy, round, phase } = fact.data;
      const about: LessonKind = { kind: 'chargeback-opened', amount, respondBy, round, share };
      const key = `${chargebackId}:${round}`;
      // In these phases nothing is paused, and no money moves.
      if (phase === 'fraud' || phase === 'retrieval') return [tellOps(about, key)];
      return [tell(tutor, true, about, key), tellOps(about, `${key}:ops`)];
    }
    case 'ChargebackActionRequired': {
      const { chargebackId, respondBy, round } = fact.data;
      return [tellOps({ kind: 'chargeback-action-required', respondBy }, `${chargebackId}:${round}:${respondBy}`)];
    }
    case 'ChargebackWon':
    case 'ChargebackLost':
    case 'ChargebackClosed':
      return toldTwice(fact, state, teller);
    default:
      return never(fact, 'fact of a case');
  }
}

/** How the bank's case ended: the tutor hears of it, and ops. */
function toldTwice(
  fact: Extract<CaseFact, { type: 'ChargebackWon' | 'ChargebackLost' | 'ChargebackClosed' }>,
  { chargebacks }: Notify,
  { lesson, tell, tellOps }: Teller,
): readonly Reaction[] {
  const { chargebackId } = fact.data;
  const amount = chargebacks[chargebackId] ?? 0;
  const about = ((): LessonKind => {
    switch (fact.type) {
      case 'ChargebackWon':
        return { kind: 'chargeback-won', amount };
      case 'ChargebackLost':
        return { kind: 'chargeback-lost', amount: fact.data.amount, accepted: fact.data.accepted };
      case 'ChargebackClosed':
        return { kind: 'chargeback-closed', amount };
      default:
        return never(fact, 'end of a chargeback');
    }
  })();
  return [tell([lesson.tutorId], true, about, fact.id), tellOps(about, `${fact.id}:ops`)];
}

function remindToAnswer({ lesson }: Teller, share: number, answerBy: number): Reaction {
  return {
    kind: 'reminder',
    key: answerReminder(lesson.bookingId),
    dueAt: answerBy - 12 * HOUR,
    notice: {
      noticeKey: lesson.bookingId,
      to: [lesson.tutorId],
      mail: true,
      lesson,
      about: { kind: 'dispute-answer-due', share, answerBy },
    },
  };
}
