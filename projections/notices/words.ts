/** The words of notices and mails: short, in the reader's words, with what it means and what they can do (PRODUCT.md, Voice). */
import { never } from '#events/shared/never.ts';
import { accountWords } from './account-words.ts';
import { caseWords } from './case-words.ts';
import { moment, rupees } from './format.ts';
import { groupWords } from './group-words.ts';
import { moneyWords } from './money-words.ts';
import type { AccountKind, BookingKind, GroupKind, Lesson, LessonKind, Notice } from './notice.ts';
import { placeOf, type Reader, type Words } from './reader.ts';

export { moment, rupees } from './format.ts';
export type { Reader, Words } from './reader.ts';

export function wordsFor(notice: Notice, reader: Reader): Words {
  if (notice.lesson !== null) return lessonWords(notice.about, notice.lesson, reader);
  return isGroup(notice.about) ? groupWords(notice.about) : accountWords(notice.about, reader);
}

const isGroup = (about: AccountKind | GroupKind): about is GroupKind =>
  about.kind === 'group-invited' ||
  about.kind === 'group-removed' ||
  about.kind === 'group-handed-over' ||
  about.kind === 'addressed';

function lessonWords(about: LessonKind, lesson: Lesson, reader: Reader): Words {
  switch (about.kind) {
    case 'payment-received':
    case 'refund-on-its-way':
    case 'refund-delayed':
    case 'refund-done':
    case 'transfer-held':
    case 'payout-on-hold':
    case 'payout-paused':
    case 'payout-resumed':
    case 'payout-reduced':
    case 'payout-cancelled':
    case 'payout-released':
    case 'payout-settled':
    case 'clawback':
      return moneyWords(about, lesson, reader);
    case 'dispute-opened':
    case 'dispute-answer-due':
    case 'dispute-answered':
    case 'dispute-statement':
    case 'dispute-under-review':
    case 'dispute-withdrawn':
    case 'dispute-resolved':
    case 'second-person-needed':
    case 'chargeback-opened':
    case 'chargeback-action-required':
    case 'chargeback-won':
    case 'chargeback-lost':
    case 'chargeback-closed':
      return caseWords(about, lesson, reader);
    default:
      return bookingWords(about, lesson, reader);
  }
}

function bookingWords(about: BookingKind, lesson: Lesson, reader: Reader): Words {
  const { subject } = lesson;
  const { zone, tutorName, studentName } = reader;
  const { when, forWhom, tutor, booking, other } = placeOf(lesson, reader);
  const page = `/bookings/${lesson.bookingId}`;

  switch (about.kind) {
    case 'request-received':
      return {
        title: `${studentName} asks for a lesson`,
        body: `${subject}, ${when}. Accept or decline by ${moment(about.answerBy, zone)}; after that the request lapses.`,
        href: '/tutor/calendar',
      };
    case 'request-accepted':
      return {
        title: `${tutorName} accepted your request`,
        body: `${subject}${forWhom}, ${when}. Your seat is kept until ${moment(about.payBy, zone)}. Pay by then to confirm it.`,
        href: booking,
      };
    case 'request-declined':
      return {
        title:
          about.reason === 'by-tutor' ? `${tutorName} cannot take this lesson` : `${tutorName} did not answer in time`,
        body: `${subject}${forWhom}, ${when}. You have not been charged. You can choose another time or another tutor.`,
        href: '/tutors',
      };
    case 'booking-confirmed':
      return {
        title: `Booked: ${subject} with ${tutorName}`,
        body: `${when}, ${lesson.minutes} minutes${forWhom}. You paid ${rupees(about.price)}. The classroom opens 15 minutes before the start.`,
        href: booking,
      };
    case 'booking-received':
      return {
        title: `${studentName} booked ${subject}`,
        body: `${when}, ${lesson.minutes} minutes. It is paid. The classroom opens 15 minutes before the start.`,
        href: booking,
      };
    case 'payment-expired':
      return {
        title: 'Your seat was not paid in time',
        body: `${subject} with ${tutorName}, ${when}${forWhom}. The seat is free again. If money leaves your account for it, all of it comes back.`,
        href: booking,
      };
    case 'booking-cancelled':
      return cancelled(about, lesson, reader, booking);
    case 'lesson-started':
      return {
        title: `${tutorName} is in the classroom`,
        body: `Your ${subject} lesson is open. Join now.`,
        href: `/lessons/${about.code}`,
      };
    case 'lesson-soon':
      return {
        title: about.hours === 1 ? `${subject} starts in an hour` : `${subject} is tomorrow`,
        body: `With ${other}, ${when}${forWhom}.`,
        href: booking,
      };
    case 'under-review':
      return {
        title: 'We are looking at this lesson',
        body: `${subject} with ${other}, ${when}. It is not plain from the record how much of it took place. The money stays where it is until that is decided.`,
        href: booking,
      };
    case 'reschedule-proposed': {
      const who = about.by === 'tutor' ? tutorName : studentName;
      return {
        title: `${who} asks to move ${subject}`,
        body: `From ${when} to ${moment(about.wanted, zone)}${forWhom}. Agree or decline by ${moment(about.answerBy, zone)}; without an answer the lesson stays where it is. Nothing changes about the price.`,
        href: page,
      };
    }
    case 'reschedule-agreed':
      return {
        title: `${about.by === 'tutor' ? tutorName : studentName} agreed to the new time`,
        body: `${subject}, ${moment(about.wanted, zone)}${forWhom}. We are taking that seat for you now.`,
        href: page,
      };
    case 'reschedule-declined':
      return {
        title: `${subject} stays where it is`,
        body: `${when}${forWhom}. ${notMoved(about, reader)}`,
        href: page,
      };
    case 'booking-moved': {
      const capped = tutor || about.refundCapPct >= 100 ? '' : ` ${cap(about.refundCapPct)}`;
      return {
        title: `${subject} was moved`,
        body: `With ${other}${forWhom}: now ${when}, ${lesson.minutes} minutes; before, ${moment(about.previously, zone)}. The price stays the same.${capped}`,
        href: page,
      };
    }
    default:
      return never(about, 'notice');
  }
}

