import { expect, it } from 'vitest';
import { percentOf, progressOf, type HeldLesson } from './progress.ts';

const MINUTE = 60_000;
const lesson = (over: Partial<HeldLesson> = {}): HeldLesson => ({
  studentId: 's1',
  studentName: 'Rohan',
  subject: 'Maths',
  bookedMs: 60 * MINUTE,
  hereMs: 45 * MINUTE,
  ...over,
});

it('adds lessons and minutes by person and subject', () => {
  const lines = progressOf([
    lesson(),
    lesson({ hereMs: 60 * MINUTE }),
    lesson({ subject: 'Physics' }),
    lesson({ studentId: 's2' }),
  ]);
  expect(lines.map((line) => [line.studentId, line.subject, line.lessons, line.hereMs / MINUTE])).toEqual([
    ['s1', 'Maths', 2, 105],
    ['s2', 'Maths', 1, 45],
    ['s1', 'Physics', 1, 45],
  ]);
});

it('counts nobody beyond the booked time', () => {
  expect(progressOf([lesson({ hereMs: 90 * MINUTE })])[0]?.hereMs).toBe(60 * MINUTE);
  expect(percentOf(45, 60)).toBe(75);
  expect(percentOf(1, 0)).toBe(0);
});
