/**
 * What pages may ask of the read models. Every function is a plain read; amounts are paise, instants business ms.
 * Names come from the relation `person_name(person_id, name)`, which the accounts own.
 */
import type { Outcome } from '#events/booking/events.ts';
import type { WeeklyWindow } from '#events/calendar/events.ts';
import type { GuestPlace } from '#events/lesson/study.ts';
import type { PauseReason } from '#events/payout/events.ts';
import type { PastClock } from './as-of/moment.ts';
import type { PastQueries } from './as-of/past.ts';
import type { ConversationQueries } from './conversations/rows.ts';
import type { MoneyTerms } from './ledger/chart.ts';
import type { LookQueries } from './looks/rows.ts';
import type {
  AccountRow,
  ChargebackRow,
  DisputeQueueRow,
  DisputeRow,
  DisputeState,
  DriftRow,
  HeldPayoutRow,
  InstituteMoney,
  LedgerRow,
  RefundRow,
  RefundState,
  Statement,
  TrialBalance,
} from './money-rows.ts';

export type * from './as-of/past.ts';
export type * from './as-of/moment.ts';
export type * from './conversations/rows.ts';
export type * from './looks/rows.ts';
export type * from './money-rows.ts';
export type * from './rehearsal/contract.ts';
export type { MoneyTerms } from './ledger/chart.ts';
import type { Offer, TutorProfile } from '#events/tutor/events.ts';
import type { Actor, Position } from '#events/store/event-store.ts';

export interface TutorCard extends Omit<TutorProfile, 'about' | 'education'> {
  readonly tutorId: string;
  readonly offers: readonly Offer[];
  readonly mode: 'instant' | 'accept';
  /** Average of 1–5, null without reviews. */
  readonly rating: number | null;
  readonly reviews: number;
  /** Lowest price a seat, paise; null without offers. */
  readonly fromPrice: number | null;
  readonly nextFreeAt: number | null;
  readonly lessonsTaught: number;
  /** Paid lessons need a linked account at the provider. */
  readonly bookable: boolean;
}

export interface Review {
  readonly bookingId: string;
  readonly authorName: string;
  readonly rating: number;
  readonly text: string;
  readonly writtenAt: number;
}

export interface TutorPage extends TutorCard {
  readonly about: string;
  readonly education: string;
  readonly zone: string;
  readonly windows: readonly WeeklyWindow[];
  readonly timeOff: readonly { readonly from: number; readonly to: number }[];
  readonly latestReviews: readonly Review[];
}

export interface Slot {
  readonly startsAt: number;
  readonly minutes: number;
  readonly offerId: string;
  readonly seats: number;
  readonly seatsLeft: number;
  /** Price a seat, paise. */
  readonly price: number;
}

export interface TutorSearch {
  readonly text?: string;
  readonly subject?: string;
  readonly level?: string;
  readonly language?: string;
  readonly maxPrice?: number;
  /** Has at least one free slot that starts within [freeFrom, freeTo). */
  readonly freeFrom?: number;
  readonly freeTo?: number;
  readonly sort?: 'best' | 'price' | 'soonest';
  readonly limit?: number;
  readonly offset?: number;
}

export type BookingState =
  | 'requested'
  | 'awaiting-payment'
  | 'confirmed'
  | 'in-progress'
  | 'under-review'
  | 'completed'
  | 'closed'
  | 'cancelled'
  | 'expired'
  | 'declined';

/** A wish to move a lesson that is not decided yet. */
export interface RescheduleRow {
  readonly proposalId: string;
  readonly by: 'student' | 'tutor';
  readonly startsAt: number;
  readonly answerBy: number;
  /** All agree; only the calendar has to give the seat. */
  readonly agreed: boolean;
}

export interface BookingRow {
  readonly bookingId: string;
  readonly state: BookingState;
  readonly tutorId: string;
  readonly tutorName: string;
  readonly tutorSlug: string | null;
  readonly studentId: string;
  readonly studentName: string;
  readonly bookedBy: string;
  readonly offerId: string;
  readonly subject: string;
  readonly startsAt: number;
  readonly minutes: number;
  readonly seats: number;
  readonly price: number;
  readonly mode: 'instant' | 'accept';
  readonly note: string;
  readonly policyVersion: string;
  readonly requestedAt: number;
  readonly confirmedAt: number | null;
  readonly lessonId: string | null;
  readonly code: string | null;
  readonly payBy: number | null;
  readonly orderId: string | null;
  readonly payment:
    | 'none'
    | 'ordered'
    | 'failed'
    | 'authorized'
    | 'paid'
    | 'refunding'
    | 'refunded'
    | 'partly-refunded'
    | 'charged-back';
  /** The provider's words for the last failed attempt. */
  readonly paymentProblem: string | null;
  readonly paymentMethod: string | null;
  /** Paise asked back so far, and paise gone back. */
  readonly refundDue: number;
  readonly refunded: number;
  readonly declineReason: string | null;
  readonly cancelledBy: 'student' | 'tutor' | 'platform' | null;
  readonly cancelRule: string | null;
  readonly outcome: Outcome | null;
  readonly reschedule: RescheduleRow | null;
  /** What the student's own cancellation gives back at most, percent; a move lowers it. */
  readonly refundCapPct: number;
  readonly disputeState: DisputeState | null;
  /** The furthest behind of its refunds; null without any. `expected by` is the latest of those still on their way. */
  readonly refundState: RefundState | null;
  readonly refundExpectedBy: number | null;
}

