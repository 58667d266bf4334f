import { impossible, never } from '../shared/never.ts';

/** Stream `review-<bookingId>`: one review a taught booking. */
export type ReviewEvent = {
  readonly type: 'ReviewWritten';
  readonly data: {
    readonly bookingId: string;
    readonly tutorId: string;
    readonly studentId: string;
    /** 1–5. */
    readonly rating: number;
    readonly text: string;
    readonly writtenAt: number;
  };
};

export type ReviewState =
  { readonly kind: 'none' } | { readonly kind: 'written'; readonly review: ReviewEvent['data'] };

export const initial: ReviewState = { kind: 'none' };

export function evolve(state: ReviewState, event: ReviewEvent): ReviewState {
  switch (event.type) {
    case 'ReviewWritten':
      return state.kind === 'none' ? { kind: 'written', review: event.data } : impossible(event, state);
    default:
      return never(event.type, 'review event');
  }
}
