import * as booking from '../booking/decide.ts';
import * as bookingStream from '../booking/events.ts';
import * as calendar from '../calendar/decide.ts';
import * as calendarStream from '../calendar/events.ts';
import * as chargeback from '../chargeback/decide.ts';
import * as chargebackStream from '../chargeback/events.ts';
import * as conversation from '../conversation/decide.ts';
import * as conversationStream from '../conversation/events.ts';
import * as dispute from '../dispute/decide.ts';
import * as disputeStream from '../dispute/events.ts';
import * as institute from '../institute/decide.ts';
import * as instituteStream from '../institute/events.ts';
import * as lesson from '../lesson/decide.ts';
import * as lessonStream from '../lesson/events.ts';
import * as look from '../look/decide.ts';
import * as lookStream from '../look/events.ts';
import * as payment from '../payment/decide.ts';
import * as paymentStream from '../payment/events.ts';
import * as payout from '../payout/decide.ts';
import * as payoutStream from '../payout/events.ts';
import * as person from '../person/decide.ts';
import * as personStream from '../person/events.ts';
import * as review from '../review/decide.ts';
import * as reviewStream from '../review/events.ts';
import * as tutor from '../tutor/decide.ts';
import * as tutorStream from '../tutor/events.ts';
import type { Decider } from '../shared/decider.ts';
import type { Refusal } from '../shared/refusal.ts';
import type { EventStore } from '../store/event-store.ts';
import { handle } from './handle.ts';
import { KnownStreams } from './known-streams.ts';
import type { Category, EventOf } from './registry.ts';
import type { Accepted, AnyCommand, CommandContext, Submit } from './submit.ts';
import { Turns } from './turns.ts';

/** Stream category → its commands. */
interface CommandOf {
  readonly booking: booking.BookingCommand;
  readonly calendar: calendar.CalendarCommand;
  readonly chargeback: chargeback.ChargebackCommand;
  readonly conversation: conversation.ConversationCommand;
  readonly dispute: dispute.DisputeCommand;
  readonly institute: institute.InstituteCommand;
  readonly lesson: lesson.LessonCommand;
  readonly look: look.LookCommand;
  readonly payment: payment.PaymentCommand;
  readonly payout: payout.PayoutCommand;
  readonly person: person.PersonCommand;
  readonly review: review.ReviewCommand;
  readonly tutor: tutor.TutorCommand;
}

type CategoryOf<Type extends AnyCommand['type']> = {
  [C in Category]: Type extends CommandOf[C]['type'] ? C : never;
}[Category];

/** Every command there is, and the kind of stream that decides about it. */
const COMMANDS: { readonly [Type in AnyCommand['type']]: CategoryOf<Type> } = {
  RegisterPerson: 'person',
  GrantRole: 'person',
  ChangeZone: 'person',
  LinkGuardian: 'person',
  ErasePerson: 'person',
  FoundInstitute: 'institute',
  AddMember: 'institute',
  PublishTutorProfile: 'tutor',
  SetOffers: 'tutor',
  SetBookingMode: 'tutor',
  ActivateLinkedAccount: 'tutor',
  SubmitPayoutDetails: 'tutor',
  RequestLinkedAccount: 'tutor',
  RecordLinkedAccount: 'tutor',
  ObserveLinkedAccount: 'tutor',
  RecordLinkedAccountFailure: 'tutor',
  ApplyBankChange: 'tutor',
  SetAvailability: 'calendar',
  AddTimeOff: 'calendar',
  RemoveTimeOff: 'calendar',
  HoldSeat: 'calendar',
  ReleaseSeat: 'calendar',
  MoveSeat: 'calendar',
  RequestBooking: 'booking',
  AcceptBooking: 'booking',
  DeclineBooking: 'booking',
  ConfirmBooking: 'booking',
  ExpireBooking: 'booking',
  CancelBooking: 'booking',
  ProposeCancellation: 'booking',
  ApproveCancellation: 'booking',
  RejectCancellation: 'booking',
  StartBooking: 'booking',
  CompleteBooking: 'booking',
  CancelUntaughtBooking: 'booking',
  ReviewBooking: 'booking',
  DecideReviewedBooking: 'booking',
  ProposeReschedule: 'booking',
  AnswerReschedule: 'booking',
  WithdrawReschedule: 'booking',
  LapseReschedule: 'booking',
  CompleteReschedule: 'booking',
  RefuseReschedule: 'booking',
  CloseBooking: 'booking',
  PlanOrder: 'payment',
  RecordOrder: 'payment',
  ObservePayment: 'payment',
  RequestRefund: 'payment',
  RecordRefund: 'payment',
  RecordRefundFailure: 'payment',
  RecordRefundDelay: 'payment',
  FreezeRefunds: 'payment',
  UnfreezeRefunds: 'payment',
  ObserveChargeback: 'chargeback',
  RequestContest: 'chargeback',
  RequestAccept: 'chargeback',
  RecordContest: 'chargeback',
  RecordAnswerFailure: 'chargeback',
  PlanPayout: 'payout',
  RequestTransfer: 'payout',
  RecordTransfer: 'payout',
  RecordTransferFailure: 'payout',
  StartHold: 'payout',
  AuthorizeRelease: 'payout',
  RecordHoldLifted: 'payout',
  RecordSettlement: 'payout',
  RequestReversal: 'payout',
  RecordReversal: 'payout',
  RecordReversalFailure: 'payout',
  CancelPayout: 'payout',
  DisputePayout: 'payout',
  ClosePayoutDispute: 'payout',
  PausePayout: 'payout',
  ResumePayout: 'payout',
  RecordClawback: 'payout',
  OpenDispute: 'dispute',
  AnswerDispute: 'dispute',
  AddStatement: 'dispute',
  EscalateDispute: 'dispute',
  WithdrawDispute: 'dispute',
  FreezeEvidence: 'dispute',
  ProposeResolution: 'dispute',
  ApproveResolution: 'dispute',
  RejectResolution: 'dispute',
  SettleByOutcome: 'dispute',
  ScheduleLesson: 'lesson',
  TakeSeat: 'lesson',
  GiveUpSeat: 'lesson',
  JoinLesson: 'lesson',
  LeaveLesson: 'lesson',
  StartMedia: 'lesson',
  StopMedia: 'lesson',
  NoteWork: 'lesson',
  NoteRights: 'lesson',
  NoteRoom: 'lesson',
  EndLesson: 'lesson',
  CancelLesson: 'lesson',
  OpenStudyRoom: 'lesson',
  MakeStudyLink: 'lesson',
  RevokeStudyLink: 'lesson',
  FollowStudyLink: 'lesson',
  WriteReview: 'review',
  OpenDirect: 'conversation',
  BlockWriter: 'conversation',
  UnblockWriter: 'conversation',
  CreateStudyGroup: 'conversation',
  RenameStudyGroup: 'conversation',
  MakeInviteLink: 'conversation',
  RevokeInviteLink: 'conversation',
  InviteMember: 'conversation',
  EndInvitation: 'conversation',
  JoinStudyGroup: 'conversation',
  LeaveStudyGroup: 'conversation',
  RemoveMember: 'conversation',
  ReportConversation: 'conversation',
  CloseReport: 'conversation',
  NoteAddressed: 'conversation',
  NoteCaughtUp: 'conversation',
  EndMembership: 'conversation',
  NoteLook: 'look',
  NoteCopy: 'look',
};

