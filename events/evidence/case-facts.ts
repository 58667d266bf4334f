/** What a case's events say, sorted for its evidence: terms, claim, who was there and how, what was paid. Pure. */
import type { BookingTerms, Outcome } from '../booking/events.ts';
import type { OpenedDispute } from '../dispute/events.ts';
import type { KnownEvent } from '../handling/registry.ts';
import { attended, presenceOf, type People, type Presence } from '../lesson/attendance.ts';
import type { Interval } from '../lesson/intervals.ts';
import type { LessonEvent, LessonTerms } from '../lesson/events.ts';
import { doorAfter, type AtTheDoor, type KeptOut, type MediaFault } from '../lesson/room.ts';

/** Events of the streams of one booking, in the order of the log. */
export type History = readonly KnownEvent[];

/** A stretch of time with the events that say so, and `data` of what it is about. */
export interface Told<Data = object> extends Interval {
  readonly events: readonly string[];
  readonly data: Data;
}

export interface PersonFacts {
  readonly personId: string;
  readonly presence: Presence;
  /** Coming and going, in order. */
  readonly moves: readonly {
    readonly eventId: string;
    readonly at: number;
    /** Null: they came. */
    readonly left: string | null;
  }[];
  readonly weak: readonly Told<{ readonly network: 'theirs' | 'shared' }>[];
  readonly faults: readonly Told<{ readonly fault: MediaFault }>[];
  /** The page was out of sight for longer than a glance. */
  readonly away: readonly Told[];
  /** Event ids of media and of work on board and chat. */
  readonly mediaEvents: readonly string[];
  readonly workEvents: readonly string[];
}

export interface Money {
  /** Captured for the booking itself, paise; 0 before it is paid. */
  readonly captured: number;
  readonly capturedBy: readonly string[];
  /** Payments one too many: whether their way back has begun. */
  readonly surplus: readonly {
    readonly amount: number;
    readonly returned: boolean;
    readonly events: readonly string[];
  }[];
  /** Asked back so far, without surplus, paise. */
  readonly refunded: number;
  readonly refundEvents: readonly string[];
  /** When the tutor's part was let go; null while it is held. */
  readonly released: { readonly at: number; readonly eventId: string } | null;
  readonly bank: { readonly chargebackId: string; readonly amount: number; readonly eventId: string } | null;
}

export interface CaseFacts {
  readonly terms: BookingTerms;
  readonly termsEvent: string;
  readonly lesson: LessonTerms | null;
  /** How the lesson ended; null: it has not. */
  readonly ended: { readonly at: number; readonly by: string; readonly eventId: string } | null;
  readonly outcome: { readonly outcome: Outcome; readonly reasons: readonly string[]; readonly eventId: string } | null;
  readonly tutor: PersonFacts;
  readonly student: PersonFacts;
  readonly keptOut: readonly KeptOut[];
  readonly doorEvents: readonly string[];
  readonly claim: (OpenedDispute & { readonly eventId: string }) | null;
  readonly answered: string | null;
  readonly cancelled: { readonly rule: string; readonly refund: number; readonly eventId: string } | null;
  readonly money: Money;
}

type Of<Type extends KnownEvent['type']> = Extract<KnownEvent, { type: Type }>;

/** The last event of this type. */
function last<Type extends KnownEvent['type']>(history: History, type: Type): Of<Type> | null {
  const isOne = (event: KnownEvent): event is Of<Type> => event.type === type;
  return history.filter(isOne).at(-1) ?? null;
}

/** The lesson that the booking's seat is in now: a move leads to another one. */
export function lessonIdIn(history: History): string | null {
  let lessonId: string | null = null;
  for (const event of history)
    if (event.type === 'BookingConfirmed' || event.type === 'BookingRescheduled') lessonId = event.data.lessonId;
  return lessonId;
}

/** @returns null when the history does not begin with a request */
export function caseFactsOf(history: History, now: number): CaseFacts | null {
  const requested = last(history, 'BookingRequested');
  if (!requested) return null;
  const moved = last(history, 'BookingRescheduled');
  const lessonId = lessonIdIn(history);
  const room = history.filter(
    (event): event is Extract<KnownEvent, LessonEvent> =>
      event.category === 'lesson' && event.data.lessonId === lessonId,
  );
  const ended = last(room, 'LessonEnded');
  const endsAt = ended?.data.at ?? now;
  const people = room.reduce<People>((before, event) => {
    switch (event.type) {
      case 'ParticipantJoined':
      case 'ParticipantLeft':
      case 'MediaStarted':
      case 'MediaStopped':
      case 'WorkNoted':
        return attended(before, event);
      default:
        return before;
    }
  }, new Map());
  const door = room.reduce<AtTheDoor>(doorAfter, new Map());
  const decided = room.findLast(
    (event): event is Of<'OutcomeDecided'> =>
      event.type === 'OutcomeDecided' && event.data.bookingId === requested.data.bookingId,
  );
  const { tutorId, studentId } = requested.data;
  // Who took a report back said nothing: what was opened after it counts.
  const withdrawn = history.findLastIndex(({ type }) => type === 'DisputeWithdrawn');
  const dispute = history.slice(withdrawn + 1);
  const opened = last(dispute, 'DisputeOpened');
  const cancelled = last(history, 'BookingCancelled');
  return {
    terms: { ...requested.data, startsAt: moved?.data.startsAt ?? requested.data.startsAt },
    termsEvent: requested.id,
    lesson: last(room, 'LessonScheduled')?.data ?? null,
    ended: ended && { at: ended.data.at, by: ended.data.by, eventId: ended.id },
    outcome: decided ? { outcome: decided.data.outcome, reasons: decided.data.reasons, eventId: decided.id } : null,
    tutor: personFacts(room, presenceOf(people, tutorId), endsAt),
    student: personFacts(room, presenceOf(people, studentId), endsAt),
    keptOut: door.get(studentId) ?? [],
    doorEvents: room.filter((event) => isAtDoor(event) && event.data.personId === studentId).map(({ id }) => id),
    claim: opened && { ...opened.data, eventId: opened.id },
    answered: last(dispute, 'DisputeAnswered')?.id ?? null,
    cancelled: cancelled && { rule: cancelled.data.rule, refund: cancelled.data.refund, eventId: cancelled.id },
    money: moneyIn(history),
  };
}

