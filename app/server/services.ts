/**
 * The one set of services that server.ts builds. The bundled pages reach it through `event.locals`; they never build a
 * store, a pool or a client of their own (ARCHITECTURE §3).
 */
import type { Role } from '#events/access/roles.ts';
import type { DisputeCause } from '#events/dispute/events.ts';
import type { Submit } from '#events/handling/submit.ts';
import type { Refusal } from '#events/shared/refusal.ts';
import type { EvidenceTold } from './evidence-told.ts';
import type { Position } from '#events/store/event-store.ts';
import type { PayoutDetails } from '#events/tutor/account.ts';
import type { Paper } from '#platform/pdf/paper.ts';
import type { BookingRow, LessonRow, Queries } from '#projections/queries.ts';
import type { Audit } from './audit/contract.ts';
import type { BoardServices } from './board-services.server.ts';
import type { StudyServices } from './study-rooms.ts';
import type { Checks } from './checks/checks.server.ts';
import type { BuiltEvidence } from './evidence-services.server.ts';
import type { Traces } from './traces/contract.ts';
import type { Files } from './files/files.server.ts';
import type { ConversationServices } from './conversations/contract.ts';
import type { OpsCommand } from './ops-acts.ts';
import type { LookServices } from './look-services.server.ts';
import type { RehearsalServices } from './rehearsal-services.server.ts';
import type { VerdictServices } from './proposed-verdicts.server.ts';
import type { ReplayServices } from './replay-services.server.ts';

/** The signed-in person. */
export interface Person {
  readonly personId: string;
  readonly name: string;
  readonly email: string;
  readonly roles: readonly Role[];
  /** IANA zone; the browser's own zone wins for display. */
  readonly zone: string;
}

/** What this installation offers; pages ask for these and never for "the sandbox". */
export interface Capabilities {
  /** One-click demo sign-in, with the password shown. Null when it does not exist. */
  readonly demoSignIn: { readonly password: string; readonly accounts: readonly DemoAccount[] } | null;
  readonly clockControl: boolean;
  readonly inbox: boolean;
  /** Provider controls of the sandbox at /sandbox. */
  readonly providerControls: boolean;
}

export interface DemoAccount {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly does: string;
}

export interface Join {
  readonly lessonId: string;
  readonly role: 'host' | 'co-host' | 'participant' | 'observer';
  readonly ticket: string;
  /** Wall time, ms. */
  readonly expiresAt: number;
  readonly sync: {
    readonly url: string;
    readonly documents: readonly { name: string; clientIds: readonly number[] }[];
  };
  readonly signalling: { readonly url: string; readonly path: string };
}

export interface CheckoutSettings {
  /** URL of the provider's checkout script, which defines `window.Razorpay`. */
  readonly script: string;
  readonly keyId: string;
}

export interface BookingRequest {
  /** UUID made by the page: the same one twice books once. */
  readonly requestId: string;
  readonly tutorId: string;
  readonly offerId: string;
  readonly startsAt: number;
  readonly subject: string;
  readonly note: string;
  /** Whose seat; the person themselves, or a child they act for. */
  readonly studentId: string;
}

/** What a student's side says when it reports a problem. */
export interface Complaint {
  readonly cause: DisputeCause;
  readonly text: string;
  /** Paise asked back; null: what ops find right. */
  readonly wants: number | null;
}

/** What a decision would move, paise. `refund + tutorGets + commission` is the price of the seat. */
export interface ResolutionPreview {
  readonly gross: number;
  readonly refund: number;
  /** Taken back from the tutor's transfer. */
  readonly reversal: number;
  readonly tutorGets: number;
  readonly commission: number;
  /** Someone else of ops must agree. */
  readonly needsSecond: boolean;
}

