import type { BookingEvent } from '../booking/events.ts';
import { upcastBookingRequested } from '../booking/upcast.ts';
import type { CalendarEvent } from '../calendar/events.ts';
import type { ChargebackEvent } from '../chargeback/events.ts';
import type { ConversationEvent } from '../conversation/events.ts';
import { upcastInviteLinkMade } from '../conversation/upcast.ts';
import type { DisputeEvent } from '../dispute/events.ts';
import type { InstituteEvent } from '../institute/events.ts';
import type { LessonEvent } from '../lesson/events.ts';
import type { LookEvent } from '../look/events.ts';
import type { PaymentEvent } from '../payment/events.ts';
import { surplusPaymentDetected } from '../payment/upcast.ts';
import type { PayoutEvent } from '../payout/events.ts';
import { transferProcessed } from '../payout/upcast.ts';
import type { PersonEvent } from '../person/events.ts';
import type { ReviewEvent } from '../review/events.ts';
import type { EventBody, RecordedEvent } from '../store/event-store.ts';
import type { TutorEvent } from '../tutor/events.ts';
import { upcastLinkedAccountActivated } from '../tutor/upcast.ts';

/** Stream category → its events. */
export interface EventOf {
  readonly booking: BookingEvent;
  readonly calendar: CalendarEvent;
  readonly chargeback: ChargebackEvent;
  readonly conversation: ConversationEvent;
  readonly dispute: DisputeEvent;
  readonly institute: InstituteEvent;
  readonly lesson: LessonEvent;
  readonly look: LookEvent;
  readonly payment: PaymentEvent;
  readonly payout: PayoutEvent;
  readonly person: PersonEvent;
  readonly review: ReviewEvent;
  readonly tutor: TutorEvent;
}

export type Category = keyof EventOf;
export type AnyEvent = EventOf[Category];
/** A stored event whose type this program knows: `switch (event.type)` narrows its data. */
export type KnownEvent<C extends Category = Category> = RecordedEvent & EventOf[C];

type CategoryOf<Type extends AnyEvent['type']> = {
  [C in Category]: Type extends EventOf[C]['type'] ? C : never;
}[Category];

type Data = Readonly<Record<string, unknown>>;

interface Entry<C extends Category> {
  readonly category: C;
  /** The version that is written today. */
  readonly version: number;
  /** Brings the data of an older version to today's shape; needed as soon as `version` is above 1 (`upcast.ts`). */
  readonly upcast?: (data: Data, from: number) => Data;
}

const first = <C extends Category>(category: C): Entry<C> => ({ category, version: 1 });

