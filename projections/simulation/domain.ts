/** The streams of one booking's life in memory: the real deciders, without a store, so that a life takes no time. */
import * as booking from '#events/booking/decide.ts';
import * as bookingStream from '#events/booking/events.ts';
import * as calendar from '#events/calendar/decide.ts';
import * as calendarStream from '#events/calendar/events.ts';
import * as chargeback from '#events/chargeback/decide.ts';
import * as chargebackStream from '#events/chargeback/events.ts';
import * as dispute from '#events/dispute/decide.ts';
import * as disputeStream from '#events/dispute/events.ts';
import type { AnyCommand } from '#events/handling/submit.ts';
import * as lesson from '#events/lesson/decide.ts';
import * as lessonStream from '#events/lesson/events.ts';
import * as payment from '#events/payment/decide.ts';
import * as paymentStream from '#events/payment/events.ts';
import * as payout from '#events/payout/decide.ts';
import * as payoutStream from '#events/payout/events.ts';
import * as tutor from '#events/tutor/decide.ts';
import * as tutorStream from '#events/tutor/events.ts';
import { isRefusal, type Refusal } from '#events/shared/refusal.ts';
import type { EventBody } from '#events/store/event-store.ts';
import type { Fact } from '../fact.ts';

/** One kind of stream with its state type hidden: what it decides is what it then folds. */
interface Stream {
  give(command: AnyCommand): readonly EventBody[] | Refusal;
}

function stream<State, Command extends AnyCommand, Event extends EventBody>(
  decider: {
    readonly initial: State;
    evolve(state: State, event: Event): State;
    decide(command: Command, state: State): readonly Event[] | Refusal;
  },
  isOurs: (command: AnyCommand) => command is Command & AnyCommand,
): Stream {
  let state = decider.initial;
  return {
    give(command) {
      if (!isOurs(command)) throw new Error(`${command.type} is not decided here`);
      const decision = decider.decide(command, state);
      if (isRefusal(decision)) return decision;
      for (const event of decision) state = decider.evolve(state, event);
      return decision;
    },
  };
}

type Category = 'booking' | 'calendar' | 'chargeback' | 'dispute' | 'lesson' | 'payment' | 'payout' | 'tutor';

/** By the first word that tells them apart; a command that no stream here knows throws, so a wrong row shows at once. */
const CATEGORY_OF: Readonly<Record<string, Category>> = {
  ...of('calendar', 'SetAvailability', 'AddTimeOff', 'RemoveTimeOff', 'HoldSeat', 'ReleaseSeat', 'MoveSeat'),
  ...of('booking', 'RequestBooking', 'AcceptBooking', 'DeclineBooking', 'ConfirmBooking', 'ExpireBooking'),
  ...of('booking', 'CancelBooking', 'StartBooking', 'CompleteBooking', 'CancelUntaughtBooking', 'ReviewBooking'),
  ...of('booking', 'CloseBooking', 'ProposeReschedule', 'AnswerReschedule', 'WithdrawReschedule', 'LapseReschedule'),
  ...of('booking', 'CompleteReschedule', 'RefuseReschedule', 'DecideReviewedBooking'),
  ...of('payment', 'PlanOrder', 'RecordOrder', 'ObservePayment', 'RequestRefund', 'RecordRefund'),
  ...of('payment', 'RecordRefundFailure', 'RecordRefundDelay', 'FreezeRefunds', 'UnfreezeRefunds'),
  ...of('payout', 'PlanPayout', 'RequestTransfer', 'RecordTransfer', 'RecordTransferFailure', 'StartHold'),
  ...of('payout', 'AuthorizeRelease', 'RecordHoldLifted', 'RecordSettlement', 'RequestReversal', 'RecordReversal'),
  ...of('payout', 'RecordReversalFailure', 'CancelPayout', 'DisputePayout', 'ClosePayoutDispute', 'PausePayout'),
  ...of('payout', 'ResumePayout', 'RecordClawback'),
  ...of('dispute', 'OpenDispute', 'AnswerDispute', 'AddStatement', 'EscalateDispute', 'WithdrawDispute'),
  ...of('dispute', 'ProposeResolution', 'ApproveResolution', 'RejectResolution', 'SettleByOutcome'),
  ...of('chargeback', 'ObserveChargeback', 'RequestContest', 'RequestAccept', 'RecordContest'),
  ...of('chargeback', 'RecordAnswerFailure'),
  ...of('lesson', 'ScheduleLesson', 'TakeSeat', 'GiveUpSeat', 'JoinLesson', 'LeaveLesson', 'StartMedia', 'StopMedia'),
  ...of('lesson', 'NoteWork', 'NoteRights', 'NoteRoom', 'EndLesson', 'CancelLesson'),
  ...of('tutor', 'PublishTutorProfile', 'SetOffers', 'SetBookingMode', 'ActivateLinkedAccount', 'SubmitPayoutDetails'),
  ...of('tutor', 'ApplyBankChange'),
  ...of('tutor', 'RequestLinkedAccount', 'RecordLinkedAccount', 'ObserveLinkedAccount', 'RecordLinkedAccountFailure'),
  ...of('tutor', 'ApplyBankChange'),
};