export interface CaseServices {
  /** Only the student's side, from 15 minutes after the start until the hold is over. */
  openDispute(
    person: Person,
    bookingId: string,
    complaint: Complaint,
    requestId: string,
  ): Promise<{ kind: 'opened' } | Refusal>;
  /** The tutor's answer, within 48 hours. */
  answerDispute(
    person: Person,
    bookingId: string,
    text: string,
    requestId: string,
  ): Promise<{ kind: 'answered' } | Refusal>;
  /** Either side adds what it knows while the case is open. */
  addStatement(
    person: Person,
    bookingId: string,
    text: string,
    requestId: string,
  ): Promise<{ kind: 'added' } | Refusal>;
  withdrawDispute(person: Person, bookingId: string, requestId: string): Promise<{ kind: 'withdrawn' } | Refusal>;
  previewResolution(person: Person, bookingId: string, refund: number): Promise<ResolutionPreview | Refusal>;
  /** Ops decide; above the limit it waits for a second person. */
  proposeResolution(
    person: Person,
    bookingId: string,
    resolution: { readonly refund: number; readonly reason: string },
    requestId: string,
  ): Promise<{ kind: 'resolved' | 'proposed' } | Refusal>;
  approveResolution(
    person: Person,
    bookingId: string,
    proposalId: string,
    requestId: string,
  ): Promise<{ kind: 'resolved' } | Refusal>;
  rejectResolution(
    person: Person,
    bookingId: string,
    proposalId: string,
    reason: string,
    requestId: string,
  ): Promise<{ kind: 'rejected' } | Refusal>;
  contestChargeback(
    person: Person,
    chargebackId: string,
    summary: string,
    requestId: string,
  ): Promise<{ kind: 'asked' } | Refusal>;
  acceptChargeback(
    person: Person,
    chargebackId: string,
    reason: string,
    requestId: string,
  ): Promise<{ kind: 'asked' } | Refusal>;
}

export interface EvidenceServices {
  /** Built now, from the log. Null for an unknown booking, for who is neither ops nor auditor, and for its parties. */
  evidence(person: Person, bookingId: string): Promise<BuiltEvidence | null>;
  /**
   * The same with the events that it names, for a file. `kept`: id of the event that kept it with a decision; null: as of now.
   * Refused with `evidence-differs` when what was kept cannot be built again.
   */
  evidenceToTake(person: Person, bookingId: string, kept: string | null): Promise<EvidenceTold | null | Refusal>;
}

export interface RescheduleServices {
  /**
   * A student alone until 12 hours before the start; later, and for a tutor always, the other side is asked. `moving`:
   * agreed, and the calendar has not answered yet.
   */
  proposeReschedule(
    person: Person,
    bookingId: string,
    startsAt: number,
    requestId: string,
  ): Promise<{ kind: 'moved' | 'moving' | 'asked' } | Refusal>;
  answerReschedule(
    person: Person,
    bookingId: string,
    proposalId: string,
    agree: boolean,
    requestId: string,
  ): Promise<{ kind: 'moved' | 'moving' | 'declined' } | Refusal>;
  withdrawReschedule(
    person: Person,
    bookingId: string,
    proposalId: string,
    requestId: string,
  ): Promise<{ kind: 'withdrawn' } | Refusal>;
}

export interface PayoutAccountServices {
  /** What the tutor sent before, whole: for the server to compare and complete with, never for a page. */
  payoutDetails(person: Person): Promise<PayoutDetails | null>;
  /** The tutor's details for the payment provider; sent again when something about them changes. */
  submitPayoutDetails(
    person: Person,
    details: PayoutDetails,
    requestId: string,
  ): Promise<{ kind: 'submitted' } | Refusal>;
}

export interface AccountServices {
  /**
   * For good: what they wrote becomes unreadable and the account goes; the books stay. What was written in classrooms
   * (chats, boards) and in conversations stays with the others there, and so do the reasons that ops wrote.
   */
  eraseAccount(person: Person, password: string, requestId: string): Promise<{ kind: 'erased' } | Refusal>;
}

/** One of the acts that a row of the stuck cases offers, as that row names its case. */
export interface OpsAct {
  readonly what: string;
  readonly bookingId: string;
  readonly subjectId: string | null;
  readonly command: OpsCommand;
  /** Read by the two sides where the act ends their booking, by whoever proposed it where it is turned down; else empty. */
  readonly reason: string;
}

