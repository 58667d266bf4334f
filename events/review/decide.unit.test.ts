import { describe, it } from 'vitest';
import { specFor } from '../shared/given.ts';
import { decide } from './decide.ts';
import { evolve, initial, type ReviewEvent } from './events.ts';

const given = specFor({ initial, evolve, decide });
const review = { bookingId: 'b1', tutorId: 't1', studentId: 's1', rating: 5, text: 'Clear and kind.' };
const write = (change: Partial<typeof review> = {}, now = 7) =>
  ({ type: 'WriteReview', data: { ...review, ...change }, now }) as const;
const written: ReviewEvent = { type: 'ReviewWritten', data: { ...review, writtenAt: 7 } };

describe('review', () => {
  it('RE1: is written once a booking', () => {
    given([]).when(write()).then([written]);
    given([written]).when(write({}, 9)).then([]);
    given([written])
      .when(write({ rating: 1 }))
      .then('already-reviewed');
  });
  it.each([0, 6, 4.5, Number.NaN])('RE2: %d stars are refused', (rating) =>
    given([]).when(write({ rating })).then('rating-invalid'),
  );
  it('RE3: 2,000 characters, not one more', () => {
    const text = 'x'.repeat(2_000);
    given([])
      .when(write({ text }))
      .then([{ type: 'ReviewWritten', data: { ...review, text, writtenAt: 7 } }]);
    given([])
      .when(write({ text: `${text}x` }))
      .then('text-too-long');
  });
  it('RE4: never of one’s own lesson', () =>
    given([])
      .when(write({ studentId: 't1' }))
      .then('own-lesson'));
});
