import { describe, expect, it } from 'vitest';
import { pdf } from '#platform/pdf/pdf.server.ts';
import type { AttendanceRow, TimelineRow } from '#projections/queries.ts';
import { BOOKING, EARNING } from './api/stub.ts';
import { readPdf } from './support/pdf-text.ts';
import { messagesIn } from '#app/lib/messages/index.ts';
import { isLessonPaper, lessonFacts } from '#app/lib/papers/lesson-receipt.ts';
import { fingerprintOf, lessonPaper, lessonReceipt, type LessonOf } from '#app/server/papers/lesson-receipt.ts';

const words = messagesIn('en');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const row = (type: string, data: Readonly<Record<string, unknown>>, occurredAt = BOOKING.startsAt): TimelineRow => ({
  position: '1',
  eventId: type,
  stream: 'x',
  revision: 0,
  lane: 'lesson',
  type,
  data,
  actor: { kind: 'system', id: 'x' },
  actorName: null,
  occurredAt,
  recordedAt: occurredAt,
  correlationId: 'c',
  chain: 'c',
});

const outcome = (bookingId: string, heldMs: number, outcome = 'held'): TimelineRow =>
  row(
    'OutcomeDecided',
    { bookingId, lessonId: 'l-1', outcome, t0: 1, taughtMs: 58 * MINUTE, presentMs: 57 * MINUTE + 59_000, heldMs },
    BOOKING.startsAt + HOUR,
  );

const attended = (personId: string, minutes: number): AttendanceRow => ({
  personId,
  name: personId,
  role: 'participant',
  here: [],
  sent: [],
  received: [],
  away: [],
  workedMinutes: Array.from({ length: minutes }, (_, minute) => minute * MINUTE),
  hereMs: 0,
  awayMs: 0,
});

const of = (over: Partial<LessonOf> = {}): LessonOf => ({
  booking: BOOKING,
  rows: [
    row('PaymentCaptured', { amount: 80_000 }, BOOKING.startsAt - HOUR),
    row('PageTurned', { lessonId: 'l-1', page: '1' }),
    row('PageTurned', { lessonId: 'l-1', page: '2' }),
    row('PageTurned', { lessonId: 'l-1', page: '1' }),
    row('PageTurned', { lessonId: 'an-earlier-one', page: '9' }),
    outcome('b-asha', 56 * MINUTE),
    // Of another seat in the same lesson.
    outcome('b-rohan', 3 * MINUTE, 'unclear'),
  ],
  attendance: [attended('kavita', 41), attended('asha', 12), attended('rohan', 50)],
  bank: [],
  payout: { ...EARNING, state: 'hold-running', releaseAt: BOOKING.startsAt + 73 * HOUR, releasedAt: null },
  ...over,
});

const paperOf = (over: Partial<LessonOf> = {}) => {
  const paper = lessonPaper(of(over));
  if (!paper) throw new Error('There is no receipt');
  return paper;
};

describe('a lesson receipt', () => {
  it('[PR4] says what was taught for what was paid, of this seat alone', () => {
    expect(paperOf()).toMatchObject({
      bookingId: 'b-asha',
      outcome: 'held',
      taughtMinutes: 58,
      presentMinutes: 57,
      heldMinutes: 56,
      pages: 2,
      tutorWorked: 41,
      studentWorked: 12,
      paid: 80_000,
      back: 0,
      releaseAt: BOOKING.startsAt + 73 * HOUR,
      released: false,
      asOf: BOOKING.startsAt + HOUR,
    });
    expect(JSON.stringify(paperOf())).not.toMatch(/rohan|secret/i);
  });

  it('[PR4] names no day for money that waits for a decision, was called off, or has gone back', () => {
    for (const state of ['disputed', 'held', 'reversed', 'cancelled'] as const)
      expect(paperOf({ payout: { ...EARNING, state } }).releaseAt, state).toBeNull();
    expect(paperOf({ payout: null }).releaseAt).toBeNull();
    for (const until of [null, BOOKING.startsAt + 99 * HOUR]) {
      const pauses = [{ reason: 'chargeback', until }] as const;
      expect(paperOf({ payout: { ...EARNING, releaseAt: BOOKING.startsAt + 73 * HOUR, pauses } }).releaseAt).toBeNull();
    }
    const released = paperOf({ payout: { ...EARNING, state: 'settled', releasedAt: 7 } });
    expect(released).toMatchObject({ releaseAt: 7, released: true });
    expect(paperOf({ booking: { ...BOOKING, refunded: 30_000 } }).back).toBe(30_000);
  });

  it('[PR4] counts what was paid once too often as paid, as its refund counts as gone back', () => {
    const twice = [...of().rows, row('SurplusPaymentDetected', { amount: 80_000 }, BOOKING.startsAt)];
    expect(paperOf({ rows: twice, booking: { ...BOOKING, refunded: 80_000 } })).toMatchObject({
      paid: 160_000,
      back: 80_000,
    });
  });

  it('[PR4] is as of the newest fact that changes what it says', () => {
    for (const type of [
      'ReleaseAuthorized',
      'PayoutCancelled',
      'ReversalFailed',
      'ChargebackLost',
      'PayoutPaused',
      'TransferReversed',
      'RefundProcessed',
    ]) {
      const later = row(type, {}, BOOKING.startsAt + 50 * HOUR);
      expect(paperOf({ rows: [...of().rows, later] }).asOf, type).toBe(later.occurredAt);
    }
  });

  it('[PR4] there is none before the outcome is known, nor without a lesson', () => {
    expect(lessonPaper(of({ rows: of().rows.filter(({ type }) => type !== 'OutcomeDecided') }))).toBeNull();
    expect(lessonPaper(of({ rows: [outcome('b-rohan', 1)] }))).toBeNull();
    expect(lessonPaper(of({ booking: { ...BOOKING, lessonId: null } }))).toBeNull();
  });

  it('[PR3, PR5] prints all of it with its fingerprint, the same bytes each time', async () => {
    const paper = paperOf({ booking: { ...BOOKING, studentName: 'आशा' } });
    const bytes = () => pdf(lessonReceipt(paper, words, 'Asia/Kolkata'));
    const { pages } = await readPdf(await bytes());
    const text = pages.join(' ').replaceAll(/\s+/g, ' ');
    for (const [, value] of lessonFacts(paper, words, 'Asia/Kolkata')) expect(text).toContain(value);
    expect(text).toContain(fingerprintOf(paper).slice(0, 40));
    expect((await bytes()).equals(await bytes())).toBe(true);
  });

  it('[PR5] a signed file that is not made like one is not told as one', () => {
    expect(isLessonPaper(paperOf())).toBe(true);
    expect(isLessonPaper(JSON.parse(JSON.stringify(paperOf())) as object)).toBe(true);
    for (const wrong of [
      {},
      { ...paperOf(), minutes: '60' },
      { ...paperOf(), note: 'x' },
      { ...paperOf(), startsAt: 1e300 },
      { ...paperOf(), paid: 0.5 },
      { ...paperOf(), releaseAt: 'x' },
    ])
      expect(isLessonPaper(wrong)).toBe(false);
  });
});
