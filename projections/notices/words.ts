/** The words of notices and mails: short, in the reader's words, with what it means and what they can do (PRODUCT.md, Voice). */
import { never } from '#events/shared/never.ts';
import type { Lesson, NoticeKind } from './notice.ts';

export interface Reader {
  /** `tutor` teaches this lesson; everyone else stands on the student's side. */
  readonly side: 'tutor' | 'student';
  /** IANA zone. */
  readonly zone: string;
  /** Set when the reader is not the student but acts for them. */
  readonly actsFor: string | null;
  readonly tutorName: string;
  readonly studentName: string;
}

export interface Words {
  readonly title: string;
  readonly body: string;
  /** Path in the product. */
  readonly href: string;
}

/** 80,000 paise → ₹800. */
export function rupees(paise: number): string {
  const digits = paise % 100 === 0 ? 0 : 2;
  return new Intl.NumberFormat('en-IN', {
    style: 'currency',
    currency: 'INR',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(paise / 100);
}

/** Monday 23 November 2026, 5:00 pm (Asia/Kolkata). */
export function moment(at: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-IN', {
    timeZone: zone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
  }).formatToParts(at);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  const time = `${part('hour')}:${part('minute')} ${part('dayPeriod').toLowerCase()}`.trim();
  return `${part('weekday')} ${part('day')} ${part('month')} ${part('year')}, ${time} (${zone})`;
}

export function day(at: number, zone: string): string {
  return new Intl.DateTimeFormat('en-IN', { timeZone: zone, day: 'numeric', month: 'long' }).format(at);
}

export function wordsFor(about: NoticeKind, lesson: Lesson, reader: Reader): Words {
  const { subject, startsAt, bookingId } = lesson;
  const { zone, tutorName, studentName } = reader;
  const when = moment(startsAt, zone);
  const forWhom = reader.actsFor === null ? '' : ` for ${reader.actsFor}`;
  const tutor = reader.side === 'tutor';
  const booking = tutor ? '/tutor/calendar' : `/bookings/${bookingId}`;
  const other = tutor ? studentName : tutorName;

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
    case 'refund-on-its-way':
      return {
        title: `${rupees(about.amount)} is on its way back to you`,
        body: `For ${subject} with ${tutorName}${forWhom}. It reaches the account you paid from by ${day(about.expectedBy, zone)} at the latest.`,
        href: booking,
      };
    case 'refund-done':
      return {
        title: `${rupees(about.amount)} was refunded`,
        body: `For ${subject} with ${tutorName}${forWhom}. Your bank may take a few days to show it.`,
        href: booking,
      };
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
    case 'payout-on-hold':
      return {
        title: `${rupees(about.amount)} is on hold for you`,
        body: `${subject} with ${studentName}, ${when}. It is released on ${moment(about.releaseAt, zone)} unless the lesson is being looked into.`,
        href: '/tutor/earnings',
      };
    case 'payout-released':
      return {
        title: `${rupees(about.amount)} was released to you`,
        body: `${subject} with ${studentName}, ${when}. Your bank receives it with the next settlement, usually the next working day.`,
        href: '/tutor/earnings',
      };
    default:
      return never(about, 'notice');
  }
}

function cancelled(
  about: Extract<NoticeKind, { kind: 'booking-cancelled' }>,
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
        : 'Nothing goes back, because it was less than 4 hours before the start.';
  return { title, body: `With ${reader.tutorName}, ${when}. ${who} ${money}`, href };
}
