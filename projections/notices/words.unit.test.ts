import { describe, expect, test } from 'vitest';
import type { Lesson, NoticeKind } from './notice.ts';
import { moment, rupees, wordsFor, type Reader } from './words.ts';

const lesson: Lesson = {
  bookingId: 'b1',
  lessonId: 'l1',
  tutorId: 't1',
  studentId: 's1',
  subject: 'Mathematics',
  startsAt: Date.UTC(2026, 10, 23, 11, 30),
  minutes: 60,
};
const student: Reader = {
  side: 'student',
  zone: 'Asia/Kolkata',
  actsFor: null,
  tutorName: 'Asha Rao',
  studentName: 'Ravi',
};

describe('NO5: words', () => {
  test('money is written in rupees, with paise only when there are some', () => {
    expect([rupees(80_000), rupees(12_345_600), rupees(79_950)]).toEqual(['₹800', '₹1,23,456', '₹799.50']);
  });

  test('an instant is written in the reader’s zone, with the zone written out', () => {
    expect(moment(lesson.startsAt, 'Asia/Kolkata')).toBe('Monday 23 November 2026, 5:00 pm (Asia/Kolkata)');
    expect(moment(lesson.startsAt, 'Europe/Berlin')).toContain('12:30 pm (Europe/Berlin)');
  });

  test('NO6: a cancellation says how much goes back, and to the tutor what becomes of the payout', () => {
    const about = (refund: number): NoticeKind => ({
      kind: 'booking-cancelled',
      by: 'student',
      rule: 'tier-4h',
      refund,
      price: 80_000,
    });
    expect(wordsFor(about(80_000), lesson, student).body).toContain('All of it, ₹800, goes back to you.');
    expect(wordsFor(about(40_000), lesson, student).body).toContain('₹400 of ₹800 goes back to you.');
    expect(wordsFor(about(0), lesson, student).body).toContain('Nothing goes back');
    expect(wordsFor(about(80_000), lesson, { ...student, side: 'tutor' }).body).toContain('no payout');
  });

  test('a guardian reads whom it is for', () => {
    const about: NoticeKind = { kind: 'booking-confirmed', price: 80_000 };
    expect(wordsFor(about, lesson, { ...student, actsFor: 'Ravi' }).body).toContain('60 minutes for Ravi');
  });
});
