/** What a notice is about: enough to write its words without asking the log again. Amounts in paise, instants business ms. */
import type { RescheduleEnd, Side } from '#events/booking/events.ts';
import type { ResolutionRule } from '#events/dispute/events.ts';
import type { DisputeCause, PauseReason, ReviewCause } from '#events/payout/events.ts';
import type { Requirement } from '#events/tutor/account.ts';

export interface Lesson {
  readonly bookingId: string;
  readonly lessonId: string | null;
  readonly tutorId: string;
  readonly studentId: string;
  readonly subject: string;
  readonly startsAt: number;
  readonly minutes: number;
}

/** The booking and its lesson. */
export type BookingKind =
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
  | { readonly kind: 'lesson-started'; readonly code: string }
  | { readonly kind: 'lesson-soon'; readonly hours: 1 | 24 }
  | { readonly kind: 'under-review' }
  | {
      readonly kind: 'reschedule-proposed';
      readonly by: Side;
      readonly wanted: number;
      readonly answerBy: number;
    }
  | { readonly kind: 'reschedule-agreed'; readonly by: Side; readonly wanted: number }
  | { readonly kind: 'reschedule-declined'; readonly reason: RescheduleEnd; readonly wanted: number }
  | {
      readonly kind: 'booking-moved';
      readonly previously: number;
      /** What a student's cancellation still gives back at most, percent. */
      readonly refundCapPct: number;
    };

/** The money of one booking. */
export type MoneyKind =
  | {
      readonly kind: 'payment-received';
      readonly amount: number;
      readonly paidAt: number;
      readonly method: string;
      readonly paymentId: string;
    }
  | {
      readonly kind: 'refund-on-its-way';
      readonly amount: number;
      readonly expectedBy: number;
      readonly reason: string;
    }
  | { readonly kind: 'refund-delayed'; readonly amount: number; readonly why: 'no-funds' | 'failed' }
  | { readonly kind: 'refund-done'; readonly amount: number }
  | { readonly kind: 'transfer-held'; readonly amount: number }
  | { readonly kind: 'payout-on-hold'; readonly amount: number; readonly releaseAt: number }
  | {
      readonly kind: 'payout-paused';
      readonly amount: number;
      readonly why: PauseReason;
      readonly until: number | null;
    }
  | { readonly kind: 'payout-resumed'; readonly amount: number; readonly why: PauseReason }
  | { readonly kind: 'payout-reduced'; readonly amount: number; readonly left: number }
  | { readonly kind: 'payout-cancelled'; readonly amount: number }
  | { readonly kind: 'payout-released'; readonly amount: number }
  | { readonly kind: 'payout-settled'; readonly amount: number }
  | { readonly kind: 'clawback'; readonly amount: number };

/** Disputes in the product, and those of the payer's bank. */
export type CaseKind =
  | {
      readonly kind: 'dispute-opened';
      readonly cause: DisputeCause | ReviewCause;
      readonly text: string;
      readonly gross: number;
      readonly share: number;
      readonly wants: number | null;
      readonly answerBy: number;
    }
  | { readonly kind: 'dispute-answer-due'; readonly share: number; readonly answerBy: number }
  | { readonly kind: 'dispute-answered'; readonly text: string }
  | { readonly kind: 'dispute-statement'; readonly text: string }
  | {
      readonly kind: 'dispute-under-review';
      readonly why: 'answered' | 'no-answer' | 'review';
      readonly decideBy: number;
      readonly gross: number;
      readonly share: number;
    }
  | { readonly kind: 'dispute-withdrawn'; readonly share: number }
  | {
      readonly kind: 'dispute-resolved';
      readonly rule: ResolutionRule;
      readonly reason: string;
      readonly gross: number;
      readonly refund: number;
      readonly tutorGets: number;
    }
  | { readonly kind: 'second-person-needed'; readonly refund: number; readonly reason: string }
  | {
      readonly kind: 'chargeback-opened';
      readonly amount: number;
      readonly respondBy: number;
      readonly round: number;
      /** What of the tutor's it concerns. */
      readonly share: number;
    }
  | { readonly kind: 'chargeback-action-required'; readonly respondBy: number }
  | { readonly kind: 'chargeback-won'; readonly amount: number }
  | { readonly kind: 'chargeback-lost'; readonly amount: number; readonly accepted: boolean }
  | { readonly kind: 'chargeback-closed'; readonly amount: number };

/** The tutor's account at the payment provider: no lesson belongs to it. */
export type AccountKind =
  | { readonly kind: 'account-details-received'; readonly bankLast4: string }
  | { readonly kind: 'account-under-review' }
  | { readonly kind: 'account-needs-clarification'; readonly requirements: readonly Requirement[] }
  | { readonly kind: 'account-activated'; readonly usableFrom: number }
  | { readonly kind: 'account-suspended'; readonly reason: string }
  | { readonly kind: 'account-back' }
  | { readonly kind: 'account-failed'; readonly reason: string }
  | { readonly kind: 'bank-changed'; readonly bankLast4: string; readonly coolsUntil: number }
  | { readonly kind: 'bank-cooled'; readonly bankLast4: string };

/** A conversation: no lesson belongs to it. */
export type GroupKind =
  | { readonly kind: 'group-invited'; readonly conversationId: string }
  | { readonly kind: 'group-removed' }
  | { readonly kind: 'group-handed-over'; readonly conversationId: string }
  | { readonly kind: 'addressed'; readonly conversationId: string; readonly why: 'direct' | 'mention' };

export type LessonKind = BookingKind | MoneyKind | CaseKind;
export type NoticeKind = LessonKind | AccountKind | GroupKind;

interface Addressed {
  /** Distinguishes notices of one kind about one booking; the same notice twice is one row and one mail. */
  readonly noticeKey: string;
  /** Persons; where a mail goes with it, the guardians of the student among them get both too. */
  readonly to: readonly string[];
  /** Everyone in this role too. */
  readonly toRole?: 'ops';
  readonly mail: boolean;
}

export interface LessonNotice extends Addressed {
  readonly lesson: Lesson;
  readonly about: LessonKind;
}

export interface AccountNotice extends Addressed {
  readonly lesson: null;
  readonly about: AccountKind;
}

export interface GroupNotice extends Addressed {
  readonly lesson: null;
  readonly about: GroupKind;
}

export type Notice = LessonNotice | AccountNotice | GroupNotice;
