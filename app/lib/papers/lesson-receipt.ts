/**
 * What a lesson receipt says, and how it is told: the file that is signed, the PDF and the page that checks the file have
 * it from here. Pure; paise, business ms.
 */
import type { Messages } from '../messages/index.ts';
import { formatMoney } from '../ui/money.ts';
import { formatClock, formatDate, zoneShort } from '../ui/time.ts';

export interface LessonPaper {
  readonly bookingId: string;
  readonly code: string;
  readonly subject: string;
  readonly tutorName: string;
  readonly studentName: string;
  /** As booked. */
  readonly startsAt: number;
  readonly minutes: number;
  /** What was decided from the facts: an outcome of PRODUCT.md. */
  readonly outcome: string;
  /** Whole minutes in which the tutor taught, the student was present, and both at once. */
  readonly taughtMinutes: number;
  readonly presentMinutes: number;
  readonly heldMinutes: number;
  /** Pages of the board to which the class was turned. */
  readonly pages: number;
  /** Minutes in which each worked on board or chat. */
  readonly tutorWorked: number;
  readonly studentWorked: number;
  readonly paid: number;
  /** What went back, by us or by the payer’s bank. */
  readonly back: number;
  /** When the money goes to the tutor, or went; null: it does not, or it is not known yet. */
  readonly releaseAt: number | null;
  readonly released: boolean;
  /** Of the newest fact in it. */
  readonly asOf: number;
}

type Field = keyof LessonPaper;
const TEXT: readonly Field[] = ['bookingId', 'code', 'subject', 'tutorName', 'studentName', 'outcome'];
const NUMBERS: readonly Field[] = [
  'startsAt',
  'minutes',
  'taughtMinutes',
  'presentMinutes',
  'heldMinutes',
  'pages',
  'tutorWorked',
  'studentWorked',
  'paid',
  'back',
  'asOf',
];

/** Whole, and an instant where it is one: dates end at 8.64e15 ms. */
export const isWhole = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Math.abs(Number(value)) <= 8.64e15;

/** Whether a signed file of this kind has what the kind promises: another key signs what it likes. */
export function isLessonPaper(value: object): value is LessonPaper {
  const of = new Map<string, unknown>(Object.entries(value));
  const releaseAt = of.get('releaseAt');
  return (
    TEXT.every((field) => typeof of.get(field) === 'string') &&
    NUMBERS.every((field) => isWhole(of.get(field))) &&
    (releaseAt === null || isWhole(releaseAt)) &&
    typeof of.get('released') === 'boolean' &&
    of.size === TEXT.length + NUMBERS.length + 2
  );
}

/** Label and value, in the order of the paper. @param zone IANA */
export function lessonFacts(
  paper: LessonPaper,
  messages: Messages,
  zone: string,
): readonly (readonly [label: string, value: string])[] {
  const m = messages.papers.lesson;
  const outcomes: Readonly<Record<string, string>> = m.outcomes;
  const money = (paise: number): string => formatMoney(paise, { paise: 'always' });
  // A paper is read years later: every date has its year.
  const when = (at: number): string => `${formatDate(at, zone, 0)}, ${formatClock(at, zone)} (${zoneShort(at, zone)})`;
  return [
    [m.student, paper.studentName],
    [m.tutor, paper.tutorName],
    [m.subject, paper.subject],
    [m.when, m.booked(when(paper.startsAt), paper.minutes)],
    [m.outcome, outcomes[paper.outcome] ?? paper.outcome],
    [m.taught, m.minutes(paper.taughtMinutes)],
    [m.present, m.minutes(paper.presentMinutes)],
    [m.held, m.heldOf(paper.heldMinutes, paper.minutes)],
    [m.pages, m.pagesOf(paper.pages)],
    [m.worked, m.workedBy(paper.tutorWorked, paper.studentWorked)],
    [m.paid, paper.back > 0 ? m.paidLess(money(paper.paid), money(paper.back)) : money(paper.paid)],
    [
      m.release,
      paper.releaseAt === null
        ? paper.back < paper.paid
          ? m.noDay
          : m.nothing
        : m.releaseAt(when(paper.releaseAt), paper.released),
    ],
    [m.booking, `${paper.bookingId} (${paper.code})`],
    [m.asOf, when(paper.asOf)],
  ];
}