function of(category: Category, ...types: readonly AnyCommand['type'][]): Record<string, Category> {
  return Object.fromEntries(types.map((type) => [type, category]));
}

const own =
  <Command extends AnyCommand>(category: Category) =>
  (command: AnyCommand): command is Command & AnyCommand =>
    CATEGORY_OF[command.type] === category;

const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6] as const;

/** Open every day. Folded once: to check a zone costs more than the rest of a life. */
const OPEN_HOURS = calendarStream.evolve(calendarStream.initial, {
  type: 'AvailabilitySet',
  data: {
    tutorId: 'tutor',
    zone: 'Asia/Kolkata',
    windows: WEEKDAYS.map((weekday) => ({ weekday, from: '08:00', to: '18:00', offerId: 'single' })),
  },
});

const OPEN: { readonly [C in Category]: () => Stream } = {
  booking: () => stream({ ...bookingStream, decide: booking.decide }, own<booking.BookingCommand>('booking')),
  calendar: () =>
    stream(
      { ...calendarStream, initial: OPEN_HOURS, decide: calendar.decide },
      own<calendar.CalendarCommand>('calendar'),
    ),
  chargeback: () =>
    stream({ ...chargebackStream, decide: chargeback.decide }, own<chargeback.ChargebackCommand>('chargeback')),
  dispute: () => stream({ ...disputeStream, decide: dispute.decide }, own<dispute.DisputeCommand>('dispute')),
  lesson: () => stream({ ...lessonStream, decide: lesson.decide }, own<lesson.LessonCommand>('lesson')),
  payment: () => stream({ ...paymentStream, decide: payment.decide }, own<payment.PaymentCommand>('payment')),
  payout: () => stream({ ...payoutStream, decide: payout.decide }, own<payout.PayoutCommand>('payout')),
  tutor: () => stream({ ...tutorStream, decide: tutor.decide }, own<tutor.TutorCommand>('tutor')),
};

const KEY: Readonly<Record<Category, string>> = {
  booking: 'bookingId',
  calendar: 'tutorId',
  chargeback: 'chargebackId',
  dispute: 'bookingId',
  lesson: 'lessonId',
  payment: 'bookingId',
  payout: 'bookingId',
  tutor: 'tutorId',
};

const ACTOR = { kind: 'system', id: 'simulation' } as const;

/** A log with one door, as `submit` is, but at once. The same command id a second time changes nothing. */
export class Domain {
  readonly facts: Fact[] = [];
  readonly #streams = new Map<string, { readonly stream: Stream; revision: number }>();
  readonly #given = new Set<string>();

  /** The refusal's code, or null. */
  give(command: AnyCommand, commandId: string): string | null {
    const category = CATEGORY_OF[command.type];
    if (!category) throw new Error(`Nobody here decides about ${command.type}.`);
    const id: unknown = Object.entries(command.data).find(([key]) => key === KEY[category])?.[1];
    const name = `${category}-${String(id)}`;
    if (this.#given.has(`${name} ${commandId}`)) return null;
    let known = this.#streams.get(name);
    if (!known) this.#streams.set(name, (known = { stream: OPEN[category](), revision: -1 }));
    const decision = known.stream.give(command);
    if (isRefusal(decision)) return decision.code;
    this.#given.add(`${name} ${commandId}`);
    for (const event of decision) this.#record(event, name, category, (known.revision += 1), command.now, commandId);
    return null;
  }

  #record(
    event: EventBody,
    name: string,
    category: Category,
    revision: number,
    occurredAt: number,
    commandId: string,
  ): void {
    const position = String(this.facts.length + 1).padStart(16, '0');
    const meta = {
      commandId,
      correlationId: commandId,
      causationId: commandId,
      actor: ACTOR,
      occurredAt,
      schemaVersion: 1,
    };
    const recorded = {
      ...event,
      id: position,
      meta,
      stream: name,
      category,
      revision,
      position,
      recordedAt: 0,
      chain: '',
    };
    // What a decider of this very category has just decided is an event of it.
    this.facts.push(recorded as Fact);
  }
}
