import { never } from '#events/shared/never.ts';
import { moment, quoted, rupees } from './format.ts';
import type { CaseKind, Lesson } from './notice.ts';
import { placeOf, type Reader, type Words } from './reader.ts';

/** Disputes in the product and those of the payer's bank: each side reads what it means for its own money. */
export function caseWords(about: CaseKind, of: Lesson, reader: Reader): Words {
  const { zone } = reader;
  const { lesson, tutor, booking } = placeOf(of, reader);
  const href = tutor ? `/bookings/${of.bookingId}` : booking;
  switch (about.kind) {
    case 'dispute-opened': {
      const said = about.text === '' ? '' : ` ${quoted(about.text)}`;
      const wants = about.wants === null ? '' : ` They ask for ${rupees(about.wants)} back.`;
      return tutor
        ? {
            title: 'A problem with your lesson was reported',
            body: `${lesson}: ${causeOf(about.cause)}.${said}${wants} ${rupees(about.share)} stays on hold for you until it is decided. Answer by ${moment(about.answerBy, zone)}; after that we decide with what we have.`,
            href,
          }
        : {
            title: 'We have your report',
            body: `${lesson}: ${causeOf(about.cause)}. Your ${rupees(about.gross)} is kept safe until it is decided. ${reader.tutorName} can answer until ${moment(about.answerBy, zone)}. You can add to it, or withdraw it.`,
            href,
          };
    }
    case 'dispute-answer-due':
      return {
        title: 'Your answer is still missing',
        body: `${lesson}. A problem was reported, and ${rupees(about.share)} is on hold for you. Answer by ${moment(about.answerBy, zone)}; after that we decide with what we have.`,
        href,
      };
    case 'dispute-answered':
      return {
        title: `${reader.tutorName} answered your report`,
        body: `${lesson}. ${quoted(about.text)} We look at both sides now. You can add to what you said.`,
        href,
      };
    case 'dispute-statement':
      return {
        title: 'Something was added to a report',
        body: `${lesson}. ${quoted(about.text)} You can add to what you said, until it is decided.`,
        href,
      };
    case 'dispute-under-review': {
      const money = tutor
        ? `${rupees(about.share)} stays on hold for you until then.`
        : `Your ${rupees(about.gross)} is kept safe until then.`;
      return {
        title: 'We are deciding about a lesson',
        body: `${lesson}. ${whyReviewed(about.why)} We decide by ${moment(about.decideBy, zone)}. ${money}`,
        href,
      };
    }
    case 'dispute-withdrawn':
      return {
        title: 'A report was withdrawn',
        body: tutor
          ? `${lesson}. ${rupees(about.share)} is released to you at the end of its hold.`
          : `${lesson}. Nothing goes back because of it. The lesson cannot be reported again.`,
        href,
      };
    case 'dispute-resolved':
      return resolved(about, { lesson, tutor, href });
    case 'second-person-needed':
      return {
        title: `A refund of ${rupees(about.refund)} needs a second person`,
        body: `${lesson}. Proposed with: ${quoted(about.reason)} Somebody else than who proposed it approves or rejects it.`,
        href,
      };
    case 'chargeback-opened':
      return tutor
        ? {
            title: 'The payer’s bank questions a payment',
            body: `${lesson}. ${rupees(about.amount)}${about.round > 1 ? `, round ${about.round}` : ''}. ${rupees(about.share)} of it is yours. We answer the bank by ${moment(about.respondBy, zone)} with what we have about the lesson. If you know something that helps, write to us. Nothing more is released for this lesson until the bank decides.`,
            href,
          }
        : {
            title: `Chargeback of ${rupees(about.amount)}: answer by ${moment(about.respondBy, zone)}`,
            body: `${lesson}${about.round > 1 ? `, round ${about.round}` : ''}. Contest it with evidence, or accept it, before then; after that it is lost.`,
            href,
          };
    case 'chargeback-action-required':
      return {
        title: `The bank wants more evidence by ${moment(about.respondBy, zone)}`,
        body: `${lesson}. Add what is missing before then; after that the chargeback is lost.`,
        href,
      };
    case 'chargeback-won':
      return {
        title: 'The bank decided in our favour',
        body: `${lesson}. ${rupees(about.amount)} stays paid. ${tutor ? 'Your payout goes on as before.' : 'The payout goes on as before.'}`,
        href,
      };
    case 'chargeback-lost':
      return {
        title: `The bank took ${rupees(about.amount)} back`,
        body: `${lesson}. ${about.accepted ? 'We accepted it.' : 'The bank decided for the payer.'} ${
          tutor
            ? 'Your part of it is taken from this payout. If the payout was released already, we write to you about what is owed.'
            : 'The tutor’s part is taken from the payout, or owed by the tutor if it was released.'
        }`,
        href,
      };
    case 'chargeback-closed':
      return {
        title: 'The bank closed its question',
        body: `${lesson}. ${rupees(about.amount)} stays paid, and the payout goes on as before.`,
        href,
      };
    default:
      return never(about, 'notice of a case');
  }
}