export interface OpsServices {
  /**
   * Only what is offered now, and never by a party. The log keeps who did it, and what was stuck. `proposed`: a second
   * person has to agree first.
   */
  opsAct(person: Person, act: OpsAct, requestId: string): Promise<{ kind: 'done' | 'proposed' } | Refusal>;
}

/** How somebody comes to a lesson's door. */
export interface JoinHow {
  /** The address of a media server that does not answer them. */
  readonly avoid?: string | undefined;
  /** They are in already, and need a new ticket. */
  readonly renewing?: boolean | undefined;
}

export interface Services
  extends
    CaseServices,
    EvidenceServices,
    LookServices,
    VerdictServices,
    RescheduleServices,
    PayoutAccountServices,
    AccountServices,
    OpsServices,
    ReplayServices,
    ConversationServices,
    BoardServices,
    StudyServices {
  readonly submit: Submit;
  readonly queries: Queries;
  readonly capabilities: Capabilities;
  readonly checkout: CheckoutSettings;
  /** Files that people give to each other. */
  readonly files: Files;
  /** The log's signed heads for everybody; exports and checks of it for auditors. */
  readonly audit: Audit;
  /** Connectivity tests, open to all. */
  readonly checks: Checks;
  /** How people's connections went in lessons, for ops. */
  readonly traces: Traces;
  /** Past bookings decided again under another rule. For ops and auditors. */
  readonly rehearsal: RehearsalServices;
  /** A paper as PDF. */
  pdf(paper: Paper): Promise<Buffer>;
  /** Business time, ms. */
  now(): number;
  /** Only with the capability `clockControl`. */
  advanceClock(ms: number): Promise<number>;
  /** Waits until the read models have seen `position`, at most `ms` (1,000 by default); false when they have not. */
  seen(position: Position | null, ms?: number): Promise<boolean>;
  book(
    person: Person,
    request: BookingRequest,
    correlationId: string,
  ): Promise<{ kind: 'booked'; bookingId: string } | Refusal>;
  cancel(
    person: Person,
    bookingId: string,
    reason: string,
    requestId: string,
  ): Promise<{ kind: 'cancelled' } | Refusal>;
  /** What cancelling now would give back, paise, and the rule that says so. */
  cancelQuote(
    bookingId: string,
    by: 'student' | 'tutor',
  ): Promise<{ refund: number; refundPct: number; rule: string } | Refusal>;
  answer(person: Person, bookingId: string, accept: boolean): Promise<{ kind: 'answered' } | Refusal>;
  /** The browser's return from the checkout: signature checked, payment fetched, then observed. */
  verifyCheckout(
    person: Person,
    bookingId: string,
    result: { razorpay_payment_id: string; razorpay_order_id: string; razorpay_signature: string },
  ): Promise<{ kind: 'verified' } | Refusal>;
  /** The page tells us that an attempt failed or the window was closed: the order's payments are fetched. */
  refreshPayment(bookingId: string): Promise<void>;
  /** Null for an unknown booking and for one this person may not see: both answer 404. */
  visibleBooking(person: Person, bookingId: string): Promise<BookingRow | null>;
  /** Null for an unknown lesson and for one this person may not see: both answer 404. */
  visibleLesson(person: Person, code: string): Promise<LessonRow | null>;
  /** As what they may enter its classroom; null: not at all. */
  lessonPlace(person: Person, lesson: LessonRow): Promise<Join['role'] | null>;
  /** `origin` is where the client reached us, such as `http://localhost:3000`. */
  join(person: Person, code: string, origin: string, how?: JoinHow): Promise<Join | Refusal>;
  /** Only the host. */
  endLesson(person: Person, code: string): Promise<{ kind: 'ended' } | Refusal>;
  /** A compact copy of a lesson's document once it is read-only or for a preview; null when nobody wrote anything. */
  documentSnapshot(name: string): Promise<Uint8Array | null>;
  /** Rough place for /ops: what each adapter and worker says of itself. */
  health(): Promise<Readonly<Record<string, unknown>>>;
}