type Route = (command: AnyCommand, context: CommandContext) => Promise<Accepted | Refusal>;
/** A route to one store, with a memory of its own. */
type OpenRoute = (store: EventStore, turns: Turns) => Route;

/** Binds one kind of stream: which commands are its own, whose stream they mean, and who decides. */
function route<C extends Category, State>(
  category: C,
  decider: Decider<State, CommandOf[C], EventOf[C]>,
  idOf: (command: CommandOf[C]) => string,
): OpenRoute {
  const isOurs = (command: AnyCommand): command is CommandOf[C] & AnyCommand => COMMANDS[command.type] === category;
  return (store, turns) => {
    const known = new KnownStreams<State>();
    return (command, context) => {
      if (!isOurs(command)) throw new Error(`${command.type} does not belong to ${category}.`);
      const id = idOf(command);
      return turns.take(`${category}-${id}`, () => handle(store, { category, id, decider, known }, command, context));
    };
  };
}

const ROUTES: { readonly [C in Category]: OpenRoute } = {
  booking: route('booking', { ...bookingStream, decide: booking.decide }, (command) => command.data.bookingId),
  calendar: route('calendar', { ...calendarStream, decide: calendar.decide }, (command) => command.data.tutorId),
  chargeback: route(
    'chargeback',
    { ...chargebackStream, decide: chargeback.decide },
    (command) => command.data.chargebackId,
  ),
  conversation: route(
    'conversation',
    { ...conversationStream, decide: conversation.decide },
    (command) => command.data.conversationId,
  ),
  dispute: route('dispute', { ...disputeStream, decide: dispute.decide }, (command) => command.data.bookingId),
  institute: route(
    'institute',
    { ...instituteStream, decide: institute.decide },
    (command) => command.data.instituteId,
  ),
  lesson: route('lesson', { ...lessonStream, decide: lesson.decide }, (command) => command.data.lessonId),
  look: route('look', { ...lookStream, decide: look.decide }, ({ data, now }) =>
    lookStream.lookDayOf(data.personId, now),
  ),
  payment: route('payment', { ...paymentStream, decide: payment.decide }, (command) => command.data.bookingId),
  payout: route('payout', { ...payoutStream, decide: payout.decide }, (command) => command.data.bookingId),
  person: route('person', { ...personStream, decide: person.decide }, (command) => command.data.personId),
  review: route('review', { ...reviewStream, decide: review.decide }, (command) => command.data.bookingId),
  tutor: route('tutor', { ...tutorStream, decide: tutor.decide }, (command) => command.data.tutorId),
};

/** The one door to the log. Throws `StreamBusy` and `UnknownEvent` (handle.ts); an expected "no" is a refusal. */
export function createSubmit(store: EventStore): Submit {
  const turns = new Turns();
  const routes = new Map<string, Route>();
  for (const [category, open] of Object.entries(ROUTES)) routes.set(category, open(store, turns));
  return async (command, context) => {
    const route = routes.get(COMMANDS[command.type]);
    if (!route) throw new Error(`Nobody decides about ${command.type}.`);
    return route(command, context);
  };
}
