/**
 * Who may open what (PRODUCT.md, "Who may do what"), page by page. The routes themselves come from the build; one that is
 * not told of here fails the matrix, so that nobody adds a page without saying whose it is.
 */

/** How somebody stands to a booking, its lesson and its money. */
export type Standing = 'student' | 'guardian' | 'tutor' | 'institute' | 'ops' | 'auditor';
export type Whose =
  /** Anybody, signed in or not. */
  | { readonly kind: 'public' }
  /** Of the person who asks: no id in its address. `by`: what they are. `query`: what the address cannot do without. */
  | { readonly kind: 'own'; readonly by: readonly Standing[] | 'all'; readonly query?: string }
  /** Its `[id]` is a booking. */
  | { readonly kind: 'booking'; readonly by: readonly Standing[] }
  /** Its `[code]` is a lesson. */
  | { readonly kind: 'lesson'; readonly by: readonly Standing[] }
  /** Its `[id]` is a conversation: its members and nobody else, whatever they are. */
  | { readonly kind: 'conversation' }
  /** A link that is the permission; whoever has it may follow it, and one that was never given leads nowhere. */
  | { readonly kind: 'token' }
  /** A tutor’s public address. */
  | { readonly kind: 'tutor'; readonly signedIn: boolean; readonly query?: string };

const everybody: Whose = { kind: 'public' };
const own = (...by: Standing[]): Whose => ({ kind: 'own', by });
const signedIn: Whose = { kind: 'own', by: 'all' };
const booking = (...by: Standing[]): Whose => ({ kind: 'booking', by });
const lesson = (...by: Standing[]): Whose => ({ kind: 'lesson', by });

const LEARNING = ['student', 'guardian', 'institute'] as const;
const SIDES = [...LEARNING, 'tutor'] as const;
const ALL = [...SIDES, 'ops', 'auditor'] as const;

/** By the id of the route as Kit names it. */
export const ROUTES: Readonly<Record<string, Whose>> = {
  '/(public)': everybody,
  '/(public)/check': everybody,
  '/(public)/confirm-email': everybody,
  '/(public)/forgot-password': everybody,
  '/(public)/reset-password': everybody,
  '/(public)/sign-in': everybody,
  '/(public)/sign-up': everybody,
  '/(public)/tutors': everybody,
  '/(public)/tutors/[slug]': { kind: 'tutor', signedIn: false },
  '/(public)/verify': everybody,
  '/sandbox': everybody,
  '/sandbox/ui': everybody,
  '/book/[tutorSlug]': { kind: 'tutor', signedIn: true, query: '?offer=hour&start=:slot' },
  '/(app)/home': signedIn,
  '/(app)/messages': signedIn,
  '/(app)/messages/new': signedIn,
  '/(app)/messages/[id]': { kind: 'conversation' },
  '/(app)/messages/[id]/settings': { kind: 'conversation' },
  '/(app)/messages/join/[token]': { kind: 'token' },
  '/(app)/notifications': signedIn,
  '/(app)/settings': signedIn,
  '/(app)/bookings': signedIn,
  '/(app)/payments': own('student', 'guardian', 'institute'),
  '/(app)/payments.csv': own('student', 'guardian', 'institute'),
  '/(app)/progress': own('student', 'guardian'),
  '/(app)/study': own('student'),
  '/(app)/study/join/[token]': { kind: 'token' },
  '/(app)/tutor/calendar': own('tutor'),
  '/(app)/tutor/earnings': own('tutor'),
  '/(app)/tutor/earnings.csv': own('tutor'),
  '/(app)/tutor/earnings.pdf': own('tutor'),
  '/(app)/tutor/earnings/[id]': booking('tutor'),
  '/(app)/tutor/payouts': own('tutor'),
  '/(app)/tutor/profile': own('tutor'),
  '/(app)/tutor/students': own('tutor'),
  '/(app)/institute': own('institute'),
  // Which institute: an admin of none of that name finds nothing.
  '/(app)/institute/payments.csv': { kind: 'own', by: ['institute'], query: '?institute=:institute' },
  '/(app)/bookings/[id]': booking(...ALL),
  '/(app)/bookings/[id]/calendar.ics': booking(...ALL),
  // Of a lesson that is over; the booking of the matrix is still to come (papers.e2e has both).
  '/(app)/bookings/[id]/lesson.json': booking(),
  '/(app)/bookings/[id]/lesson.pdf': booking(),
  '/(app)/bookings/[id]/move': booking(...SIDES),
  '/(app)/bookings/[id]/receipt.pdf': booking(...LEARNING, 'ops', 'auditor'),
  '/(app)/bookings/[id]/report': booking(...LEARNING),
  '/lessons/[code]': lesson(...ALL),
  '/lessons/[code]/prepare': lesson('tutor'),
  '/lessons/[code]/replay': lesson(...ALL),
  '/(app)/ops': own('ops'),
  '/(app)/ops/cases/[id]': booking('ops'),
  '/(app)/ops/cases/[id]/events': booking('ops'),
  '/(app)/ops/cases/[id]/evidence.json': booking('ops'),
  '/(app)/ops/cases/[id]/evidence.pdf': booking('ops'),
  '/(app)/ops/checks': own('ops'),
  '/(app)/ops/reports': own('ops'),
  '/(app)/ops/traces': own('ops'),
  '/(app)/audit': own('auditor'),
  '/(app)/audit/check': own('auditor'),
  '/(app)/audit/export': own('auditor'),
  '/(app)/audit/heads': own('auditor'),
  '/(app)/audit/looks': own('auditor'),
  '/(app)/audit/rehearsal': own('ops', 'auditor'),
  '/(app)/audit/rehearsal/rehearsal.csv': own('ops', 'auditor'),
  '/(app)/audit/rehearsal/run': own('ops', 'auditor'),
  '/(app)/audit/trial-balance.csv': own('auditor'),
  '/(app)/audit/bookings/[id]': booking('auditor'),
  '/(app)/audit/bookings/[id]/events': booking('auditor'),
  '/(app)/audit/bookings/[id]/evidence.json': booking('auditor'),
  '/(app)/audit/bookings/[id]/evidence.pdf': booking('auditor'),
  '/(app)/audit/bookings/[id]/export': booking('auditor'),
  '/(app)/audit/bookings/[id]/journal.csv': booking('auditor'),
  '/(app)/audit/bookings/[id]/then': booking('auditor'),
};

/** Bodies that the API’s acts take, so that a refusal is about the person and not about the form. */
export const BODIES: Readonly<Record<string, unknown>> = {
  '/api/v1/bookings/{id}/verify': {
    razorpay_payment_id: 'pay_1',
    razorpay_order_id: 'order_1',
    razorpay_signature: 'a',
  },
  '/api/v1/bookings/{id}/dispute': { cause: 'other', text: 'It was not as said.' },
  '/api/v1/bookings/{id}/dispute/answer': { text: 'It was.' },
  '/api/v1/bookings/{id}/dispute/statements': { text: 'It was.' },
  '/api/v1/bookings/{id}/dispute/resolution': { refund: 0, reason: 'It was as said.' },
  '/api/v1/bookings/{id}/dispute/resolution/{proposalId}/reject': { reason: 'It was as said.' },
  '/api/v1/bookings/{id}/reschedule': { startsAt: 1_900_000_000_000 },
  '/api/v1/bookings/{id}/reschedule/{proposalId}/answer': { agree: true },
  '/api/v1/lessons/{code}/continue-board': { from: 'abc-def-ghj' },
};