function resolved(
  about: Extract<CaseKind, { kind: 'dispute-resolved' }>,
  { lesson, tutor, href }: { lesson: string; tutor: boolean; href: string },
): Words {
  const { refund, tutorGets, gross, rule } = about;
  const why = rule === 'ops' ? `Why: ${quoted(about.reason)}` : whySettled(rule);
  const all = refund >= gross ? `All of it, ${rupees(refund)},` : `${rupees(refund)} of ${rupees(gross)}`;
  if (tutor)
    return {
      title: tutorGets > 0 ? `Decided: ${rupees(tutorGets)} is for you` : 'Decided: the payment goes back',
      body: `${lesson}. ${refund > 0 ? `${all} goes back to the payer. ` : ''}${
        tutorGets > 0 ? `${rupees(tutorGets)} is released to you at the end of its hold.` : 'There is no payout.'
      } ${why}`,
      href,
    };
  return {
    title: refund > 0 ? `Decided: ${rupees(refund)} goes back to you` : 'Decided: the payment stays',
    body: `${lesson}. ${refund > 0 ? `${all} goes back to the account you paid from. We write to you when it is on its way.` : 'Nothing goes back.'} ${why}`,
    href,
  };
}

function whySettled(rule: Exclude<Extract<CaseKind, { kind: 'dispute-resolved' }>['rule'], 'ops'>): string {
  switch (rule) {
    case 'tutor-no-show':
      return 'The tutor did not come, so nothing is left to decide.';
    case 'nobody':
      return 'Nobody came to the classroom, so nothing is left to decide.';
    case 'cancelled':
      return 'The booking was cancelled, so nothing is left to decide.';
    default:
      return never(rule, 'rule');
  }
}

function whyReviewed(why: Extract<CaseKind, { kind: 'dispute-under-review' }>['why']): string {
  switch (why) {
    case 'answered':
      return 'Both sides have spoken.';
    case 'no-answer':
      return 'The time to answer is over.';
    case 'review':
      return 'The record does not say plainly how much of it took place.';
    default:
      return never(why, 'reason');
  }
}

function causeOf(cause: Extract<CaseKind, { kind: 'dispute-opened' }>['cause']): string {
  switch (cause) {
    case 'did-not-happen':
      return 'the lesson did not happen';
    case 'technical-failure':
    case 'failed-technically':
      return 'it failed technically';
    case 'cut-short':
      return 'it was cut short';
    case 'not-as-described':
      return 'it was not as described';
    case 'charged-wrongly':
      return 'it was charged wrongly';
    case 'unclear':
      return 'it is unclear how much of it took place';
    case 'other':
      return 'something else';
    default:
      return never(cause, 'cause');
  }
}
