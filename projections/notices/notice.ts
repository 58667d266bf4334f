/** What a notice is about: enough to write its words without asking the log again. Amounts in paise, instants business ms. */
export interface Lesson {
  readonly bookingId: string;
  readonly lessonId: string | null;
  readonly tutorId: string;
  readonly studentId: string;
  readonly subject: string;
  readonly startsAt: number;
  readonly minutes: number;
}

export type NoticeKind =
  | { readonly kind: 'request-received'; readonly answerBy: number }
  | { readonly kind: 'request-accepted'; readonly payBy: number }
  | { readonly kind: 'request-declined'; readonly reason: 'by-tutor' | 'lapsed' }
  | { readonly kind: 'booking-confirmed'; readonly price: number }
  | { readonly kind: 'booking-received' }
  | { readonly kind: 'payment-expired' }
  | {
      readonly kind: 'booking-cancelled';
      readonly by: 'student' | 'tutor' | 'platform';
      readonly rule: string;
      readonly refund: number;
      readonly price: number;
    }
  | { readonly kind: 'refund-on-its-way'; readonly amount: number; readonly expectedBy: number }
  | { readonly kind: 'refund-done'; readonly amount: number }
  | { readonly kind: 'lesson-started'; readonly code: string }
  | { readonly kind: 'lesson-soon'; readonly hours: 1 | 24 }
  | { readonly kind: 'under-review' }
  | { readonly kind: 'payout-on-hold'; readonly amount: number; readonly releaseAt: number }
  | { readonly kind: 'payout-released'; readonly amount: number };

export interface Notice {
  /** Distinguishes notices of one kind about one booking; the same notice twice is one row and one mail. */
  readonly noticeKey: string;
  /** Persons; where a mail goes with it, the guardians of the student among them get both too. */
  readonly to: readonly string[];
  readonly mail: boolean;
  readonly lesson: Lesson;
  readonly about: NoticeKind;
}
