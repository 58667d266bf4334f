import { describe, expect, test } from 'vitest';
import type { TimelineRow } from '#projections/queries.ts';
import { en } from './messages/en/index.ts';
import { timelineEntries, timelineLanes, type TimelineContext } from './timeline-words.ts';

const AT = Date.UTC(2026, 10, 21, 13, 0);
const HOUR = 3_600_000;

const row = (type: string, lane: TimelineRow['lane'], data: Record<string, unknown>, actor = 's1'): TimelineRow => ({
  position: '1',
  eventId: `event-${type}`,
  stream: `${lane}-b1`,
  revision: 0,
  lane,
  type,
  data: { bookingId: 'b1', ...data },
  actor: { kind: 'person', id: actor },
  actorName: actor === 'g1' ? 'Lakshmi Pillai' : null,
  occurredAt: AT,
  recordedAt: AT,
  correlationId: 'c',
  chain: '',
});

const context = (reader: TimelineContext['reader'], viewerId: string | null): TimelineContext => ({
  reader,
  viewerId,
  tutorId: 't1',
  tutorName: 'Ananya Krishnan',
  studentId: 's1',
  studentName: 'Rohan Mehta',
  zone: 'Asia/Kolkata',
});

const wordsOf = (rows: readonly TimelineRow[], reader: TimelineContext['reader'], viewer: string | null): string[] =>
  timelineEntries(rows, context(reader, viewer), en.timeline).map((entry) => entry.words);

const REQUESTED = row('BookingRequested', 'booking', {
  bookedBy: 's1',
  subject: 'JEE maths',
  startsAt: AT + 24 * HOUR,
  minutes: 60,
  price: 80_000,
  mode: 'instant',
  policy: { holdMs: 72 * HOUR },
});

describe('sentences speak to their reader', () => {
  test('the student reads “You”, the tutor reads the name', () => {
    expect(wordsOf([REQUESTED], 'student', 's1')).toEqual([
      'You asked for a seat: JEE maths, Sun 22 Nov, 6:30 pm IST, 60 minutes, ₹800.',
    ]);
    expect(wordsOf([REQUESTED], 'tutor', 't1')[0]).toMatch(/^Rohan Mehta asked/);
  });

  test('a lesson’s start has its day, also on the day itself; a deadline of that day needs none', () => {
    const moved = row(
      'RescheduleProposed',
      'booking',
      { by: 'tutor', startsAt: AT + HOUR, at: AT, answerBy: AT + HOUR },
      't1',
    );
    expect(wordsOf([moved], 'tutor', 't1')).toEqual([
      'You asked to move the lesson to Sat 21 Nov, 7:30 pm IST. The answer is due by 7:30 pm IST.',
    ]);
  });

  test('a guardian who booked reads “You”, the child’s tutor reads the guardian', () => {
    const byGuardian = row('BookingRequested', 'booking', { ...REQUESTED.data, bookedBy: 'g1' }, 'g1');
    expect(wordsOf([byGuardian], 'student', 'g1')[0]).toMatch(/^You asked/);
    expect(wordsOf([byGuardian], 'tutor', 't1')[0]).toMatch(/^Lakshmi Pillai asked/);
  });

  test('the student hears how long the money waits; the tutor reads of the hold in its own line', () => {
    const completed = row('BookingCompleted', 'booking', { outcome: 'held', t0: AT });
    expect(wordsOf([REQUESTED, completed], 'student', 's1')[1]).toBe(
      'The lesson counts as held. The money waits until Tue 24 Nov, 6:30 pm IST.',
    );
    const hold = row('HoldStarted', 'payout', { t0: AT, endsAt: AT + 72 * HOUR });
    expect(wordsOf([REQUESTED, completed, hold], 'tutor', 't1').slice(1)).toEqual([
      'The lesson counts as held.',
      'The money is on hold until Tue 24 Nov, 6:30 pm IST.',
    ]);
  });

  test('a free move waits for nobody, so nothing is said of an answer', () => {
    const asked = { by: 'student', startsAt: AT + 48 * HOUR, at: AT };
    const free = row('RescheduleProposed', 'booking', { ...asked, answerBy: AT });
    expect(wordsOf([free], 'student', 's1')).toEqual([
      'You chose another time for the lesson: Mon 23 Nov, 6:30 pm IST.',
    ]);
    const late = row('RescheduleProposed', 'booking', { ...asked, answerBy: AT + HOUR });
    expect(wordsOf([late], 'student', 's1')).toEqual([
      'You asked to move the lesson to Mon 23 Nov, 6:30 pm IST. The answer is due by 7:30 pm IST.',
    ]);
  });

  test('a late cancellation says who, how much and why', () => {
    const cancelled = row('BookingCancelled', 'booking', {
      by: 'student',
      reason: 'I am ill',
      rule: 'tier-4h',
      refund: 40_000,
    });
    const [entry] = timelineEntries([cancelled], context('student', 's1'), en.timeline);
    expect(entry?.words).toBe('You cancelled the lesson. ₹400 goes back.');
    expect(entry?.detail).toBe('It was less than 24 hours before the lesson, so half of it goes back. “I am ill”');
    expect(entry?.tone).toBe('loss');
  });
});