export type PayoutState =
  | 'planned'
  | 'transfer-pending'
  | 'held'
  | 'hold-running'
  | 'disputed'
  | 'releasing'
  | 'released'
  | 'settled'
  | 'reversing'
  | 'reversed'
  | 'failed'
  | 'cancelled';

export interface EarningRow {
  readonly bookingId: string;
  readonly tutorId: string;
  readonly studentName: string;
  readonly subject: string;
  readonly startsAt: number;
  readonly minutes: number;
  readonly code: string | null;
  readonly gross: number;
  readonly commission: number;
  readonly share: number;
  readonly state: PayoutState;
  /** Start and end of the 72 hours; null until the outcome is known. */
  readonly t0: number | null;
  readonly releaseAt: number | null;
  readonly releasedAt: number | null;
  readonly transferId: string | null;
  readonly reversed: number;
  /** To be taken back, and failed at the provider. */
  readonly owed: number;
  /** Owed by the tutor for lost chargebacks. */
  readonly clawback: number;
  /** What stands in the way of a release; those whose time is over do not. */
  readonly pauses: readonly { readonly reason: PauseReason; readonly until: number | null }[];
  readonly settlementId: string | null;
  readonly disputeState: DisputeState | null;
  readonly outcome: Outcome | null;
}

/** Which payouts of a tutor; those of the latest lessons come first. */
export interface EarningsPage {
  /** Only lessons that start in [from, to), business ms. */
  readonly from?: number;
  readonly to?: number;
  /** Only those of the lesson with this code. */
  readonly code?: string;
  /** The last booking of the page before. */
  readonly after?: string;
  /** 1 to 1,000. */
  readonly limit?: number;
}

/** One page of rows; the sums are over all payouts of the tutor, whatever the page shows. */
export interface Earnings {
  readonly rows: readonly EarningRow[];
  /** To be given as `after` for the rows that follow; null: these are the last. */
  readonly next: string | null;
  /** Within the hold, disputed and paused ones among them. */
  readonly held: number;
  readonly disputed: number;
  readonly paused: number;
  /** Released, whether settled or not. */
  readonly released: number;
  readonly settled: number;
  /** Owed for lost chargebacks. */
  readonly owed: number;
  readonly nextReleaseAt: number | null;
  /** What comes free then, paise. */
  readonly nextReleaseAmount: number | null;
}

export interface PaymentRow {
  readonly bookingId: string;
  readonly providerPaymentId: string;
  readonly orderId: string;
  readonly amount: number;
  readonly method: string;
  readonly capturedAt: number;
  readonly refunded: number;
  readonly refundDue: number;
  /** What the payer's bank took back for good; it counts towards what a cancellation gives back. */
  readonly lost: number;
  readonly subject: string;
  readonly tutorName: string;
  readonly startsAt: number;
}

export interface LessonRow {
  readonly lessonId: string;
  readonly code: string;
  readonly tutorId: string;
  readonly tutorName: string;
  readonly subject: string;
  readonly startsAt: number;
  readonly minutes: number;
  readonly seats: number;
  readonly state: 'scheduled' | 'live' | 'ended' | 'cancelled';
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly endedBy: string | null;
  readonly students: readonly { readonly bookingId: string; readonly studentId: string; readonly name: string }[];
  /** Of a study room, whose host stands as its tutor; null for a lesson that was booked. */
  readonly study: { readonly guests: readonly StudyGuestRow[] } | null;
}

/** Who followed the link of a study room. */
export interface StudyGuestRow {
  readonly personId: string;
  readonly name: string;
  /** `out`: taken out by the host, and not let in again. */
  readonly place: GuestPlace;
}

export interface Interval {
  readonly from: number;
  /** Null while it is still open. */
  readonly to: number | null;
}