/** Every event type there is. Stored names and shapes never change; a new shape is a new version. */
export const EVENTS: { readonly [Type in AnyEvent['type']]: Entry<CategoryOf<Type>> } = {
  PersonRegistered: first('person'),
  RoleGranted: first('person'),
  ZoneChanged: first('person'),
  GuardianLinked: first('person'),
  PersonErased: first('person'),
  InstituteFounded: first('institute'),
  MemberAdded: first('institute'),
  TutorProfilePublished: first('tutor'),
  OffersSet: first('tutor'),
  BookingModeSet: first('tutor'),
  LinkedAccountActivated: { category: 'tutor', version: 2, upcast: upcastLinkedAccountActivated },
  PayoutDetailsSubmitted: first('tutor'),
  LinkedAccountRequested: first('tutor'),
  LinkedAccountCreated: first('tutor'),
  LinkedAccountUnderReview: first('tutor'),
  LinkedAccountNeedsClarification: first('tutor'),
  LinkedAccountSuspended: first('tutor'),
  LinkedAccountFailed: first('tutor'),
  BankDetailsChanged: first('tutor'),
  BankChangeApplied: first('tutor'),
  AvailabilitySet: first('calendar'),
  TimeOffAdded: first('calendar'),
  TimeOffRemoved: first('calendar'),
  SeatHeld: first('calendar'),
  SeatRefused: first('calendar'),
  SeatReleased: first('calendar'),
  SeatMoved: first('calendar'),
  SeatMoveRefused: first('calendar'),
  BookingRequested: { category: 'booking', version: 2, upcast: upcastBookingRequested },
  BookingAccepted: first('booking'),
  BookingDeclined: first('booking'),
  BookingConfirmed: first('booking'),
  BookingExpired: first('booking'),
  BookingCancelled: first('booking'),
  CancellationProposed: first('booking'),
  CancellationApproved: first('booking'),
  CancellationRejected: first('booking'),
  RescheduleProposed: first('booking'),
  RescheduleAgreed: first('booking'),
  RescheduleDeclined: first('booking'),
  BookingRescheduled: first('booking'),
  BookingStarted: first('booking'),
  BookingCompleted: first('booking'),
  BookingUnderReview: first('booking'),
  BookingClosed: first('booking'),
  OrderPlanned: first('payment'),
  OrderCreated: first('payment'),
  PaymentAttemptFailed: first('payment'),
  PaymentAuthorized: first('payment'),
  PaymentCaptured: first('payment'),
  SurplusPaymentDetected: { category: 'payment', version: 2, upcast: surplusPaymentDetected },
  StaleObservationRecorded: first('payment'),
  PaymentVoided: first('payment'),
  RefundRequested: first('payment'),
  RefundProcessed: first('payment'),
  RefundFailed: first('payment'),
  RefundDelayed: first('payment'),
  RefundsFrozen: first('payment'),
  RefundsUnfrozen: first('payment'),
  ChargebackOpened: first('chargeback'),
  ContestRequested: first('chargeback'),
  ContestSubmitted: first('chargeback'),
  ChargebackActionRequired: first('chargeback'),
  AcceptRequested: first('chargeback'),
  ChargebackAnswerFailed: first('chargeback'),
  ChargebackWon: first('chargeback'),
  ChargebackLost: first('chargeback'),
  ChargebackClosed: first('chargeback'),
  ChargebackReopened: first('chargeback'),
  PayoutPlanned: first('payout'),
  TransferRequested: first('payout'),
  TransferProcessed: { category: 'payout', version: 2, upcast: transferProcessed },
  TransferFailed: first('payout'),
  HoldStarted: first('payout'),
  ReleaseAuthorized: first('payout'),
  HoldLifted: first('payout'),
  TransferSettled: first('payout'),
  ReversalRequested: first('payout'),
  TransferReversed: first('payout'),
  ReversalFailed: first('payout'),
  PayoutCancelled: first('payout'),
  PayoutDisputed: first('payout'),
  PayoutDisputeClosed: first('payout'),
  PayoutPaused: first('payout'),
  PayoutResumed: first('payout'),
  ClawbackRecorded: first('payout'),
  DisputeOpened: first('dispute'),
  DisputeAnswered: first('dispute'),
  StatementAdded: first('dispute'),
  DisputeUnderReview: first('dispute'),
  DisputeWithdrawn: first('dispute'),
  ResolutionProposed: first('dispute'),
  EvidenceFrozen: first('dispute'),
  ResolutionRejected: first('dispute'),
  DisputeResolved: first('dispute'),
  StudyRoomOpened: first('lesson'),
  StudyLinkMade: first('lesson'),
  StudyLinkRevoked: first('lesson'),
  StudyLinkFollowed: first('lesson'),
  LessonScheduled: first('lesson'),
  SeatTaken: first('lesson'),
  SeatGivenUp: first('lesson'),
  LessonCancelled: first('lesson'),
  ParticipantJoined: first('lesson'),
  ParticipantLeft: first('lesson'),
  MediaStarted: first('lesson'),
  MediaStopped: first('lesson'),
  WorkNoted: first('lesson'),
  PageTurned: first('lesson'),
  BoardLocked: first('lesson'),
  WritingChanged: first('lesson'),
  FollowingLocked: first('lesson'),
  BoardRevealed: first('lesson'),
  ChatClosed: first('lesson'),
  ParticipantMuted: first('lesson'),
  PrivateLinesChanged: first('lesson'),
  AskedToEnter: first('lesson'),
  StoppedAsking: first('lesson'),
  ParticipantAdmitted: first('lesson'),
  ParticipantTurnedAway: first('lesson'),
  ParticipantRemoved: first('lesson'),
  RoleChanged: first('lesson'),
  DoorChanged: first('lesson'),
  SendingChanged: first('lesson'),
  RecordingChosen: first('lesson'),
  ConnectionWeakened: first('lesson'),
  ConnectionRecovered: first('lesson'),
  MediaFaultNoticed: first('lesson'),
  MediaFaultEnded: first('lesson'),
  PageHidden: first('lesson'),
  PageShown: first('lesson'),
  LessonStarted: first('lesson'),
  LessonEnded: first('lesson'),
  OutcomeDecided: first('lesson'),
  ReviewWritten: first('review'),
  DirectOpened: first('conversation'),
  WriterBlocked: first('conversation'),
  WriterUnblocked: first('conversation'),
  DirectEnded: first('conversation'),
  StudyGroupCreated: first('conversation'),
  StudyGroupRenamed: first('conversation'),
  InviteLinkMade: { category: 'conversation', version: 2, upcast: upcastInviteLinkMade },
  InviteLinkRevoked: first('conversation'),
  MemberInvited: first('conversation'),
  InvitationEnded: first('conversation'),
  MemberJoined: first('conversation'),
  MemberLeft: first('conversation'),
  MemberRemoved: first('conversation'),
  GroupHandedOver: first('conversation'),
  StudyGroupClosed: first('conversation'),
  ConversationReported: first('conversation'),
  ReportClosed: first('conversation'),
  PersonAddressed: first('conversation'),
  PersonCaughtUp: first('conversation'),
  CaseLookedAt: first('look'),
  CopyTaken: first('look'),
};

