/** Reads the past of a period from the log: who had a lesson in it first, then what happened to them. Rule RH3 of SPEC.md. */
import type { ChainedStore } from '#events/store/chain.ts';
import { comparePositions, type AllFilter, type EventStore, type Position } from '#events/store/event-store.ts';
import { recognise } from '../fact.ts';
import type { AnyEvent } from '#events/handling/registry.ts';
import { Pasts } from './past.ts';

/** All of the log that a rehearsal is given: nothing of it appends. */
export type LogForReading = Pick<EventStore, 'readAll'> & Pick<ChainedStore, 'chainHead' | 'chainRecords'>;

/** The same with nothing else behind it, whatever the store can do. */
export const forReading = (store: LogForReading): LogForReading => ({
  readAll: (options) => store.readAll(options),
  chainHead: () => store.chainHead(),
  chainRecords: (options) => store.chainRecords(options),
});

export const MAX_BOOKINGS = 10_000;
/** Events at once: a page is some 10 ms of work for whoever else is served here. The next one is read meanwhile. */
const PAGE = 1_000;

const WHEN: readonly AnyEvent['type'][] = ['BookingRequested', 'BookingRescheduled'];

/** What decides, or shows what was decided. Words, ink, mails and requests outward do neither. */
const WHAT: readonly AnyEvent['type'][] = [
  ...(['BookingAccepted', 'BookingDeclined', 'BookingConfirmed', 'BookingExpired', 'BookingStarted'] as const),
  ...(['BookingCancelled', 'BookingCompleted', 'BookingUnderReview', 'BookingRescheduled'] as const),
  ...(['RescheduleProposed', 'RescheduleAgreed', 'RescheduleDeclined'] as const),
  ...(['CancellationProposed', 'CancellationApproved', 'CancellationRejected'] as const),
  ...(['PaymentCaptured', 'RefundRequested', 'RefundFailed', 'ChargebackOpened', 'ChargebackLost'] as const),
  ...(['PayoutPlanned', 'TransferRequested', 'TransferProcessed', 'TransferFailed', 'HoldStarted'] as const),
  ...(['ReleaseAuthorized', 'HoldLifted', 'TransferSettled', 'ReversalRequested', 'TransferReversed'] as const),
  ...(['ReversalFailed', 'PayoutCancelled', 'PayoutDisputed', 'PayoutDisputeClosed', 'PayoutPaused'] as const),
  ...(['PayoutResumed', 'ClawbackRecorded', 'DisputeResolved', 'DisputeWithdrawn'] as const),
  ...(['LessonScheduled', 'SeatTaken', 'SeatGivenUp', 'LessonStarted', 'LessonEnded', 'OutcomeDecided'] as const),
  ...(['ParticipantJoined', 'ParticipantLeft', 'MediaStarted', 'MediaStopped', 'WorkNoted'] as const),
  ...(['AskedToEnter', 'StoppedAsking', 'ParticipantAdmitted', 'ParticipantTurnedAway', 'ParticipantRemoved'] as const),
];

export interface PeriodRead {
  readonly from: number;
  readonly to: number;
  /** Nothing after it is read; null: the log is empty. */
  readonly until: Position | null;
  readonly signal: AbortSignal;
}

export type PastRead =
  | { readonly kind: 'looked'; readonly looked: number }
  | { readonly kind: 'too-many'; readonly bookings: number }
  | { readonly kind: 'past'; readonly pasts: Pasts };

interface Found {
  readonly startsAt: number;
  readonly asked: Position;
  /** At some time it had its lesson in the period, which may have made the lesson of others. */
  readonly ever: boolean;
}

export async function* readPast(log: LogForReading, period: PeriodRead): AsyncGenerator<PastRead, void, void> {
  const { from, to, until, signal } = period;
  const pasts = new Pasts();
  if (until === null) return yield { kind: 'past', pasts };
  let looked = 0;

  async function* pages(after: Position | undefined, filter: AllFilter) {
    if (signal.aborted) return;
    const read = (last: Position | undefined) =>
      log.readAll({ ...(last !== undefined && { after: last }), limit: PAGE, filter });
    let page = await read(after);
    for (;;) {
      if (signal.aborted) return;
      looked += page.length;
      const within = page.filter(({ position }) => comparePositions(position, until ?? position) <= 0);
      const over = page.length < PAGE || within.length < page.length;
      const next = over ? null : read(page.at(-1)?.position);
      // It is awaited below, where its failure belongs; left early, nobody needs it any more.
      next?.catch(() => undefined);
      yield within.flatMap((event) => recognise(event) ?? []);
      if (next === null) return;
      page = await next;
    }
  }

  const inPeriod = (startsAt: number): boolean => startsAt >= from && startsAt < to;
  // A lesson is of the period that it stands in at the end of its moves.
  const found = new Map<string, Found>();
  for await (const facts of pages(undefined, { categories: ['booking'], types: WHEN })) {
    for (const fact of facts) {
      if (fact.type !== 'BookingRequested' && fact.type !== 'BookingRescheduled') continue;
      const { bookingId, startsAt } = fact.data;
      const known = found.get(bookingId);
      const ever = known?.ever === true || inPeriod(startsAt);
      found.set(bookingId, { startsAt, asked: known?.asked ?? fact.position, ever });
    }
    yield { kind: 'looked', looked };
  }
  const bookings = new Map([...found].filter(([, { startsAt }]) => inPeriod(startsAt)));
  if (bookings.size > MAX_BOOKINGS) return yield { kind: 'too-many', bookings: bookings.size };
  const first = [...found.values()].flatMap(({ asked, ever }) => (ever ? [asked] : [])).reduce(earlier, until);

  const lessons = new Set<string>();
  for await (const facts of pages(before(found, first), { types: [...WHEN, ...WHAT] })) {
    for (const fact of facts) {
      const { data } = fact;
      const bookingId = 'bookingId' in data && typeof data.bookingId === 'string' ? data.bookingId : null;
      const lessonId = 'lessonId' in data && typeof data.lessonId === 'string' ? data.lessonId : null;
      if (fact.type === 'LessonScheduled' && inPeriod(fact.data.startsAt)) lessons.add(fact.data.lessonId);
      const ours = fact.category === 'lesson' ? lessons.has(lessonId ?? '') : bookings.has(bookingId ?? '');
      if (ours) pasts.take(fact);
    }
    yield { kind: 'looked', looked };
  }
  yield { kind: 'past', pasts };
}

const earlier = (a: Position, b: Position): Position => (comparePositions(a, b) <= 0 ? a : b);

/** The last request before `first`, so that reading after it begins with `first`; undefined: from the start of the log. */
function before(found: ReadonlyMap<string, Found>, first: Position): Position | undefined {
  const before = [...found.values()].map(({ asked }) => asked).filter((asked) => comparePositions(asked, first) < 0);
  return before.length === 0 ? undefined : before.reduce((a, b) => (comparePositions(a, b) >= 0 ? a : b));
}