describe('who sees what', () => {
  const payout = row('TransferProcessed', 'payout', { transferId: 'trf_1', amount: 72_000 });
  const media = row('MediaStarted', 'lesson', { personId: 't1', direction: 'sent' });

  test('a payout is not shown to students, and is to the tutor', () => {
    expect(wordsOf([payout], 'student', 's1')).toEqual([]);
    expect(wordsOf([payout], 'tutor', 't1')).toEqual(['₹720 is at the payment provider, on hold.']);
  });

  test('ops see every event with its raw data, even a type that has no words yet', () => {
    const unknown = row('SomethingNew', 'booking', { x: 1 });
    const entries = timelineEntries([payout, media, unknown], context('ops', null), en.timeline);
    expect(entries.map((entry) => entry.words)).toEqual([
      '₹720 is at the payment provider, on hold.',
      'Ananya Krishnan sends sound or picture.',
      'SomethingNew',
    ]);
    expect(entries[2]?.raw).toMatchObject({ type: 'SomethingNew', data: { x: 1 } });
    expect(wordsOf([media, unknown], 'tutor', 't1')).toEqual([]);
  });

  test('only ops get raw data', () => {
    const [entry] = timelineEntries([REQUESTED], context('student', 's1'), en.timeline);
    expect(entry?.raw).toBeUndefined();
  });

  test('money that goes back counts against the account', () => {
    const refunded = row('RefundProcessed', 'payment', { amount: 40_000 });
    expect(timelineEntries([refunded], context('student', 's1'), en.timeline)[0]?.amount).toBe(-40_000);
  });
});

test('an event with missing fields still has a sentence', () => {
  const types = Object.keys(en.timeline.events);
  expect(types.length).toBeGreaterThan(40);
  for (const type of types) {
    const [entry] = timelineEntries([row(type, 'lesson', {})], context('ops', null), en.timeline);
    expect(entry?.words, type).not.toBe('');
    expect(entry?.words, type).not.toMatch(/undefined|NaN/);
  }
});

test('“You” never stands inside a sentence, whatever the reason', () => {
  const reasons = [
    'left',
    'disconnected',
    'replaced',
    'removed',
    'node-lost',
    'lesson-ended',
    'already-booked',
    'lapsed',
  ];
  for (const viewer of ['s1', 't1']) {
    const rows = Object.keys(en.timeline.events).flatMap((type) =>
      reasons.map((reason) => row(type, 'lesson', { reason, personId: viewer, studentId: viewer, bookedBy: viewer })),
    );
    const said = wordsOf(rows, viewer === 's1' ? 'student' : 'tutor', viewer);
    expect(said.filter((words) => /\S You\b/.test(words) && !/\. You\b/.test(words))).toEqual([]);
    expect(said.filter((words) => /You (was|has)\b|You’s/.test(words))).toEqual([]);
  }
});

test('lanes keep their order', () => {
  expect(timelineLanes(en.timeline).map((lane) => lane.id)).toEqual([
    'booking',
    'calendar',
    'payment',
    'payout',
    'dispute',
    'chargeback',
    'lesson',
  ]);
});
