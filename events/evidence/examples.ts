/** Histories of one booking for the tests of this folder: 80,000 paise for an hour from `START`. Minutes count from it. */
import { POLICY_2026_11 } from '../shared/policy.ts';
import { HOUR, MINUTE, START } from '../shared/times.ts';
import type { AnyEvent, KnownEvent } from '../handling/registry.ts';
import type { DisputeCause } from '../dispute/events.ts';
import type { LessonEvent } from '../lesson/events.ts';
import { outcomeOf } from '../lesson/outcome.ts';
import { caseFactsOf } from './case-facts.ts';

export const TUTOR = 't1';
export const STUDENT = 's1';
export const PRICE = 80_000;
const bookingId = 'b1';
const lessonId = 'l1';

/** Minutes after the start → instant. */
export const at = (minutes: number): number => START + minutes * MINUTE;

type Left = Extract<LessonEvent, { type: 'ParticipantLeft' }>['data']['reason'];
export type Stay = readonly [from: number, to: number, reason?: Left];

export interface Person {
  readonly here?: readonly Stay[];
  /** The tutor's is sent, the student's received; not given: while they are here. */
  readonly media?: readonly (readonly [from: number, to: number])[];
  readonly work?: readonly number[];
  readonly weak?: readonly (readonly [from: number, to: number, network?: 'theirs' | 'shared'])[];
  readonly silent?: readonly (readonly [from: number, to: number])[];
}

export interface Story {
  readonly tutor?: Person;
  readonly student?: Person;
  /** The student stood at the door. */
  readonly asked?: readonly (readonly [from: number, to: number])[];
  /** Null: it goes on. */
  readonly ended?: number | null;
  readonly claim?: DisputeCause;
  readonly wants?: number;
  readonly more?: readonly AnyEvent[];
  /** From the lesson's start on, before its end. */
  readonly before?: readonly AnyEvent[];
  /** After the complaint. */
  readonly after?: readonly AnyEvent[];
}

const categoryOf = (event: AnyEvent): string =>
  /^(Refund|Payment|Surplus)/.test(event.type) ? 'payment' : /^(Booking)/.test(event.type) ? 'booking' : 'lesson';

interface Timed {
  readonly event: AnyEvent;
  readonly at: number;
}

function ofPerson(personId: string, { here = [], media, work = [], weak = [], silent = [] }: Person): readonly Timed[] {
  const direction = personId === TUTOR ? 'sent' : 'received';
  const role = personId === TUTOR ? 'host' : 'participant';
  const events: Timed[] = [];
  const add = (event: AnyEvent, minute: number): void => void events.push({ event, at: minute });
  here.forEach(([from, to, reason = 'left'], index) => {
    const connectionId = `${personId}-${index}`;
    add({ type: 'ParticipantJoined', data: { lessonId, personId, role, connectionId, at: at(from) } }, from);
    add({ type: 'ParticipantLeft', data: { lessonId, personId, connectionId, at: at(to), reason } }, to);
  });
  for (const [from, to] of media ?? here.map(([a, b]) => [a, b] as const)) {
    const index = here.findIndex(([a, b]) => a <= from && from < b);
    const connectionId = `${personId}-${Math.max(0, index)}`;
    const flow = { lessonId, personId, connectionId, direction } as const;
    add({ type: 'MediaStarted', data: { ...flow, at: at(from) } }, from);
    add({ type: 'MediaStopped', data: { ...flow, at: at(to) } }, to);
  }
  for (const minute of work)
    add({ type: 'WorkNoted', data: { lessonId, personId, surface: 'board', minute: at(minute) } }, minute);
  for (const [from, to, network = 'theirs'] of weak) {
    const told = { lessonId, by: null, personId };
    const measured = { network, rttMs: 400, lossUp: 80, lossDown: 10 };
    add({ type: 'ConnectionWeakened', data: { ...told, ...measured, at: at(from) } }, from);
    add({ type: 'ConnectionRecovered', data: { ...told, at: at(to) } }, to);
  }
  for (const [from, to] of silent) {
    const told = { lessonId, by: null, personId, fault: 'microphone-silent' } as const;
    add({ type: 'MediaFaultNoticed', data: { ...told, at: at(from) } }, from);
    add({ type: 'MediaFaultEnded', data: { ...told, at: at(to) } }, to);
  }
  return events;
}