const cap = (percent: number): string =>
  percent === 0
    ? 'If you cancel it, nothing goes back, as before the move.'
    : `If you cancel it, at most ${percent} % goes back, as before the move.`;

function notMoved(about: Extract<BookingKind, { kind: 'reschedule-declined' }>, reader: Reader): string {
  const wanted = moment(about.wanted, reader.zone);
  switch (about.reason) {
    case 'by-other-side':
      return `The other side cannot come on ${wanted}. You can ask for another time.`;
    case 'withdrawn':
      return `The request for ${wanted} was withdrawn.`;
    case 'lapsed':
      return `Nobody answered the request for ${wanted} in time.`;
    case 'seat-taken':
      return `The seat on ${wanted} went to somebody else a moment before. You can ask for another time.`;
    case 'not-available':
      return `${wanted} is not free any more. You can ask for another time.`;
    default:
      return never(about.reason, 'reason');
  }
}

function cancelled(
  about: Extract<BookingKind, { kind: 'booking-cancelled' }>,
  lesson: Lesson,
  reader: Reader,
  href: string,
): Words {
  const { subject } = lesson;
  const { by, rule, refund, price } = about;
  const when = moment(lesson.startsAt, reader.zone);
  const untaught = rule === 'tutor-no-show' || rule === 'nobody';
  const title = untaught ? `${subject} did not take place` : `${subject} was cancelled`;
  const who = untaught
    ? rule === 'nobody'
      ? 'Nobody came to the classroom.'
      : `${reader.tutorName} did not come.`
    : rule === 'review'
      ? 'We looked at it and decided.'
      : by === 'platform'
        ? 'We cancelled it.'
        : `${by === 'tutor' ? reader.tutorName : reader.studentName} cancelled it.`;
  if (reader.side === 'tutor') {
    const money =
      refund >= price
        ? 'The payment goes back, so there is no payout.'
        : 'Your part of what is kept is paid out after the hold.';
    return {
      title,
      body: `With ${reader.studentName}, ${when}. ${who} ${refund === 0 && price === 0 ? '' : money}`.trim(),
      href,
    };
  }
  const money =
    refund >= price
      ? `All of it, ${rupees(refund)}, goes back to you.`
      : refund > 0
        ? `${rupees(refund)} of ${rupees(price)} goes back to you.`
        : rule === 'moved'
          ? 'Nothing goes back: it was moved when nothing would have gone back.'
          : 'Nothing goes back, because it was less than 4 hours before the start.';
  return { title, body: `With ${reader.tutorName}, ${when}. ${who} ${money}`, href };
}
