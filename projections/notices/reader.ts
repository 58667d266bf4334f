import { moment } from './format.ts';
import type { Lesson } from './notice.ts';

export interface Reader {
  /** `tutor` teaches this lesson, `ops` decide about it; everyone else stands on the student's side. */
  readonly side: 'tutor' | 'student' | 'ops';
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

/** The lesson as this reader knows it. */
export function placeOf(lesson: Lesson, reader: Reader) {
  const { bookingId, startsAt, subject } = lesson;
  const { side, zone, tutorName, studentName } = reader;
  const tutor = side === 'tutor';
  const when = moment(startsAt, zone);
  const forWhom = reader.actsFor === null ? '' : ` for ${reader.actsFor}`;
  const other = tutor ? studentName : tutorName;
  return {
    tutor,
    when,
    forWhom,
    other,
    /** Physics with Asha Rao, Monday …: which lesson it is about. */
    lesson:
      side === 'ops'
        ? `${subject}, ${tutorName} and ${studentName}, ${when}`
        : `${subject} with ${other}${forWhom}, ${when}`,
    booking: side === 'ops' ? `/ops/cases/${bookingId}` : tutor ? '/tutor/calendar' : `/bookings/${bookingId}`,
    /** Where the reader sees its money. */
    money: side === 'ops' ? `/ops/cases/${bookingId}` : tutor ? '/tutor/earnings' : `/bookings/${bookingId}`,
  };
}
