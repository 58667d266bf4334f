/**
 * The one set of services that server.ts builds. The bundled pages reach it through `event.locals`; they never build a
 * store, a pool or a client of their own (ARCHITECTURE §3).
 */
import type { Role } from '#events/access/roles.ts';
import type { Submit } from '#events/handling/submit.ts';
import type { Refusal } from '#events/shared/refusal.ts';
import type { Position } from '#events/store/event-store.ts';
import type { BookingRow, LessonRow, Queries } from '#projections/queries.ts';

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

export interface Services {
  readonly submit: Submit;
  readonly queries: Queries;
  readonly capabilities: Capabilities;
  readonly checkout: CheckoutSettings;
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
  /** `origin` is where the client reached us, such as `http://localhost:3000`. */
  join(person: Person, code: string, origin: string): Promise<Join | Refusal>;
  /** Only the host. */
  endLesson(person: Person, code: string): Promise<{ kind: 'ended' } | Refusal>;
  /** A compact copy of a lesson's document once it is read-only or for a preview; null when nobody wrote anything. */
  documentSnapshot(name: string): Promise<Uint8Array | null>;
  /** Rough place for /ops: what each adapter and worker says of itself. */
  health(): Promise<Readonly<Record<string, unknown>>>;
}