const isAtDoor = (
  event: KnownEvent,
): event is Of<
  'AskedToEnter' | 'StoppedAsking' | 'ParticipantTurnedAway' | 'ParticipantRemoved' | 'ParticipantAdmitted'
> =>
  event.type === 'AskedToEnter' ||
  event.type === 'StoppedAsking' ||
  event.type === 'ParticipantTurnedAway' ||
  event.type === 'ParticipantRemoved' ||
  event.type === 'ParticipantAdmitted';

function personFacts(room: History, presence: Presence, endsAt: number): PersonFacts {
  const moves: PersonFacts['moves'][number][] = [];
  const weak: Told<{ network: 'theirs' | 'shared' }>[] = [];
  const faults: Told<{ fault: MediaFault }>[] = [];
  const away: Told[] = [];
  const mediaEvents: string[] = [];
  const workEvents: string[] = [];
  const { personId } = presence;
  /** Ends what is open: open stretches reach to the end, until they are told to end earlier. */
  const close = <Data>(stretches: Told<Data>[], at: number, eventId: string, which: (data: Data) => boolean): void => {
    stretches.forEach((stretch, index) => {
      if (stretch.to !== endsAt || stretch.events.length > 1 || !which(stretch.data)) return;
      stretches[index] = { ...stretch, to: Math.max(stretch.from, at), events: [...stretch.events, eventId] };
    });
  };
  for (const event of room) {
    if (!('personId' in event.data) || event.data.personId !== personId) continue;
    switch (event.type) {
      case 'ParticipantJoined':
        moves.push({ eventId: event.id, at: event.data.at, left: null });
        // A new connection of which nothing is known yet.
        close(weak, event.data.at, event.id, () => true);
        close(faults, event.data.at, event.id, () => true);
        close(away, event.data.at, event.id, () => true);
        break;
      case 'PageHidden':
        away.push({ from: event.data.at, to: endsAt, events: [event.id], data: {} });
        break;
      case 'PageShown':
        close(away, event.data.at, event.id, () => true);
        break;
      case 'ParticipantLeft':
        moves.push({ eventId: event.id, at: event.data.at, left: event.data.reason });
        break;
      case 'MediaStarted':
      case 'MediaStopped':
        mediaEvents.push(event.id);
        break;
      case 'WorkNoted':
        workEvents.push(event.id);
        break;
      case 'ConnectionWeakened': {
        const { at, network } = event.data;
        weak.push({ from: at, to: endsAt, events: [event.id], data: { network } });
        break;
      }
      case 'ConnectionRecovered':
        close(weak, event.data.at, event.id, () => true);
        break;
      case 'MediaFaultNoticed': {
        const { at, fault } = event.data;
        faults.push({ from: at, to: endsAt, events: [event.id], data: { fault } });
        break;
      }
      case 'MediaFaultEnded': {
        const { at, fault } = event.data;
        close(faults, at, event.id, (data) => data.fault === fault);
        break;
      }
    }
  }
  return { personId, presence, moves, weak, faults, away, mediaEvents, workEvents };
}

/** What is known last of this refund. */
const lastOfRefund = (history: History, refundId: string): string | undefined =>
  history.findLast(({ data }) => 'refundId' in data && data.refundId === refundId)?.type;

function moneyIn(history: History): Money {
  const captured = last(history, 'PaymentCaptured');
  const refunds = history.filter((event): event is Of<'RefundRequested'> => event.type === 'RefundRequested');
  const released = last(history, 'HoldLifted');
  const bank = last(history, 'ChargebackOpened');
  const own = refunds.filter(({ data }) => data.providerPaymentId === captured?.data.providerPaymentId);
  return {
    captured: captured?.data.amount ?? 0,
    capturedBy: captured ? [captured.id] : [],
    surplus: history
      .filter((event): event is Of<'SurplusPaymentDetected'> => event.type === 'SurplusPaymentDetected')
      .map(({ id, data }) => {
        const back = refunds.filter((refund) => refund.data.providerPaymentId === data.providerPaymentId);
        const returned = back.some(({ data: { refundId } }) => lastOfRefund(history, refundId) !== 'RefundFailed');
        return { amount: data.amount, returned, events: [id, ...back.map((refund) => refund.id)] };
      }),
    refunded: own.reduce((sum, { data }) => sum + data.amount, 0),
    refundEvents: own.map(({ id }) => id),
    released: released && { at: released.meta.occurredAt, eventId: released.id },
    bank: bank && { chargebackId: bank.data.chargebackId, amount: bank.data.amount, eventId: bank.id },
  };
}
