import type { BookingEvent } from '#events/booking/events.ts';
import type { CalendarEvent } from '#events/calendar/events.ts';
import type { LessonEvent } from '#events/lesson/events.ts';
import type { PaymentEvent } from '#events/payment/events.ts';
import type { PayoutEvent } from '#events/payout/events.ts';

/** Every event type that can stand in a booking's timeline. */
export type KnownEventType = (BookingEvent | CalendarEvent | LessonEvent | PaymentEvent | PayoutEvent)['type'];

/** A type with no entry here does not compile, so that no event goes without words. */
const KNOWN: Readonly<Record<KnownEventType, true>> = {
  AvailabilitySet: true,
  TimeOffAdded: true,
  TimeOffRemoved: true,
  SeatHeld: true,
  SeatRefused: true,
  SeatReleased: true,
  BookingRequested: true,
  BookingAccepted: true,
  BookingDeclined: true,
  BookingConfirmed: true,
  BookingExpired: true,
  BookingCancelled: true,
  BookingStarted: true,
  BookingCompleted: true,
  BookingUnderReview: true,
  BookingClosed: true,
  OrderPlanned: true,
  OrderCreated: true,
  PaymentAttemptFailed: true,
  PaymentAuthorized: true,
  PaymentCaptured: true,
  SurplusPaymentDetected: true,
  RefundRequested: true,
  RefundProcessed: true,
  RefundFailed: true,
  PayoutPlanned: true,
  TransferRequested: true,
  TransferProcessed: true,
  TransferFailed: true,
  HoldStarted: true,
  ReleaseAuthorized: true,
  HoldLifted: true,
  TransferSettled: true,
  ReversalRequested: true,
  TransferReversed: true,
  PayoutCancelled: true,
  LessonScheduled: true,
  SeatTaken: true,
  SeatGivenUp: true,
  LessonCancelled: true,
  ParticipantJoined: true,
  ParticipantLeft: true,
  MediaStarted: true,
  MediaStopped: true,
  WorkNoted: true,
  LessonStarted: true,
  LessonEnded: true,
  OutcomeDecided: true,
};

export const isKnown = (type: string): type is KnownEventType => Object.hasOwn(KNOWN, type);
