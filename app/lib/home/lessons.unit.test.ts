import { describe, expect, it } from 'vitest';
import type { LessonRow } from '#projections/queries.ts';
import { doorOf, homeLesson, OPENS_BEFORE_MS } from './lessons.ts';

const row: LessonRow = {
  lessonId: 'l1',
  code: 'nx-abc',
  tutorId: 'tutor',
  tutorName: 'Ananya',
  subject: 'Maths',
  startsAt: 10_000_000,
  minutes: 60,
  study: null,
  seats: 3,
  state: 'scheduled',
  startedAt: null,
  endedAt: null,
  endedBy: null,
  students: [
    { bookingId: 'b1', studentId: 's1', name: 'Rohan' },
    { bookingId: 'b2', studentId: 's2', name: 'Kabir' },
  ],
};

describe('a lesson on /home', () => {
  it('shows the tutor their students, and the student their tutor and booking', () => {
    expect(homeLesson(row, 'tutor', [])).toMatchObject({ as: 'host', withNames: ['Rohan', 'Kabir'], bookingId: null });
    expect(homeLesson(row, 's2', [])).toMatchObject({ as: 'participant', withNames: ['Ananya'], bookingId: 'b2' });
  });

  it('shows a guardian whose lesson it is, and no other child', () => {
    const seen = homeLesson(row, 'parent', ['s1']);
    expect(seen).toMatchObject({ as: 'guardian', forName: 'Rohan', withNames: ['Ananya'], bookingId: 'b1' });
    expect(homeLesson(row, 'stranger', ['s9'])).toBeNull();
  });
});

describe('the door of the classroom', () => {
  const lesson = homeLesson(row, 's1', []);
  if (!lesson) throw new Error('the student must see their lesson');
  const opens = row.startsAt - OPENS_BEFORE_MS;

  it('opens 15 minutes before the start, to the millisecond', () => {
    expect(doorOf(lesson, opens - 1, [])).toBe('closed');
    expect(doorOf(lesson, opens, [])).toBe('open');
  });

  it('expects the student as soon as the tutor was heard to come in, whatever the page had loaded', () => {
    expect(doorOf(lesson, opens - 1, ['nx-abc'])).toBe('expected');
    expect(doorOf({ ...lesson, as: 'host' }, opens, ['nx-abc'])).toBe('open');
  });

  it('is live only when the lesson itself has begun', () => {
    expect(doorOf({ ...lesson, live: true }, opens, [])).toBe('live');
    expect(doorOf({ ...lesson, live: true }, opens, ['nx-abc'])).toBe('live');
  });

  it('is not for guardians', () => {
    expect(doorOf({ ...lesson, as: 'guardian' }, opens, ['nx-abc'])).toBe('watch');
  });
});