const EVENTS_BY_NAME: Readonly<Record<string, Entry<Category>>> = EVENTS;

/** Its entry, as long as `registry` knows this type in this category and version. */
function entryOf(event: RecordedEvent, registry: Readonly<Record<string, Entry<Category>>>): Entry<Category> | null {
  const entry = Object.hasOwn(registry, event.type) ? registry[event.type] : undefined;
  return entry && entry.category === event.category && event.meta.schemaVersion <= entry.version ? entry : null;
}

/** With `isOf` the one place where stored data is taken for its type: the log holds only what our deciders wrote. */
const isKnown = (event: RecordedEvent): event is KnownEvent => entryOf(event, EVENTS) !== null;

const isOf = <C extends Category>(event: EventBody, category: C): event is EventOf[C] =>
  EVENTS_BY_NAME[event.type]?.category === category;

/**
 * The event in today's shape, or null for a type or version that this program does not know. A projection reports and
 * skips those; a decider must not decide over them (`UnknownEvent`).
 */
export function recognise(event: RecordedEvent): KnownEvent | null {
  const known = upcast(event, EVENTS);
  return known && isKnown(known) ? known : null;
}

/** The same for one kind of stream: what its decider folds. */
export function recogniseAs<C extends Category>(event: RecordedEvent, category: C): EventOf[C] | null {
  const known: EventBody | null = upcast(event, EVENTS);
  return known && isOf(known, category) ? known : null;
}

/** Read-side only: what is stored stays as it is. */
export function upcast(
  event: RecordedEvent,
  registry: Readonly<Record<string, Entry<Category>>>,
): RecordedEvent | null {
  const entry = entryOf(event, registry);
  if (!entry) return null;
  if (event.meta.schemaVersion === entry.version || !entry.upcast) return event;
  return { ...event, data: entry.upcast(event.data, event.meta.schemaVersion) };
}

/** A stream holds an event that this program cannot read: a newer program wrote it, or the log is damaged. */
export class UnknownEvent extends Error {
  readonly code = 'unknown-event';

  constructor(event: RecordedEvent) {
    const { type, stream, revision, meta } = event;
    super(`Unknown event ${type} (version ${meta.schemaVersion}) at ${stream}@${revision}.`);
    this.name = 'UnknownEvent';
  }
}
