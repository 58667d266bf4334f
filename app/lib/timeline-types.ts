import type { BookingEvent } from '#events/booking/events.ts';
import type { CalendarEvent } from '#events/calendar/events.ts';
import type { ChargebackEvent } from '#events/chargeback/events.ts';
import type { DisputeEvent } from '#events/dispute/events.ts';
import type { LessonEvent } from '#events/lesson/events.ts';
import type { StudyEvent } from '#events/lesson/study.ts';
import type { PaymentEvent } from '#events/payment/events.ts';
import type { PayoutEvent } from '#events/payout/events.ts';

/** Every event type that can stand in a booking's timeline. */
export type KnownEventType = (
  | BookingEvent
  | CalendarEvent
  | ChargebackEvent
  | DisputeEvent
  // Nobody books a study room.
  | Exclude<LessonEvent, StudyEvent>
  | PaymentEvent
  | PayoutEvent
)['type'];

/** A type with no entry here does not compile, so that no event goes without words. */
const KNOWN: Readonly<Record<KnownEventType, true>> = {
  AvailabilitySet: true,
  TimeOffAdded: true,
  TimeOffRemoved: true,
  SeatHeld: true,
  SeatRefused: true,
  SeatReleased: true,
  SeatMoved: true,
  SeatMoveRefused: true,
  BookingRequested: true,
  BookingAccepted: true,
  BookingDeclined: true,
  BookingConfirmed: true,
  BookingExpired: true,
  BookingCancelled: true,
  CancellationProposed: true,
  CancellationApproved: true,
  CancellationRejected: true,
  BookingStarted: true,
  BookingCompleted: true,
  BookingUnderReview: true,
  BookingClosed: true,
  RescheduleProposed: true,
  RescheduleAgreed: true,
  RescheduleDeclined: true,
  BookingRescheduled: true,
  OrderPlanned: true,
  OrderCreated: true,
  PaymentAttemptFailed: true,
  PaymentAuthorized: true,
  PaymentCaptured: true,
  SurplusPaymentDetected: true,
  RefundRequested: true,
  RefundProcessed: true,
  RefundFailed: true,
  RefundDelayed: true,
  RefundsFrozen: true,
  RefundsUnfrozen: true,
  PaymentVoided: true,
  StaleObservationRecorded: true,
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
  PayoutDisputed: true,
  PayoutDisputeClosed: true,
  PayoutPaused: true,
  PayoutResumed: true,
  ReversalFailed: true,
  ClawbackRecorded: true,
  DisputeOpened: true,
  DisputeAnswered: true,
  StatementAdded: true,
  DisputeUnderReview: true,
  DisputeWithdrawn: true,
  ResolutionProposed: true,
  ResolutionRejected: true,
  DisputeResolved: true,
  ChargebackOpened: true,
  ContestRequested: true,
  ContestSubmitted: true,
  ChargebackActionRequired: true,
  AcceptRequested: true,
  ChargebackAnswerFailed: true,
  ChargebackWon: true,
  ChargebackLost: true,
  ChargebackClosed: true,
  ChargebackReopened: true,
  LessonScheduled: true,
  SeatTaken: true,
  SeatGivenUp: true,
  LessonCancelled: true,
  ParticipantJoined: true,
  ParticipantLeft: true,
  MediaStarted: true,
  MediaStopped: true,
  WorkNoted: true,
  PageTurned: true,
  BoardLocked: true,
  WritingChanged: true,
  FollowingLocked: true,
  BoardRevealed: true,
  ChatClosed: true,
  ParticipantMuted: true,
  PrivateLinesChanged: true,
  AskedToEnter: true,
  StoppedAsking: true,
  ParticipantAdmitted: true,
  ParticipantTurnedAway: true,
  ParticipantRemoved: true,
  RoleChanged: true,
  DoorChanged: true,
  SendingChanged: true,
  RecordingChosen: true,
  ConnectionWeakened: true,
  ConnectionRecovered: true,
  MediaFaultNoticed: true,
  MediaFaultEnded: true,
  LessonStarted: true,
  LessonEnded: true,
  OutcomeDecided: true,
};

export const isKnown = (type: string): type is KnownEventType => Object.hasOwn(KNOWN, type);
