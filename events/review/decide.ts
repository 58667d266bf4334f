import type { Command } from '../shared/command.ts';
import { never } from '../shared/never.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import { same } from '../shared/same.ts';
import type { ReviewEvent, ReviewState } from './events.ts';

export type ReviewCommand = Command<
  'WriteReview',
  {
    bookingId: string;
    tutorId: string;
    studentId: string;
    /** 1–5. */
    rating: number;
    text: string;
  }
>;

export const MAX_REVIEW_TEXT = 2_000;

/** Rules RE1–RE4. Whether the booking was taught, and who asks, is checked by `mayReview` before. */
export function decide(command: ReviewCommand, state: ReviewState): readonly ReviewEvent[] | Refusal {
  const { bookingId, tutorId, studentId, rating, text } = command.data;
  const review = { bookingId, tutorId, studentId, rating, text };
  switch (state.kind) {
    case 'written':
      if (same({ ...review, writtenAt: state.review.writtenAt }, state.review)) return [];
      return refuse('already-reviewed', 'This lesson has a review already. A review is written once.');
    case 'none':
      if (tutorId === studentId) return refuse('own-lesson', 'You cannot review your own lesson.');
      if (!Number.isInteger(rating) || rating < 1 || rating > 5)
        return refuse('rating-invalid', 'Choose a rating from 1 to 5 stars.');
      if (text.length > MAX_REVIEW_TEXT)
        return refuse('text-too-long', `Keep the review under ${MAX_REVIEW_TEXT} characters.`);
      return [{ type: 'ReviewWritten', data: { ...review, writtenAt: command.now } }];
    default:
      return never(state, 'review state');
  }
}