export interface AttendanceRow {
  readonly personId: string;
  readonly name: string;
  readonly role: string;
  readonly here: readonly Interval[];
  readonly sent: readonly Interval[];
  readonly received: readonly Interval[];
  /** Here with the page out of sight: another tab, or a minimised window. Part of `here`, and counted in `hereMs`. */
  readonly away: readonly Interval[];
  /** Minutes (business ms, floored) in which they worked on board or chat. */
  readonly workedMinutes: readonly number[];
  readonly hereMs: number;
  readonly awayMs: number;
}

export type TimelineLane =
  'booking' | 'calendar' | 'payment' | 'payout' | 'lesson' | 'dispute' | 'chargeback' | 'tutor';

export interface TimelineRow {
  readonly position: Position;
  readonly eventId: string;
  readonly stream: string;
  readonly revision: number;
  readonly lane: TimelineLane;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly actor: Actor;
  readonly actorName: string | null;
  /** Business time. */
  readonly occurredAt: number;
  /** Wall time at the store. */
  readonly recordedAt: number;
  readonly correlationId: string;
  readonly chain: string;
}

/** A call to the payment provider about one booking, as the outbox knows it. Instants are wall time. */
export interface CallOfCase {
  readonly operationId: string;
  readonly kind: string;
  readonly state: 'planned' | 'sent' | 'unknown' | 'confirmed' | 'rejected';
  /** The event that it follows from. */
  readonly causationId: string;
  readonly plannedAt: number;
  /** The last time it went out; null: it did not yet. */
  readonly sentAt: number | null;
  /** When its state last changed. */
  readonly changedAt: number;
  readonly attempts: number;
  /** What it made or changed at the provider. */
  readonly providerId: string | null;
  readonly problem: string | null;
  /** Paise that it asks for; null where it asks for none. */
  readonly amount: number | null;
}

/** Something that one person was told about one booking. Its words are theirs: none of them is here but the title. */
export interface LetterOfCase {
  readonly noticeId: string;
  readonly personId: string;
  readonly name: string | null;
  readonly kind: string;
  readonly title: string;
  /** Business time. */
  readonly at: number;
  /** The mail that goes with it; instants are wall time. */
  readonly mail: {
    readonly state: 'planned' | 'sent' | 'failed' | 'dropped';
    readonly attempts: number;
    readonly plannedAt: number;
    /** Null: it did not go out, or before this was kept. */
    readonly sentAt: number | null;
  } | null;
}

export interface NoticeRow {
  readonly noticeId: string;
  readonly kind: string;
  readonly title: string;
  readonly body: string;
  readonly href: string | null;
  readonly at: number;
  readonly readAt: number | null;
}

export interface CaseFilter {
  readonly text?: string;
  readonly state?: BookingState;
  readonly limit?: number;
  readonly offset?: number;
}

export interface StuckRow {
  readonly bookingId: string;
  readonly what: string;
  readonly since: number;
  readonly detail: string;
  /** What it is about, where that is not a booking: a tutor's, a chargeback's or a proposal's id. */
  readonly subjectId: string | null;
  /** Types of the commands that ops may give now; none where only the cause can be repaired. */
  readonly commands: readonly string[];
  /** Who proposed what waits for a second person: they may take it back, and not agree to it themselves. */
  readonly proposedBy?: string | null;
}