const recorded = (event: AnyEvent, minute: number, index: number): KnownEvent =>
  ({
    ...event,
    id: `e${index}-${event.type}`,
    category: categoryOf(event),
    stream: `${categoryOf(event)}-b1`,
    revision: index,
    position: String(index).padStart(16, '0'),
    recordedAt: at(minute),
    chain: '',
    meta: {
      commandId: `c${index}`,
      correlationId: 'c',
      causationId: 'c',
      actor: { kind: 'system', id: 'test' },
      occurredAt: at(minute),
      schemaVersion: 1,
    },
  }) as KnownEvent;

export const whole: Person = { here: [[0, 60, 'lesson-ended']] };

/** The history of this story, in order, with the outcome that the lesson's decider gives. */
export function historyOf(story: Story): readonly KnownEvent[] {
  const { tutor = whole, student = whole, asked = [], ended = 60, claim, wants = null, more = [] } = story;
  const { before: early = [], after = [] } = story;
  const terms = {
    bookingId,
    tutorId: TUTOR,
    studentId: STUDENT,
    bookedBy: STUDENT,
    offerId: 'o1',
    subject: 'Maths',
    startsAt: START,
    minutes: 60,
    seats: 1,
    price: PRICE,
    mode: 'instant',
    policy: POLICY_2026_11,
    note: '',
    requestedAt: START - 48 * HOUR,
  } as const;
  const lesson = { lessonId, code: 'nx-x', tutorId: TUTOR, subject: 'Maths', startsAt: START, minutes: 60, seats: 1 };
  const paid = { orderId: 'o', providerPaymentId: 'pay_1', amount: PRICE, fee: 0, tax: 0, method: 'upi' };
  const before: readonly AnyEvent[] = [
    { type: 'BookingRequested', data: terms },
    { type: 'PaymentCaptured', data: { bookingId, ...paid, capturedAt: START - 47 * HOUR } },
    { type: 'BookingConfirmed', data: { bookingId, lessonId, confirmedAt: START - 47 * HOUR } },
    { type: 'LessonScheduled', data: lesson },
    { type: 'SeatTaken', data: { lessonId, bookingId, studentId: STUDENT } },
  ];
  const door = asked.flatMap(([from, to]): readonly Timed[] => {
    const told = { lessonId, by: STUDENT, personId: STUDENT };
    return [
      { event: { type: 'AskedToEnter', data: { ...told, at: at(from) } }, at: from },
      { event: { type: 'StoppedAsking', data: { ...told, at: at(to) } }, at: to },
    ];
  });
  const told = early.map((event) => ({ event, at: 0 }));
  const during = [...ofPerson(TUTOR, tutor), ...ofPerson(STUDENT, student), ...door, ...told].toSorted(
    (a, b) => a.at - b.at,
  );
  const timed: Timed[] = [...before.map((event) => ({ event, at: -60 })), ...during];
  if (ended !== null) {
    timed.push({ event: { type: 'LessonEnded', data: { lessonId, at: at(ended), by: 'host' } }, at: ended });
    const facts = caseFactsOf(
      timed.map(({ event, at: minute }, index) => recorded(event, minute, index)),
      at(ended),
    );
    if (!facts) throw new Error('a history begins with a request');
    const verdict = outcomeOf({
      lesson,
      policy: POLICY_2026_11,
      endedAt: at(ended),
      tutor: facts.tutor.presence,
      student: facts.student.presence,
      keptOut: facts.keptOut,
    });
    timed.push({ event: { type: 'OutcomeDecided', data: { lessonId, bookingId, ...verdict } }, at: ended });
  }
  timed.push(...more.map((event) => ({ event, at: 61 })));
  if (claim !== undefined)
    timed.push({
      event: {
        type: 'DisputeOpened',
        data: {
          bookingId,
          disputeId: 'd1',
          kind: 'in-app',
          openedBy: STUDENT,
          cause: claim,
          text: 'Please look at it.',
          wants,
          gross: PRICE,
          share: 72_000,
          tutorId: TUTOR,
          studentId: STUDENT,
          bookedBy: STUDENT,
          answerBy: at(120),
          decideWithinMs: 72 * HOUR,
          openedAt: at(90),
        },
      },
      at: 90,
    });
  timed.push(...after.map((event) => ({ event, at: 95 })));
  return timed.map(({ event, at: minute }, index) => recorded(event, minute, index));
}
