/** The lesson receipt of one booking (PR4, PR5): what was taught for what was paid. Pure; paise, business ms. */
import { canonicalJson } from '#events/store/canonical.ts';
import { hex } from '#events/store/audit/format.ts';
import { sha256 } from '#events/store/audit/merkle.ts';
import type { Paper } from '#platform/pdf/paper.ts';
import type { AttendanceRow, BookingRow, ChargebackRow, EarningRow, TimelineRow } from '#projections/queries.ts';
import type { Messages } from '../../lib/messages/index.ts';
import { lessonFacts, type LessonPaper } from '../../lib/papers/lesson-receipt.ts';
import { formatDate } from '../../lib/ui/time.ts';

const MINUTE_MS = 60_000;

export interface LessonOf {
  readonly booking: BookingRow;
  readonly rows: readonly TimelineRow[];
  readonly attendance: readonly AttendanceRow[];
  readonly bank: readonly ChargebackRow[];
  readonly payout: Pick<EarningRow, 'releaseAt' | 'releasedAt' | 'state' | 'pauses'> | null;
}

const minutesIn = (row: TimelineRow, key: string): number => {
  const value = row.data[key];
  return typeof value === 'number' ? Math.floor(value / MINUTE_MS) : 0;
};

const PAID = ['PaymentCaptured', 'SurplusPaymentDetected'];

/** What changes something that the receipt says, so that two receipts as of one moment are the same. */
const TOLD = [
  ...PAID,
  'OutcomeDecided',
  'RefundProcessed',
  'HoldStarted',
  'HoldLifted',
  'PayoutPaused',
  'PayoutResumed',
  'PayoutDisputed',
  'PayoutDisputeClosed',
  'ReleaseAuthorized',
  'PayoutCancelled',
  'ReversalRequested',
  'ReversalFailed',
  'TransferReversed',
  'ChargebackLost',
  'DisputeResolved',
];

/** A payout that is paused, or waits for a decision, has no day. */
function comesFreeAt(payout: LessonOf['payout']): number | null {
  if (payout?.state !== 'hold-running') return null;
  const { releaseAt, pauses } = payout;
  const held = pauses.some(({ until }) => until === null || releaseAt === null || until >= releaseAt);
  return held ? null : releaseAt;
}

/** Null until it is decided what came of the lesson, and for a booking without one. */
export function lessonPaper({ booking, rows, attendance, bank, payout }: LessonOf): LessonPaper | null {
  const { bookingId, lessonId, code, tutorId, studentId } = booking;
  const decided = rows.findLast((row) => row.type === 'OutcomeDecided' && row.data['bookingId'] === bookingId);
  if (!decided || lessonId === null || code === null) return null;
  const { outcome } = decided.data;
  const turned = rows.filter((row) => row.type === 'PageTurned' && row.data['lessonId'] === lessonId);
  const worked = (personId: string): number =>
    attendance.find((row) => row.personId === personId)?.workedMinutes.length ?? 0;
  const released = payout?.releasedAt ?? null;
  const paid = rows.reduce((sum, { type, data: { amount } }) => {
    // What was paid once too often too: its refund is counted among what went back.
    return PAID.includes(type) && typeof amount === 'number' ? sum + amount : sum;
  }, 0);
  return {
    bookingId,
    code,
    subject: booking.subject,
    tutorName: booking.tutorName,
    studentName: booking.studentName,
    startsAt: booking.startsAt,
    minutes: booking.minutes,
    outcome: typeof outcome === 'string' ? outcome : '',
    taughtMinutes: minutesIn(decided, 'taughtMs'),
    presentMinutes: minutesIn(decided, 'presentMs'),
    heldMinutes: minutesIn(decided, 'heldMs'),
    pages: new Set(turned.map((row) => row.data['page'])).size,
    tutorWorked: worked(tutorId),
    studentWorked: worked(studentId),
    paid,
    back: booking.refunded + bank.reduce((sum, { lost }) => sum + lost, 0),
    releaseAt: released ?? comesFreeAt(payout),
    released: released !== null,
    asOf: Math.max(...rows.flatMap((row) => (TOLD.includes(row.type) ? [row.occurredAt] : []))),
  };
}

/** What the signed file and the PDF of one receipt have in common, so that each can be held against the other. */
export const fingerprintOf = (paper: LessonPaper): string =>
  hex(sha256(new TextEncoder().encode(canonicalJson(paper))));

/** @param zone IANA, of its times */
export function lessonReceipt(paper: LessonPaper, messages: Messages, zone: string): Paper {
  const m = messages.papers.lesson;
  const day = formatDate(paper.asOf, zone, 0);
  return {
    title: m.title,
    author: 'NexusEd',
    madeAt: paper.asOf,
    footer: m.footer(paper.bookingId, day),
    parts: [
      { kind: 'paragraph', tone: 'strong', text: m.lead(paper.heldMinutes, paper.subject, paper.tutorName) },
      { kind: 'facts', rows: lessonFacts(paper, messages, zone) },
      { kind: 'paragraph', tone: 'quiet', text: m.how },
      { kind: 'paragraph', tone: 'quiet', text: m.fingerprint(fingerprintOf(paper)) },
    ],
  };
}