export interface Queries extends ConversationQueries, LookQueries, PastQueries {
  searchTutors(search: TutorSearch): Promise<{ readonly tutors: readonly TutorCard[]; readonly total: number }>;
  /** The values that occur, for the search form. */
  searchFacets(): Promise<{ subjects: readonly string[]; levels: readonly string[]; languages: readonly string[] }>;
  tutorBySlug(slug: string): Promise<TutorPage | null>;
  tutorById(tutorId: string): Promise<TutorPage | null>;
  freeSlots(tutorId: string, from: number, to: number): Promise<readonly Slot[]>;
  /** All slots of a tutor's own calendar, with who has them. */
  tutorLessons(tutorId: string, from: number, to: number): Promise<readonly LessonRow[]>;
  booking(bookingId: string): Promise<BookingRow | null>;
  /** The person's own bookings and those of the children they act for, newest start first. */
  bookingsOf(personId: string): Promise<readonly BookingRow[]>;
  /** Requests that wait for this tutor's answer. */
  requestsFor(tutorId: string): Promise<readonly BookingRow[]>;
  paymentsOf(personId: string): Promise<readonly PaymentRow[]>;
  /** Oldest first. */
  refundsOf(bookingId: string): Promise<readonly RefundRow[]>;
  /** The seat's dispute, or its review; a review takes the place of a complaint that was withdrawn. */
  dispute(bookingId: string): Promise<DisputeRow | null>;
  /** The person's own, as student, booker, guardian or tutor; newest first. */
  disputesOf(personId: string): Promise<readonly DisputeRow[]>;
  /** All that wait for somebody; those for a second person too. */
  disputesOpen(now: number): Promise<readonly DisputeQueueRow[]>;
  secondPersonQueue(now: number): Promise<readonly DisputeQueueRow[]>;
  chargeback(chargebackId: string): Promise<ChargebackRow | null>;
  chargebacksOf(bookingId: string): Promise<readonly ChargebackRow[]>;
  /** Those that are not over, the one to be answered first on top. */
  chargebacksOpen(): Promise<readonly ChargebackRow[]>;
  /** What is not resolved yet, oldest first. */
  drift(): Promise<readonly DriftRow[]>;
  payoutAccount(tutorId: string): Promise<AccountRow | null>;
  heldPayouts(now: number): Promise<readonly HeldPayoutRow[]>;
  ledgerOf(bookingId: string): Promise<readonly LedgerRow[]>;
  /** gross = returned + tutor + commission + held; null when nothing was paid. */
  moneyOf(bookingId: string): Promise<MoneyTerms | null>;
  /** With the entries up to `at` (ms by that clock, business time by default), or all. */
  trialBalance(at?: number, by?: PastClock): Promise<TrialBalance>;
  /** Of instants in [from, to), oldest first. */
  tutorStatement(tutorId: string, from: number, to: number): Promise<Statement>;
  payerStatement(personId: string, from: number, to: number): Promise<Statement>;
  /** What was paid for the lessons of this student, whoever paid; not what they paid for others. */
  studentStatement(studentId: string, from: number, to: number): Promise<Statement>;
  /** Of the lessons of its students only; what its tutors earn elsewhere is theirs. */
  instituteMoney(instituteId: string): Promise<InstituteMoney | null>;
  lessonByCode(code: string): Promise<LessonRow | null>;
  lesson(lessonId: string): Promise<LessonRow | null>;
  /** By a host of the lesson, and not let in again. */
  isTakenOut(lessonId: string, personId: string): Promise<boolean>;
  /** All of these, with their names as they are now. */
  takenOutOf(lessonId: string): Promise<readonly { readonly personId: string; readonly name: string }[]>;
  /** As tutor, student or guardian: not yet ended, soonest first. */
  upcomingLessons(personId: string, now: number): Promise<readonly LessonRow[]>;
  /** Study rooms that this person opened, or was let into, or at whose door they stand; newest first, at most 50. */
  studyRoomsOf(personId: string): Promise<readonly LessonRow[]>;
  /** How many study rooms this person has opened so far. */
  studyRoomsOpenedBy(personId: string): Promise<number>;
  /** The study room behind a link that was not stopped, though it may be over. */
  studyRoomByLink(tokenHash: string): Promise<LessonRow | null>;
  /** The link of a study room that stands; null when it was stopped. */
  studyLinkOf(lessonId: string): Promise<{ readonly linkId: string; readonly tokenHash: string } | null>;
  attendance(lessonId: string): Promise<readonly AttendanceRow[]>;
  /** Tutor's students with how many lessons they had. */
  studentsOf(tutorId: string): Promise<readonly { studentId: string; name: string; lessons: number; lastAt: number }[]>;
  earnings(tutorId: string, page?: EarningsPage): Promise<Earnings>;
  payout(bookingId: string): Promise<EarningRow | null>;
  timeline(bookingId: string): Promise<readonly TimelineRow[]>;
  /** One event of that timeline, whole; null when it is not in it. */
  timelineEvent(bookingId: string, eventId: string): Promise<TimelineRow | null>;
  /** What was asked of the payment provider for this booking, in the order in which it was asked. */
  callsOf(bookingId: string): Promise<readonly CallOfCase[]>;
  /** Who was told what about this booking, in order. */
  lettersOf(bookingId: string): Promise<readonly LetterOfCase[]>;
  cases(filter: CaseFilter): Promise<{ readonly rows: readonly BookingRow[]; readonly total: number }>;
  stuck(now: number): Promise<readonly StuckRow[]>;
  notices(personId: string, limit: number): Promise<readonly NoticeRow[]>;
  markNoticesRead(personId: string, now: number): Promise<void>;
  rolesOf(personId: string): Promise<{
    roles: readonly string[];
    zone: string;
    children: readonly string[];
    /** Those that they are an admin of; a student or a tutor of one is not named here. */
    institutes: readonly string[];
  } | null>;
  /** Person id → name, of those who have one. */
  namesOf(personIds: readonly string[]): Promise<Readonly<Record<string, string>>>;
  institute(instituteId: string): Promise<{
    instituteId: string;
    name: string;
    members: readonly {
      personId: string;
      name: string;
      as: 'admin' | 'tutor' | 'student';
      lessons: number;
      hereMs: number;
    }[];
  } | null>;
}
